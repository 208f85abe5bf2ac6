/** What the other tests here stand on: nodes that do what a cluster's nodes do, and leave nothing behind. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { textAt } from '../../shared/index.ts';
import { whyNoRealNodes } from '../real-nodes/able.ts';
import { startRealCluster } from '../real-nodes/cluster.ts';
import { PAUSE_IMAGE } from '../real-nodes/configuration.ts';
import { runProgram } from '../support/plugin-run.ts';
import { until } from '../support/until.ts';

const POD = '/api/v1/namespaces/default/pods/alone';

describe.skipIf(whyNoRealNodes() !== undefined)('real nodes', () => {
  test('run a pod; each kubelet has rights on its own node only; afterwards nothing is left', async () => {
    const before = await traces();
    const cluster = await startRealCluster(2);
    const { plane } = cluster;
    try {
      await plane.api('POST', '/api/v1/namespaces/default/pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'alone' },
        spec: { containers: [{ name: 'pause', image: PAUSE_IMAGE, imagePullPolicy: 'Never' }] },
      });
      await until(
        'the pod runs',
        async () => textAt((await plane.api('GET', POD)).body, 'status', 'phase') === 'Running',
      );
      const label = (node: string) =>
        plane.kubectl(['label', 'node', node, 'example.org/by=kubelet'], { user: 'system:node:real-1' });
      expect(await label('real-1')).toMatchObject({ code: 0 });
      expect((await label('real-2')).stderr).toContain('only its own Node object');
      expect((await traces()).length).toBeGreaterThan(before.length);
    } finally {
      await cluster.stop();
    }
    expect(await traces()).toEqual(before);
  });
});

/** What nodes of this process leave on the host while they run: bridges, control groups, mounts, processes. */
async function traces(): Promise<readonly string[]> {
  const links = (await runProgram('ip', ['-oneline', 'link'], process.env)).stdout
    .split('\n')
    .filter((line) => line.includes(`alias kubectl-maint-${process.pid}`));
  const groups = await readdir('/sys/fs/cgroup', { recursive: true }).then((names) =>
    names.filter((name) => name.endsWith(`kubectl-maint-${process.pid}-real-1`)),
  );
  const mounts = (await readFile('/proc/mounts', 'utf8'))
    .split('\n')
    .filter((line) => line.includes(`kubectl-maint-${process.pid}-`));
  const processes = (await runProgram('ps', ['-eo', 'args'], process.env)).stdout
    .split('\n')
    .filter((line) => line.includes(`kubectl-maint-${process.pid}-`));
  return [...links, ...groups, ...mounts, ...processes].sort();
}
