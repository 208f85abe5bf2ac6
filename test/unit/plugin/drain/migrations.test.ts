import { describe, expect, test } from 'vitest';
import { followMigrations } from '../../../../plugin/drain/migrations.ts';
import { ClusterRefusal, podsPath } from '../../../../shared/index.ts';
import { podFacts, podObject, settle, START, toldSession } from '../world.ts';

const PATH = '/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstancemigrations';

/** RFC 3339, so many seconds before now. */
function before(seconds: number): string {
  return new Date(START - seconds * 1000).toISOString();
}

function migration(status: object, { name = 'move', created = 90 } = {}): object {
  return {
    metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: before(created) },
    spec: { vmiName: 'db' },
    status,
  };
}

const POD = podFacts('virt-launcher-db-x', {
  labels: { 'kubevirt.io': 'virt-launcher' },
  annotations: { 'kubevirt.io/domain': 'db' },
});

/** What is told of the machine's pod, when everything is known. */
async function following(
  migrations: readonly object[],
  { served = 'kubevirt.io/v1', targets = [] as readonly object[] } = {},
) {
  const world = toldSession();
  world.cluster.lists.set(PATH, migrations);
  world.cluster.lists.set(podsPath('default'), targets);
  const notes: string[] = [];
  const moves = followMigrations({
    ...world.session,
    served: () => Promise.resolve(new Set([served])),
    note: (text) => notes.push(text),
  });
  moves.of(POD);
  await settle();
  return { ...world, moves, notes, said: () => moves.of(POD)?.text };
}

describe('how far KubeVirt has moved a machine', () => {
  const target = podObject('virt-launcher-db-y', {
    nodeName: 'n2',
    labels: { 'kubevirt.io/migrationJobUID': 'uid-move' },
  });
  const waiting = podObject('virt-launcher-db-y', {
    nodeName: '',
    labels: { 'kubevirt.io/migrationJobUID': 'uid-move' },
  });
  const running = { phase: 'Running', migrationState: { targetNode: 'n3', startTimestamp: before(40) } };

  test.each<readonly [string, readonly object[], readonly object[], string | undefined]>([
    ['none', [], [], undefined],
    ['accepted', [migration({})], [], 'KubeVirt is moving it: Pending, for 90s'],
    [
      'its pod waits for a node',
      [migration({ phase: 'Scheduling' })],
      [waiting],
      'KubeVirt is moving it: Scheduling, for 90s',
    ],
    [
      'its pod says where it goes',
      [migration({ phase: 'Running' })],
      [target],
      'KubeVirt is moving it: Running, to node n2, for 90s',
    ],
    ['it says so itself', [migration(running)], [target], 'KubeVirt is moving it: Running, to node n3, for 40s'],
    ['it has ended well', [migration({ phase: 'Succeeded' })], [target], undefined],
    [
      'it has failed',
      [migration({ phase: 'Failed', migrationState: { endTimestamp: before(30), failureReason: 'no route' } })],
      [],
      'KubeVirt is moving it: Failed, 30s ago (no route)',
    ],
    ['one of last week has failed', [migration({ phase: 'Failed' }, { created: 700_000 })], [], undefined],
    [
      'it is tried again',
      [migration({ phase: 'Scheduled' }, { name: 'again', created: 20 }), migration({ phase: 'Failed' })],
      [],
      'KubeVirt is moving it: Scheduled, for 20s',
    ],
  ])('%s', async (_what, migrations, targets, expected) => {
    expect((await following(migrations, { targets })).said()).toBe(expected);
  });

  test('it is followed', async () => {
    const { cluster, said } = await following([migration({ phase: 'Scheduled' })]);
    cluster.tell(PATH, 'changed', migration(running));
    cluster.tell(podsPath('default'), 'changed', target);
    expect(said()).toBe('KubeVirt is moving it: Running, to node n3, for 40s');
    cluster.tell(PATH, 'removed', migration({}));
    expect(said()).toBeUndefined();
  });

  test('of other machines, and of other pods, nothing is told', async () => {
    const { moves } = await following([{ ...migration(running), spec: { vmiName: 'web' } }]);
    expect(moves.of(POD)).toBeUndefined();
    expect(moves.of(podFacts('db', { annotations: { 'kubevirt.io/domain': 'web' } }))).toBeUndefined();
  });

  test('nothing is asked where KubeVirt is not, and of pods that are no machines', async () => {
    const { cluster, moves } = await following([], { served: 'v1' });
    moves.of(podFacts('web'));
    await settle();
    expect(cluster.followed).toEqual([]);
  });

  test('a missing right is said once', async () => {
    const world = await following([]);
    const notes: string[] = [];
    const refused = new ClusterRefusal({ status: 403, reason: 'Forbidden', message: 'no', body: {} });
    world.cluster.followInstead = () => Promise.reject(refused);
    world.cluster.pages = () => {
      throw refused;
    };
    const moves = followMigrations({
      ...world.session,
      served: () => Promise.resolve(new Set(['kubevirt.io/v1'])),
      note: (text) => notes.push(text),
    });
    for (const namespace of ['default', 'other']) {
      const labels = { 'kubevirt.io': 'virt-launcher' };
      moves.of(podFacts('m', { namespace, labels, annotations: { 'kubevirt.io/domain': 'db' } }));
    }
    await settle();
    expect(notes).toEqual([
      'how far KubeVirt has moved a machine is not seen: you may not list virtualmachineinstancemigrations.kubevirt.io',
    ]);
  });
});
