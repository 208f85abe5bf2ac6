import { expect, test } from 'vitest';
import { followWorkInside } from '../../../../plugin/drain/work-inside.ts';
import { CATALOGUE, ClusterRefusal } from '../../../../shared/index.ts';
import { podFacts, toldSession } from '../world.ts';

const BACKUPS = '/apis/postgresql.cnpg.io/v1/backups';
const MONGODB_BACKUPS = '/apis/psmdb.percona.com/v1/perconaservermongodbbackups';
const VOLUME_BACKUPS = '/apis/velero.io/v1/podvolumebackups';
const VOLUME_RESTORES = '/apis/velero.io/v1/podvolumerestores';

/** An API server that serves these versions, and has these objects. */
function serving(versions: readonly string[], lists: Readonly<Record<string, readonly object[]>> = {}) {
  const world = toldSession();
  for (const [path, objects] of Object.entries(lists)) world.cluster.lists.set(path, objects);
  return { ...world, served: new Set(versions) };
}

function refusal(status: number) {
  return new ClusterRefusal({ status, reason: '', message: 'no', body: {} });
}

function backup(phase: string | undefined): object {
  return {
    metadata: { uid: 'b1', namespace: 'shop', name: 'nightly' },
    status: { ...(phase === undefined ? {} : { phase }), instanceID: { podName: 'pg-1' } },
  };
}

const PG = podFacts('pg-1', { namespace: 'shop' });

test.each([
  ['running', 'CloudNativePG backup shop/nightly'],
  ['started', 'CloudNativePG backup shop/nightly'],
  ['finalizing', 'CloudNativePG backup shop/nightly'],
  ['pending', undefined],
  ['completed', undefined],
  ['failed', undefined],
  [undefined, undefined],
])('a CloudNativePG backup in phase %s', async (phase, found) => {
  const { session, served } = serving(['postgresql.cnpg.io/v1'], { [BACKUPS]: [backup(phase)] });
  const inside = await followWorkInside(CATALOGUE, session, served);
  expect(inside.in(PG)).toBe(found);
  expect(inside.in(podFacts('pg-1', { namespace: 'other' }))).toBeUndefined();
  expect(inside.unknown).toEqual([]);
});

test('whoever waits hears that it has ended', async () => {
  const { session, cluster, served } = serving(['postgresql.cnpg.io/v1'], { [BACKUPS]: [backup('running')] });
  const inside = await followWorkInside(CATALOGUE, session, served);
  const changed = inside.changed(session.signal);
  cluster.tell(BACKUPS, 'changed', backup('completed'));
  await changed;
  expect(inside.in(PG)).toBeUndefined();
});

test.each<[what: string, version: string, path: string, object: object]>([
  [
    'Percona MongoDB: one agent for each replica set',
    'psmdb.percona.com/v1',
    MONGODB_BACKUPS,
    { status: { state: 'running', pbmPods: { rs0: 'my-rs0-2', rs1: 'pg-1' } } },
  ],
  [
    "Velero's file-system backup, whose object is in another namespace",
    'velero.io/v1',
    VOLUME_BACKUPS,
    { spec: { pod: { namespace: 'shop', name: 'pg-1' } }, status: { phase: 'InProgress' } },
  ],
  [
    "Velero's file-system restore",
    'velero.io/v1',
    VOLUME_RESTORES,
    { spec: { pod: { namespace: 'shop', name: 'pg-1' } }, status: { phase: 'Prepared' } },
  ],
])('%s', async (_what, version, path, object) => {
  const namespace = version.startsWith('velero') ? 'velero' : 'shop';
  const listed = { metadata: { uid: 'u', namespace, name: 'b' }, ...object };
  const { session, served } = serving([version], { [path]: [listed] });
  const inside = await followWorkInside(CATALOGUE, session, served);
  expect(inside.in(PG)).toContain(` ${namespace}/b`);
  expect(inside.in(podFacts('pg-2', { namespace: 'shop' }))).toBeUndefined();
});

test('what the cluster does not serve is not asked for', async () => {
  const { session, cluster, served } = serving(['apps/v1']);
  cluster.followInstead = () => Promise.reject(refusal(403));
  const inside = await followWorkInside(CATALOGUE, session, served);
  expect([inside.in(PG), inside.unknown]).toEqual([undefined, []]);
});

test('what may not be read is told', async () => {
  const { session, cluster, served } = serving(['postgresql.cnpg.io/v1']);
  cluster.followInstead = () => Promise.reject(refusal(403));
  cluster.pages = () => {
    throw refusal(403);
  };
  expect((await followWorkInside(CATALOGUE, session, served)).unknown).toEqual([
    'a CloudNativePG backup that runs inside a pod is not seen, and not waited for: you may not list backups.postgresql.cnpg.io',
  ]);
});

test('where nobody knows what is served every kind is asked for; one that is not there has no objects', async () => {
  const { session, cluster } = serving([]);
  cluster.followInstead = () => Promise.reject(refusal(404));
  expect((await followWorkInside(CATALOGUE, session, undefined)).unknown).toEqual([]);
});
