/** A control plane with many nodes, some of which go into maintenance and come back. */
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { DIALS_ENDPOINTS } from '../support/replicas.ts';
import { until } from '../support/until.ts';

export const NODES = 5000;
export const HELD = 50;
/** Nodes that are created at once. */
const AT_ONCE = 32;

const RECORD = JSON.stringify({
  version: 1,
  claims: [{ owner: 'bench', mode: 'cordon', since: '2026-01-05T22:00:00Z' }],
  before: { cordoned: false },
  initiatedAt: '2026-01-05T22:00:00Z',
});

/** Starts it with all its nodes; nothing runs on them. */
export async function startWithManyNodes(): Promise<ControlPlane> {
  const plane = await startControlPlane({
    controllerManager: false,
    scheduler: false,
    kwok: false,
    apiServerArgs: DIALS_ENDPOINTS,
  });
  await plane.api('POST', '/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
  await createNodes(plane);
  return plane;
}

async function createNodes(plane: ControlPlane): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < NODES) {
      const name = `n${next}`;
      next += 1;
      const { status } = await plane.api('POST', '/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      });
      if (status !== 201) throw new Error(`node ${name}: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await until('every node is there', async () => {
    const { stdout } = await plane.kubectl(['get', 'nodes', '-o', 'name']);
    return stdout.trim().split('\n').length === NODES;
  });
}

/** Takes the first HELD nodes into maintenance, or out of it. */
export async function holdSome(plane: ControlPlane, isInMaintenance: boolean): Promise<void> {
  for (let index = 0; index < HELD; index += 1) {
    const { status } = await plane.api('PATCH', `/api/v1/nodes/n${index}`, {
      metadata: {
        annotations: { 'kubectl-maint.io/maintenance': isInMaintenance ? RECORD : null },
        labels: { 'kubectl-maint.io/maintenance': isInMaintenance ? 'complete' : null },
      },
      spec: { unschedulable: isInMaintenance ? true : null },
    });
    if (status !== 200) throw new Error(`node n${index} was not changed: ${status}`);
  }
}
