/** What each data system says of its healthy cluster, and of the same with one thing changed. */
import { describe, expect, test } from 'vitest';
import { cloudNativePg } from '../../../../../plugin/preflight/data/cloudnative-pg.ts';
import { crunchyPgo } from '../../../../../plugin/preflight/data/crunchy-pgo.ts';
import { eck } from '../../../../../plugin/preflight/data/eck.ts';
import { kubevirt } from '../../../../../plugin/preflight/data/kubevirt.ts';
import { linstor } from '../../../../../plugin/preflight/data/linstor.ts';
import { longhorn } from '../../../../../plugin/preflight/data/longhorn.ts';
import { DATA_SYSTEMS } from '../../../../../plugin/preflight/data/registry.ts';
import { rookCeph } from '../../../../../plugin/preflight/data/rook-ceph.ts';
import { strimzi } from '../../../../../plugin/preflight/data/strimzi.ts';
import type { DataObjects, DataSystem, Leaving } from '../../../../../plugin/preflight/data/system.ts';
import { zalandoPostgres } from '../../../../../plugin/preflight/data/zalando-postgres.ts';
import { answersOf, dataObjects, type Changes } from '../../../../support/data-fixtures.ts';
import { podFacts } from '../../world.ts';

const HOUR = 3_600_000;

interface Case {
  readonly nodes?: readonly string[];
  readonly out?: readonly string[];
  readonly pods?: Leaving['pods'];
  readonly lastsMs?: number;
  readonly changes?: Changes;
  /** A kind that could not be read. */
  readonly without?: string;
}

/** `LOSS text: objects` or `text: objects` for each finding. */
function said(system: DataSystem, { nodes = ['n1'], out = [], pods = [], lastsMs, changes, without }: Case): string[] {
  const answers = answersOf(system, dataObjects(system, changes));
  const objects: DataObjects = Object.fromEntries(Object.entries(answers).filter(([key]) => key !== without));
  return system
    .find(objects, { nodes: new Set(nodes), out: new Set(out), pods, lastsMs })
    .map(({ losesData, text, objects }) => {
      const names = objects.map(({ name, alias }) => (alias === undefined ? name : `${name} (${alias})`));
      return `${losesData ? 'LOSS ' : ''}${text}: ${names.join(', ')}`;
    });
}

type Row = readonly [what: string, differs: Case, findings: readonly string[]];

const notReady = { status: { conditions: [{ type: 'Ready', status: 'False' }] } };

describe('Longhorn', () => {
  const last = 'LOSS the last healthy replica goes, and node-drain-policy';
  const policy = (value: string) => ({ 'Setting/longhorn-system/node-drain-policy': { value } });
  const failed = { 'Replica/longhorn-system/pvc-1-r-b': { spec: { failedAt: '2026-01-02T00:00:00Z' } } };
  test.each<Row>([
    ['every volume has another healthy replica', {}, []],
    ['a node without replicas', { nodes: ['n3'] }, []],
    [
      'the other replica has failed',
      { changes: failed },
      [`${last} block-if-contains-last-replica holds the drain until there is another: pvc-1 (shop/data-0)`],
    ],
    [
      'the other replica was never written whole',
      { changes: { 'Replica/longhorn-system/pvc-1-r-b': { spec: { healthyAt: '' } } } },
      [`${last} block-if-contains-last-replica holds the drain until there is another: pvc-1 (shop/data-0)`],
    ],
    [
      'the other replica is being deleted',
      { changes: { 'Replica/longhorn-system/pvc-2-r-b': { metadata: { deletionTimestamp: '2026-01-02T00:00:00Z' } } } },
      [`${last} block-if-contains-last-replica holds the drain until there is another: pvc-2`],
    ],
    [
      'the node of the others is out of service',
      { out: ['n2'] },
      [`${last} block-if-contains-last-replica holds the drain until there is another: pvc-1 (shop/data-0), pvc-2`],
    ],
    [
      'both nodes go at once',
      { nodes: ['n1', 'n2'] },
      [`${last} block-if-contains-last-replica holds the drain until there is another: pvc-1 (shop/data-0), pvc-2`],
    ],
    [
      'Longhorn lets it go',
      { changes: { ...failed, ...policy('always-allow') } },
      [`${last} always-allow lets it go: pvc-1 (shop/data-0)`],
    ],
    [
      'Longhorn moves it off first',
      { changes: { ...failed, ...policy('block-for-eviction-if-contains-last-replica') } },
      [
        'the drain waits until Longhorn has moved the last healthy replica off (node-drain-policy block-for-eviction-if-contains-last-replica): pvc-1 (shop/data-0)',
      ],
    ],
    [
      'the policy may not be read',
      { changes: failed, without: 'policies' },
      ['LOSS the last healthy replica goes: pvc-1 (shop/data-0)'],
    ],
    [
      'a degraded volume',
      { changes: { 'Volume/longhorn-system/pvc-1': { status: { robustness: 'degraded' } } } },
      ['degraded already, and one more healthy replica goes: pvc-1 (shop/data-0)'],
    ],
    ['as long as Longhorn waits', { lastsMs: HOUR / 6 }, []],
    [
      'longer than Longhorn waits',
      { lastsMs: HOUR },
      [
        'it lasts longer than Longhorn waits (10m) before it rebuilds the replicas on other nodes: pvc-1 (shop/data-0), pvc-2',
      ],
    ],
    ['how long it waits may not be read', { lastsMs: HOUR, without: 'intervals' }, []],
  ])('%s', (_what, differs, findings) => {
    expect(said(longhorn, differs)).toEqual(findings);
  });
});

describe('Ceph', () => {
  const health = (health: string, ...codes: string[]): Changes => ({
    'CephCluster/rook-ceph/rook-ceph': {
      status: {
        ceph: { health, details: Object.fromEntries(codes.map((code) => [code, { severity: health, message: '' }])) },
      },
    },
  });
  const down = (osd: number): Changes => ({ [`Pod/rook-ceph/rook-ceph-osd-${osd}`]: notReady });
  const second = (...domains: string[]) =>
    `LOSS OSDs of ${domains.length} failure domains would be down at once (${domains.join(', ')}): rook-ceph/rook-ceph`;
  test.each<Row>([
    ['one failure domain of a healthy cluster', {}, []],
    ['all nodes of one failure domain', { nodes: ['n1', 'n4'] }, []],
    ['a node without OSDs, whatever the cluster says', { nodes: ['n9'], changes: health('HEALTH_ERR') }, []],
    ['two failure domains at once', { nodes: ['n1', 'n2'] }, [second('a', 'b')]],
    ['a node of another failure domain is in maintenance', { out: ['n2'] }, [second('a', 'b')]],
    ['a node of the same failure domain is in maintenance', { out: ['n4'] }, []],
    ['an OSD of another failure domain is down', { changes: down(1) }, [second('a', 'b')]],
    [
      'an OSD that waits for its node',
      { changes: { 'Pod/rook-ceph/rook-ceph-osd-2': { spec: { nodeName: undefined }, ...notReady } } },
      [second('a', 'c')],
    ],
    [
      'copies are missing',
      { changes: health('HEALTH_WARN', 'PG_DEGRADED', 'POOL_NO_REDUNDANCY') },
      ['LOSS the cluster is not healthy: HEALTH_WARN PG_DEGRADED POOL_NO_REDUNDANCY: rook-ceph/rook-ceph'],
    ],
    [
      'copies are missing while OSDs of the same failure domain are down',
      { changes: { ...health('HEALTH_WARN', 'OSD_DOWN', 'PG_DEGRADED'), ...down(3) } },
      ['the cluster is not healthy: HEALTH_WARN OSD_DOWN PG_DEGRADED: rook-ceph/rook-ceph'],
    ],
    [
      'data is out of reach while OSDs of the same failure domain are down',
      { changes: { ...health('HEALTH_WARN', 'PG_AVAILABILITY'), ...down(3) } },
      ['LOSS the cluster is not healthy: HEALTH_WARN PG_AVAILABILITY: rook-ceph/rook-ceph'],
    ],
    [
      'an error',
      { changes: health('HEALTH_ERR') },
      ['LOSS the cluster is not healthy: HEALTH_ERR: rook-ceph/rook-ceph'],
    ],
    [
      'a warning that is about no data',
      { changes: health('HEALTH_WARN', 'PG_NOT_DEEP_SCRUBBED') },
      ['the cluster is not healthy: HEALTH_WARN PG_NOT_DEEP_SCRUBBED: rook-ceph/rook-ceph'],
    ],
    [
      'longer than noout is kept',
      { lastsMs: HOUR },
      [
        'it lasts longer than Rook keeps noout (30m): Ceph copies the data of these OSDs elsewhere then: rook-ceph/rook-ceph',
      ],
    ],
    [
      'as long as noout is kept by its own setting',
      {
        lastsMs: HOUR,
        changes: {
          'CephCluster/rook-ceph/rook-ceph': { spec: { disruptionManagement: { osdMaintenanceTimeout: 60 } } },
        },
      },
      [],
    ],
  ])('%s', (_what, differs, findings) => {
    expect(said(rookCeph, differs)).toEqual(findings);
  });
});

describe('LINSTOR', () => {
  const last = 'LOSS the last replica on a satellite that is Available goes: PVC-1';
  const silent = { 'LinstorSatellite/n2': { status: { conditions: [{ type: 'Available', status: 'False' }] } } };
  const evicts = (...more: object[]): Changes => ({
    'LinstorCluster/linstorcluster': {
      spec: { properties: [{ name: 'DrbdOptions/AutoEvictAllowEviction', value: 'True' }, ...more] },
    },
  });
  test.each<Row>([
    ['another satellite has a replica', {}, []],
    ['a node that has a tie-breaker and a snapshot only', { nodes: ['n3'] }, []],
    ['a node without a satellite', { nodes: ['n9'] }, []],
    ['the other satellite is not Available', { changes: silent }, [last]],
    ['the node of the other is out of service', { out: ['n2'] }, [last]],
    ['both nodes go at once', { nodes: ['n1', 'n2'] }, [last]],
    ['the other replica is inactive', { changes: { 'Resources/a2': { spec: { resource_flags: 1 << 10 } } } }, [last]],
    [
      'where replicas are may not be read, and a satellite is not Available',
      { changes: silent, without: 'resources' },
      ['LOSS other satellites are not Available, and where replicas are could not be read: n2'],
    ],
    ['where replicas are may not be read, and all satellites are Available', { without: 'resources' }, []],
    ['longer than LINSTOR would wait, which evicts nothing', { lastsMs: 24 * HOUR }, []],
    [
      'longer than LINSTOR waits',
      { lastsMs: 2 * HOUR, changes: evicts() },
      [
        'it may last longer than LINSTOR waits (60m) before it evicts the satellite and places its replicas elsewhere: linstorcluster',
      ],
    ],
    [
      'as long as LINSTOR waits by its own setting',
      { lastsMs: 2 * HOUR, changes: evicts({ name: 'DrbdOptions/AutoEvictAfterTime', value: '120' }) },
      [],
    ],
  ])('%s', (_what, differs, findings) => {
    expect(said(linstor, differs)).toEqual(findings);
  });
});

const takesOver = 'the primary goes: another instance takes over, and connections break';
const nobody = 'the primary goes, and no other instance that stays is Ready to take over: the drain may wait';
const single = 'down until its only instance is Ready elsewhere';

describe('CloudNativePG', () => {
  const pods = [podFacts('db-1', { namespace: 'shop' })];
  test.each<Row>([
    ['the primary goes', { pods }, [`${takesOver}: shop/db`]],
    ['a replica goes', { nodes: ['n2'], pods: [podFacts('db-2', { namespace: 'shop' })] }, []],
    ['a pod of the same name in another namespace goes', { pods: [podFacts('db-1', { namespace: 'till' })] }, []],
    ['the other nodes are out of service', { pods, out: ['n2', 'n3'] }, [`${nobody}: shop/db`]],
    ['all nodes go at once', { nodes: ['n1', 'n2', 'n3'], pods }, [`${nobody}: shop/db`]],
    [
      'the other pods are not Ready',
      { pods, changes: { 'Pod/shop/db-2': notReady, 'Pod/shop/db-3': notReady } },
      [`${nobody}: shop/db`],
    ],
    [
      'its operator counts no other as ready',
      { pods, changes: { 'Cluster/shop/db': { status: { readyInstances: 1 } } } },
      [`${nobody}: shop/db`],
    ],
    ['a single instance', { pods, changes: { 'Cluster/shop/db': { spec: { instances: 1 } } } }, [`${single}: shop/db`]],
  ])('%s', (_what, differs, findings) => {
    expect(said(cloudNativePg, differs)).toEqual(findings);
  });
});

describe.each([
  [zalandoPostgres, 'Pod/shop/db-1'],
  [crunchyPgo, 'Pod/shop/db-00-bbbb-0'],
])('$title', (system, replica) => {
  test.each<Row>([
    ['the primary goes', {}, [`${takesOver}: shop/db`]],
    ['a replica goes', { nodes: ['n2'] }, []],
    ['the other member is not Ready', { changes: { [replica]: notReady } }, [`${nobody}: shop/db`]],
    ['the other member’s node is out of service', { out: ['n2'] }, [`${nobody}: shop/db`]],
    ['it has one member', { changes: { [replica]: 'gone' } }, [`${single}: shop/db`]],
  ])('%s', (_what, differs, findings) => {
    expect(said(system, differs)).toEqual(findings);
  });
});

test('a role has been renamed by Patroni', () => {
  const role = { metadata: { labels: { 'postgres-operator.crunchydata.com/role': 'primary' } } };
  expect(said(crunchyPgo, { changes: { 'Pod/shop/db-00-aaaa-0': role } })).toEqual([`${takesOver}: shop/db`]);
});

describe('Kafka', () => {
  const last = 'partitions may lose their last replica in sync: shop/bus';
  test.each<Row>([
    ['one broker of a cluster that is Ready', {}, ['1 of 3 brokers goes: shop/bus']],
    ['no broker goes', { nodes: ['n4'] }, []],
    [
      'another is not Ready',
      { changes: { 'Pod/shop/bus-pool-1': notReady } },
      [`1 of 3 brokers goes, and 1 of those that stay is not Ready: ${last}`],
    ],
    ['two at once', { nodes: ['n1', 'n2'] }, [`2 of 3 brokers go, and brokers on several nodes go at once: ${last}`]],
    [
      'the cluster is not Ready',
      { changes: { 'Kafka/shop/bus': notReady } },
      [`1 of 3 brokers goes, and the cluster is not Ready: ${last}`],
    ],
    [
      'an only broker',
      { changes: { 'Pod/shop/bus-pool-1': 'gone', 'Pod/shop/bus-pool-2': 'gone' } },
      ['down until its only broker is Ready elsewhere: shop/bus'],
    ],
  ])('%s', (_what, differs, findings) => {
    expect(said(strimzi, differs)).toEqual(findings);
  });
});

describe('Elasticsearch', () => {
  const pods = [
    podFacts('logs-es-0', { namespace: 'shop', labels: { 'elasticsearch.k8s.elastic.co/cluster-name': 'logs' } }),
  ];
  const health = (health: string) => ({ 'Elasticsearch/shop/logs': { status: { health } } });
  const holds = (word: string) => [
    `health is ${word}: its budget holds the drain, or shards cannot be reached: shop/logs`,
  ];
  test.each<Row>([
    ['green', { pods }, []],
    ['yellow', { pods, changes: health('yellow') }, holds('yellow')],
    ['red', { pods, changes: health('red') }, holds('red')],
    ['red, and none of its pods goes', { changes: health('red') }, []],
  ])('%s', (_what, differs, findings) => {
    expect(said(eck, differs)).toEqual(findings);
  });
});

describe('KubeVirt', () => {
  const machine = (more: object): Changes => ({ 'VirtualMachineInstance/shop/till': more });
  const fixed = { status: { conditions: [{ type: 'LiveMigratable', status: 'False' }] } };
  const refused =
    'cannot be migrated, and evictionStrategy LiveMigrate refuses its eviction: the drain waits until it is stopped: shop/till';
  test.each<Row>([
    ['it is migrated', {}, []],
    ['it cannot be, and must be', { changes: machine(fixed) }, [refused]],
    ['it is on another node', { nodes: ['n2'], changes: machine(fixed) }, []],
    ['it has ended', { changes: machine({ status: { ...fixed.status, phase: 'Succeeded' } }) }, []],
    [
      'it cannot be, and need not be',
      { changes: machine({ ...fixed, spec: { evictionStrategy: 'LiveMigrateIfPossible' } }) },
      ['shut down, not migrated: shop/till'],
    ],
    [
      'its own strategy is none',
      { changes: machine({ spec: { evictionStrategy: 'None' } }) },
      ['shut down, not migrated: shop/till'],
    ],
    ['nobody says a strategy', { without: 'settings' }, ['shut down, not migrated: shop/till']],
    [
      'nobody starts it again',
      { changes: machine({ metadata: { ownerReferences: [] }, spec: { evictionStrategy: 'None' } }) },
      ['shut down, not migrated, and nobody starts it again: shop/till'],
    ],
    [
      'somebody else moves it',
      { changes: machine({ spec: { evictionStrategy: 'External' } }) },
      ['waits for whoever moves it (evictionStrategy External): shop/till'],
    ],
  ])('%s', (_what, differs, findings) => {
    expect(said(kubevirt, differs)).toEqual(findings);
  });
});

test.each(DATA_SYSTEMS.map((system) => [system.name, system] as const))(
  '%s: its fixture has an object of every kind that it is asked by',
  (_name, system) => {
    const answers = answersOf(system, dataObjects(system));
    expect(Object.entries(answers).filter(([, objects]) => objects.length === 0)).toEqual([]);
  },
);
