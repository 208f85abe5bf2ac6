import { describe, expect, test } from 'vitest';
import { memberFrom, memberFromObject, replicationOfPod } from '../../../../plugin/drain/members.ts';
import { REPLICATIONS } from '../../../../plugin/preflight/data/registry.ts';
import { podFacts, podObject, type PodShape } from '../world.ts';

const STATEFUL_SET = { kind: 'StatefulSet', name: 'db' };

/** What a pod is taken for: `DATABASE`, with `!` where it is the primary. */
function takenFor(shape: PodShape): string | undefined {
  const pod = podFacts('pod', { namespace: 'shop', ...shape });
  const replication = replicationOfPod(pod, REPLICATIONS);
  const member = replication && memberFrom(pod, replication);
  return member && `${member.database}${member.isPrimary ? '!' : ''}`;
}

describe('whose member a pod is', () => {
  const cnpg = { 'cnpg.io/cluster': 'main', 'cnpg.io/podRole': 'instance' };
  const pgo = 'postgres-operator.crunchydata.com';
  const crunchy = { [`${pgo}/cluster`]: 'main', [`${pgo}/instance`]: 'a', [`${pgo}/data`]: 'postgres' };

  test.each<readonly [string, PodShape, string | undefined]>([
    ['nobody’s', {}, undefined],
    ['CloudNativePG’s', { labels: cnpg }, 'CloudNativePG shop/main'],
    ['its primary', { labels: { ...cnpg, 'cnpg.io/instanceRole': 'primary' } }, 'CloudNativePG shop/main!'],
    ['its replica', { labels: { ...cnpg, 'cnpg.io/instanceRole': 'replica' } }, 'CloudNativePG shop/main'],
    ['a pooler of it', { labels: { ...cnpg, 'cnpg.io/podRole': 'pooler' } }, undefined],
    [
      'Zalando’s, in a StatefulSet with a role',
      { labels: { application: 'spilo', 'cluster-name': 'main', 'spilo-role': 'master' }, owner: STATEFUL_SET },
      'Zalando PostgreSQL shop/main!',
    ],
    ['Crunchy’s', { labels: { ...crunchy, [`${pgo}/role`]: 'replica' } }, 'Crunchy PostgreSQL shop/main'],
    [
      'Crunchy’s primary, as Patroni says now',
      { labels: { ...crunchy, [`${pgo}/role`]: 'primary' } },
      'Crunchy PostgreSQL shop/main!',
    ],
    ['a broker', { labels: { 'strimzi.io/cluster': 'k', 'strimzi.io/broker-role': 'true' } }, 'Kafka shop/k'],
    [
      'Kafka’s controller alone',
      { labels: { 'strimzi.io/cluster': 'k', 'strimzi.io/broker-role': 'false' } },
      undefined,
    ],
    ['Elasticsearch', { labels: { 'elasticsearch.k8s.elastic.co/cluster-name': 'es' } }, 'Elasticsearch shop/es'],
    ['a StatefulSet', { owner: STATEFUL_SET }, undefined],
    [
      'a StatefulSet with a role that is none of a database',
      { owner: STATEFUL_SET, labels: { role: 'worker' } },
      undefined,
    ],
    ['a StatefulSet with roles', { owner: STATEFUL_SET, labels: { role: 'replica' } }, 'StatefulSet shop/db'],
    [
      'in capitals',
      { owner: STATEFUL_SET, labels: { 'mysql.oracle.com/cluster-role': 'PRIMARY' } },
      'StatefulSet shop/db!',
    ],
    ['Redis’ words', { owner: STATEFUL_SET, labels: { 'redisfailovers-role': 'slave' } }, 'StatefulSet shop/db'],
    ['a Deployment with roles', { owner: { kind: 'ReplicaSet' }, labels: { role: 'master' } }, undefined],
    ['one that has ended', { labels: cnpg, phase: 'Failed' }, undefined],
  ])('%s', (_what, shape, expected) => {
    expect(takenFor(shape)).toBe(expected);
  });
});

describe('how a member is', () => {
  const pod = podFacts('db-0', { owner: STATEFUL_SET, labels: { role: 'replica' } });
  const replication = replicationOfPod(pod, REPLICATIONS);
  if (replication === undefined) throw new Error('no member');

  test.each<readonly [string, PodShape, object]>([
    ['Ready', {}, { isReady: true, isLeaving: false }],
    ['not Ready', { ready: false }, { isReady: false, isLeaving: false }],
    ['on its way out', { deletionTimestamp: '2026-01-05T22:10:00Z' }, { isReady: false, isLeaving: true }],
  ])('%s', (_what, shape, expected) => {
    expect(memberFromObject(podObject('db-0', { owner: STATEFUL_SET, ...shape }), replication)).toMatchObject({
      database: 'StatefulSet default/db',
      unplaced: undefined,
      ...expected,
    });
  });

  test('one that was just made has no role yet, and is kept whole while the scheduler finds no node for it', () => {
    const object = {
      ...podObject('db-0', { owner: STATEFUL_SET, nodeName: '', ready: false }),
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] },
    };
    expect(memberFromObject(object, replication)).toMatchObject({ isPrimary: false, unplaced: { name: 'db-0' } });
  });
});
