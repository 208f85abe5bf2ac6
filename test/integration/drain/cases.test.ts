import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, isObject, listAt, numberAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { caseObjects, casesTitle, caseText, HAS_CASES } from '../../support/cases.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

async function applied(input: string): Promise<void> {
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input });
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

/** Waits until so many pods are on the node that the inputs are about. */
async function arePlaced(pods: number): Promise<void> {
  await until('its pods are there', async () => (await world.podsOn('node-1')).length === pods);
}

/** A controller takes the cordon's taint away a little after the cordon, and until then the scheduler goes elsewhere. */
async function takesPods(): Promise<void> {
  await until('the node takes pods', async () => listAt(await world.node('node-1'), 'spec', 'taints').length === 0);
}

/** Applies an input, and waits for its pods. */
async function apply(name: string, pods: number): Promise<void> {
  await takesPods();
  await applied(caseText(name));
  await arePlaced(pods);
}

async function isJudged(budget: string): Promise<void> {
  const path = `/apis/policy/v1/namespaces/default/poddisruptionbudgets/${budget}`;
  await until(`budget ${budget} is judged`, async () => at(await world.get(path), 'status', 'currentHealthy') === 1);
}

/** Takes the node back into service, with nothing left on it. */
async function clear(kinds: string): Promise<void> {
  await plane.kubectl(['delete', kinds, '--all']);
  await arePlaced(0);
  expect(await plugin.maint(['off', 'node-1', '--skip-health-check'])).toMatchObject({ code: 0 });
}

describe.skipIf(!HAS_CASES)(casesTitle('inputs that were drained wrongly'), () => {
  beforeAll(async () => {
    plane = await startControlPlane({
      nodes: 3,
      podReadyMs: 200,
      podGoneMs: 200,
      // A minute by default; long enough for a drain to begin before.
      controllerManagerArgs: ['--node-startup-grace-period=20s'],
    });
    plugin = pluginRunner(plane);
    world = new Workloads(plane);
  });

  afterAll(() => plane.stop());

  test('B09: a backup pod that never started has nothing to lose', async () => {
    await apply('B09-pending-backup-pod.yaml', 1);
    const { code, stdout } = await plugin.maint(['on', 'node-1', '--timeout=30s']);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain('node/node-1 drained');
    expect(await plugin.maint(['off', 'node-1', '--healthy-for=0'])).toMatchObject({ code: 0 });
    await plane.kubectl(['delete', 'namespace', 'longhorn-system', '--wait=false']);
  });

  test('B03: a backup that runs in the pod of a database is told and waited for', async () => {
    const [backupKind, clusterKind, cluster, pod, backup] = caseObjects('B03-cnpg-backup-in-pod.yaml');
    await applied([backupKind, clusterKind].map((object) => JSON.stringify(object)).join('\n---\n'));
    const path = '/apis/postgresql.cnpg.io/v1/namespaces/default';
    for (const plural of ['clusters', 'backups']) {
      const isServed = async () => (await plane.api('GET', `${path}/${plural}`)).status === 200;
      await until(`${plural} are served`, isServed);
    }
    await applied(JSON.stringify(cluster));
    const uid = textAt(await world.get(`${path}/clusters/pg`), 'metadata', 'uid') ?? '';
    await applied(JSON.stringify(pod).replace('UID-OF-THE-CLUSTER', uid));
    await arePlaced(1);
    await applied(JSON.stringify(backup));
    if (!isObject(backup)) throw new Error('the input has no backup');
    await world.patch(`${path}/backups/nightly/status`, { status: backup['status'] });
    const running = await plugin.start(['on', 'node-1', '--force', '--timeout=60s']);
    const why = 'CloudNativePG backup default/nightly is running in it';
    await until('it waits', () => running.said().includes(`pod/pg-1 (namespace default) waits: ${why}`));
    expect(running.said()).toContain(`Warning: waiting before pods are evicted, because ${why}: default/pg-1`);
    expect(await world.podsOn('node-1')).toEqual(['pg-1']);
    await world.patch(`${path}/backups/nightly/status`, { status: { phase: 'completed' } });
    expect(await running.ended).toMatchObject({ code: 0 });
    await clear('crd');
  });

  test('D10: what a storage operator guards until the node is otherwise empty does not keep what comes after it', async () => {
    await apply('D10-priority-order.yaml', 2);
    await isJudged('engine');
    const running = await plugin.start(['on', 'node-1', '--timeout=30s']);
    await until('the app went', async () => (await world.podsOn('node-1')).every((name) => !name.startsWith('app-')));
    await plane.kubectl(['delete', 'pdb', 'engine']);
    expect(await running.ended).toMatchObject({ code: 0 });
    await clear('replicaset');
  });

  test('D12: a budget that cannot be computed is told as such before the first write', async () => {
    await apply('D12-budget-sync-failed.yaml', 2);
    const budget = '/apis/policy/v1/namespaces/default/poddisruptionbudgets/worker';
    await until('it is judged', async () => JSON.stringify(await world.get(budget)).includes('SyncFailed'));
    // Pods that are not Ready yet may go whatever a budget says.
    const job = '/apis/batch/v1/namespaces/default/jobs/worker';
    await until('its pods are Ready', async () => numberAt(await world.get(job), 'status', 'ready') === 2);
    const { code, stderr } = await plugin.maint(['on', 'node-1', '--timeout=3s']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^Warning: .*default\/worker.*cannot be computed/m);
    await plane.kubectl(['delete', 'job,pdb', '--all']);
    expect(await plugin.maint(['off', 'node-1', '--healthy-for=0'])).toMatchObject({ code: 0 });
  });

  test.each([
    ['a', 'with pods that would land on it again', 1],
    ['b', 'with nothing that lands on it again', 0],
  ])(
    'D15 (%s): a node that is uncordoned in the middle, %s, is told of and not called drained',
    async (_, __, replicas) => {
      await apply('D15-uncordon-meanwhile.yaml', 1);
      await isJudged('slow');
      const running = await plugin.start(['on', 'node-1']);
      await until('it waits for the budget', () => running.said().includes('waits: '));
      // Without its pod the node would be drained, and rightly so, before anybody could uncordon it.
      expect(await plane.kubectl(['uncordon', 'node-1'])).toMatchObject({ code: 0 });
      expect(await plane.kubectl(['scale', 'deployment', 'slow', `--replicas=${replicas}`])).toMatchObject({ code: 0 });
      const { code, stderr } = await running.ended;
      expect(code).toBe(5);
      expect(stderr).toContain('somebody uncordoned node node-1 while it was drained');
      expect(stderr).not.toContain('stays marked and cordoned');
      const status = await plugin.maint(['status', 'node-1', '-o', 'json']);
      expect(status.stdout).not.toContain('"Complete"');
      expect(maintenanceOf(await world.node('node-1')).conditions['Drained']).not.toMatch(/^True/);
      await clear('deployment,pdb');
    },
  );

  test('D18: no other node can take what has its volume here', async () => {
    await apply('D18-local-volume.yaml', 1);
    const { stderr } = await plugin.maint(['on', 'node-1', '--dry-run=server']);
    expect(stderr).toMatch(/no other node .*default\/es-0/);
    expect(
      textAt(await world.node('node-1'), 'metadata', 'annotations', 'kubectl-maint.io/maintenance'),
    ).toBeUndefined();
    await plane.kubectl(['delete', 'statefulset,pvc', '--all']);
    await until('it is gone', async () => (await world.podsOn('node-1')).length === 0);
  });

  test('D09: what tolerates the cordon is named before the first write, and at the end', async () => {
    await apply('D09-tolerate-all.yaml', 1);
    const { code, stderr } = await plugin.maint(['on', 'node-1', '--timeout=60s']);
    expect(code).toBe(5);
    expect(stderr).toContain('may come back, because they tolerate the cordon: default/operator-');
    expect(stderr).toMatch(
      /pods keep coming to node node-1, cordon or not: default\/operator-\S+ \(tolerates the cordon\)/,
    );
  });

  test('D24: a node that never was up is found to be so while its drain waits', async () => {
    await applied(caseText('D24-node-never-up.yaml'));
    await until('its pod is there', async () => (await world.podsOn('node-y')).length === 1);
    const { code, stdout, stderr } = await plugin.maint(['on', 'node-y', '--timeout=100s']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('will come back, because their template names the node: default/early-');
    expect(stderr).not.toContain('no other node can take');
    expect(stdout).toMatch(/^node\/node-y not confirmed as drained \(pods: \d\)$/m);
  });
});
