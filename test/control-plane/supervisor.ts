import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { clusterFolder, writeClusterState } from './cluster-state.ts';
import { startControlPlane } from './control-plane.ts';
import { ControlPlaneError } from './errors.ts';
import type { NodeSpec } from './nodes.ts';
import { nodeSpecs } from './nodes.ts';

/** How many fake nodes of each role a control plane starts with. */
export interface NodeCounts {
  readonly nodes: number;
  readonly controlPlaneNodes: number;
}

const Message = z.union([z.object({ line: z.string() }), z.object({ ready: z.literal(true) })]);
type Message = z.infer<typeof Message>;

/**
 * Starts `main.ts supervise` as a process that lives on after this one, and waits until its control plane is ready.
 * Throws ControlPlaneError when it ends before; if this process ends before, so does the supervisor.
 */
export async function startSupervisor(main: string, counts: NodeCounts, log: (line: string) => void): Promise<void> {
  const logs = join(clusterFolder(process.env), 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const logPath = join(logs, 'launcher.log');
  const output = openSync(logPath, 'w');
  const flags = ['--nodes', String(counts.nodes), '--control-planes', String(counts.controlPlaneNodes)];
  const child = spawn(process.execPath, [main, 'supervise', ...flags], {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  await new Promise<void>((resolve, reject) => {
    child.on('message', (raw) => {
      const message = Message.parse(raw);
      if ('line' in message) log(message.line);
      else resolve();
    });
    child.once('exit', () => {
      reject(new ControlPlaneError(`the control plane did not start; log: ${logPath}`));
    });
  });
  child.disconnect();
  child.unref();
}

/** Runs a control plane until SIGTERM or SIGINT; the body of the background process. */
export async function supervise(counts: NodeCounts): Promise<void> {
  const tell = (message: Message) => {
    if (process.connected) process.send?.(message);
  };
  const log = (line: string) => {
    console.log(line);
    tell({ line });
  };
  const giveUp = () => process.exit(1);
  process.once('disconnect', giveUp);
  const folder = clusterFolder(process.env);
  const controlPlane = await startControlPlane({ folder, nodes: nodesOf(counts), log }).catch((error: unknown) => {
    log(error instanceof ControlPlaneError ? error.message : String(error));
    throw error;
  });
  process.off('disconnect', giveUp);
  const { server, kubeconfig } = controlPlane;
  await writeClusterState(folder, { pid: process.pid, server, kubeconfig, startedAt: new Date().toISOString() });
  tell({ ready: true });
  await new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    // A pipe of the terminal that started us may end; we stay.
    process.on('SIGHUP', () => undefined);
  });
  await controlPlane.stop();
}

function nodesOf(counts: NodeCounts): readonly NodeSpec[] {
  const controlPlaneNodes = nodeSpecs(counts.controlPlaneNodes).map((_, index): NodeSpec => {
    return { name: `control-plane-${index + 1}`, role: 'control-plane' };
  });
  return [...controlPlaneNodes, ...nodeSpecs(counts.nodes)];
}
