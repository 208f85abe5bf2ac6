/** A program for tests to kill: starts a control plane, says where and which processes, and never ends by itself. */
import { startControlPlane } from '../../control-plane/control-plane.ts';

const controlPlane = await startControlPlane({ nodes: 1, log: () => undefined });
console.log(JSON.stringify({ folder: controlPlane.folder, pids: Object.values(controlPlane.pids()) }));
