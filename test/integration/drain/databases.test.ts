import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { auditLog, type AuditLog } from '../../support/audit-log.ts';
import { ROLE, startDatabaseOperator, type SwitchesWhen } from '../../support/database-operator.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

/**
 * Members of a replicated database, of which no disruption budget knows: a StatefulSet of the real controller, on nodes that
 * are drained at once. Its operator is a stand-in (test/support/database-operator.ts).
 */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let log: AuditLog;

/** Whose evictions are looked up in the audit log. */
const USER = 'drainer';

const pool = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `${name}-${index + 1}`, labels: { pool: name } }));

beforeAll(async () => {
  log = await auditLog([USER], ['RequestReceived', 'ResponseStarted']);
  plane = await startControlPlane({
    nodes: [...pool('cordon', 5), ...pool('goes', 5), ...pool('kubectl', 5), ...pool('local', 3), ...pool('run', 3)],
    users: [{ name: USER, groups: ['system:masters'] }],
    apiServerArgs: log.apiServerArgs,
    // Long enough to see a member that is not Ready yet.
    podReadyMs: 1000,
    podGoneMs: 500,
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(async () => {
  await plane.stop();
  await log.remove();
});

/** Three members, each on a node of its own; Ready when this resolves. */
async function statefulSet(
  namespace: string,
  more: { readonly labels?: object; readonly claims?: readonly object[] },
): Promise<void> {
  const labels = { app: 'db', ...more.labels };
  await world.create(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          nodeSelector: { pool: namespace },
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'kubernetes.io/hostname' },
              ],
            },
          },
          containers: [
            {
              name: 'db',
              image: 'example.invalid/none',
              ...(more.claims !== undefined && { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
            },
          ],
        },
      },
      ...(more.claims !== undefined && { volumeClaimTemplates: more.claims }),
    },
  });
  await until('its members are Ready', async () => {
    const set = await world.get(`/apis/apps/v1/namespaces/${namespace}/statefulsets/db`);
    return JSON.stringify(set).includes('"readyReplicas":3');
  });
}

/** The node of each member. */
async function places(namespace: string): Promise<ReadonlyMap<string, string>> {
  const list = await world.get(`/api/v1/namespaces/${namespace}/pods`);
  return new Map(
    listAt(list, 'items').map((pod) => [textAt(pod, 'metadata', 'name') ?? '', textAt(pod, 'spec', 'nodeName') ?? '']),
  );
}

/** A database whose primary and one replica are on the nodes that are named. */
async function database(namespace: string, switches: SwitchesWhen) {
  await world.namespace(namespace);
  const operator = await startDatabaseOperator(plane, { namespace, switches });
  onTestFinished(() => operator.stop());
  await statefulSet(namespace, {});
  await until('every member has its role', () => operator.primaryOf(3) !== '');
  const primary = operator.primaryOf(3);
  operator.forget();
  const placed = await places(namespace);
  const [replica = ''] = [...placed.keys()].filter((name) => name !== primary).sort();
  const nodes = [placed.get(primary) ?? '', placed.get(replica) ?? ''];
  return { operator, primary, replica, nodes };
}

/** Names of the pods whose eviction was granted to the drains, in that order. */
async function evicted(namespace: string): Promise<readonly string[]> {
  return (await log.events())
    .map((event) => ({
      uri: textAt(event, 'requestURI') ?? '',
      code: JSON.stringify(event).includes('"code":201'),
    }))
    .filter(
      ({ uri, code }) => code && uri.startsWith(`/api/v1/namespaces/${namespace}/pods/`) && uri.includes('/eviction'),
    )
    .map(({ uri }) => /pods\/([^/]+)\/eviction/.exec(uri)?.[1] ?? '');
}

const AT_ONCE = ['--timeout=90s', '-o', 'json'];

describe('two nodes at once, with a member each and without a budget', () => {
  test('never two members are missing; the operator moves the primary when its node is cordoned', async () => {
    const { operator, primary, replica, nodes } = await database('cordon', 'its node is cordoned');
    const ran = await plugin.maint(['on', ...nodes, ...AT_ONCE], { user: USER });
    expect(ran).toMatchObject({ code: 0 });
    expect(operator.fewest()).toBe(2);
    // The nodes are cordoned one after the other: the role may have gone to the second for a moment.
    expect([primary, replica]).not.toContain(operator.primaries.at(-1));
    expect((await evicted('cordon')).toSorted()).toEqual([primary, replica].toSorted());
    expect(ran.stdout).toMatch(
      /"type":"waiting",.*"why":"one member of StatefulSet cordon\/db at a time: db-\d goes first"/,
    );
    expect(ran.stdout).toMatch(
      /"why":"one member of StatefulSet cordon\/db at a time: db-\d is not (?:Ready|made again yet)"/,
    );
    for (const node of nodes) expect(maintenanceOf(await world.node(node)).label).toBe('complete');
  });

  test('the primary goes last, so that it is given away once; the plan says so in the same words', async () => {
    const { operator, primary, replica, nodes } = await database('goes', 'it goes');
    const planned = await plugin.maint(['on', ...nodes, '--dry-run=client', '-o', 'json'], { user: USER });
    expect(planned.code).toBe(5);
    const first = `one member of StatefulSet goes/db at a time: ${replica} goes first`;
    expect(planned.stdout).toContain(`"pod":{"namespace":"goes","name":"${primary}"},"why":"${first}"`);
    const ran = await plugin.maint(['on', ...nodes, ...AT_ONCE], { user: USER });
    expect(ran).toMatchObject({ code: 0 });
    expect(await evicted('goes')).toEqual([replica, primary]);
    expect(ran.stdout).toContain(`"pod":{"namespace":"goes","name":"${primary}"},"why":"${first}"`);
    expect(operator.fewest()).toBe(2);
    expect(operator.primaries).toHaveLength(2);
  });

  test('--database-order=false takes them as kubectl does: two are missing', async () => {
    const { operator, nodes } = await database('kubectl', 'it goes');
    const ran = await plugin.maint(['on', ...nodes, '--database-order=false', ...AT_ONCE], { user: USER });
    expect(ran).toMatchObject({ code: 0 });
    expect(operator.fewest()).toBe(1);
  });
});

describe('members on local volumes', () => {
  beforeAll(async () => {
    await world.create('/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'local' },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
  });

  /** A database with a member, and its volume, on each node of a pool. Returns by node which. */
  async function onLocalVolumes(namespace: string): Promise<(node: string) => string> {
    await world.namespace(namespace);
    for (const { name } of pool(namespace, 3)) {
      const [key, operator] = ['kubernetes.io/hostname', 'In'];
      await world.create('/api/v1/persistentvolumes', {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: `pv-${name}` },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'local',
          local: { path: '/data' },
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values: [name] }] }] },
          },
        },
      });
    }
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'local', resources: { requests: { storage: '1Gi' } } },
    };
    await statefulSet(namespace, { labels: { [ROLE]: 'replica' }, claims: [claim] });
    const placed = await places(namespace);
    return (node) => [...placed].find(([, place]) => place === node)?.[0] ?? '';
  }

  test('the second node is not taken before the first is back', async () => {
    const memberOn = await onLocalVolumes('local');
    const first = await plugin.maint(['on', 'local-1', '--timeout=60s'], { user: USER });
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toContain('its volume pv-local-1 cannot be reached from there');

    const tied = `one member of StatefulSet local/db at a time: ${memberOn('local-1')} cannot come back before node local-1 does, where its volume pv-local-1 is`;
    const held = `${tied} (--database-order=false takes them all the same): local/${memberOn('local-2')}`;
    const planned = await plugin.maint(['on', 'local-2', '--dry-run=client'], { user: USER });
    expect(planned.code).toBe(5);
    expect(planned.stderr).toContain(`Warning: ${held}`);
    expect(planned.stderr).toContain(`pod/${memberOn('local-2')} (namespace local) would wait: ${tied}`);
    // Without a time limit: nobody waits for what no drain can bring about.
    const second = await plugin.maint(['on', 'local-2'], { user: USER });
    expect(second.code).toBe(5);
    expect(second.stderr).toContain(`left on node local-2:\n  ${tied}: local/${memberOn('local-2')}`);
    expect(await world.podsOn('local-2')).toEqual([memberOn('local-2')]);

    expect(await plugin.maint(['off', 'local-1', '--healthy-for=1s', '--timeout=60s'], { user: USER })).toMatchObject({
      code: 0,
    });
    await until('the first is back', async () => (await world.podsOn('local-1')).length === 1);
    expect(await plugin.maint(['on', 'local-2', '--timeout=60s'], { user: USER })).toMatchObject({ code: 0 });
    expect(await evicted('local')).toEqual([memberOn('local-1'), memberOn('local-2')]);
  });

  test('a run over several nodes at once takes the next when it has brought the one before back', async () => {
    const memberOn = await onLocalVolumes('run');
    const nodes = ['run-1', 'run-2', 'run-3'];
    const flags = ['--max-parallel=3', '--max-unavailable=100%', '--healthy-for=1s', '--timeout=90s'];
    const ran = await plugin.maint(['run', ...nodes, ...flags, '--', 'true'], { user: USER });
    expect(ran).toMatchObject({ code: 0 });
    expect((await evicted('run')).toSorted()).toEqual(nodes.map(memberOn).toSorted());
    expect(ran.stderr).toMatch(
      /waits: one member of StatefulSet run\/db at a time: db-\d cannot come back before node run-\d does/,
    );
  });
});
