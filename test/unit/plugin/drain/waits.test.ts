import { describe, expect, test } from 'vitest';
import { waitForReplacements } from '../../../../plugin/drain/replacements.ts';
import { waitForDetach, type Waiting } from '../../../../plugin/drain/volumes.ts';
import {
  collectionPath,
  objectPath,
  podFromObject,
  VOLUME_ATTACHMENTS,
  type CollectionListener,
  type PodFacts,
} from '../../../../shared/index.ts';
import { untilAborted } from '../../../support/raw-listener.ts';
import { podFacts, settle, toldSession, type ToldCluster } from '../world.ts';

/** A wait under way: what it told so far, as `text: names`, and how it ended. */
async function begin(wait: (waiting: Waiting) => Promise<void>, prepare: (cluster: ToldCluster) => void) {
  const { session, cluster } = toldSession();
  prepare(cluster);
  const followed = new Map<string, AbortSignal>();
  const follow = cluster.follow.bind(cluster);
  cluster.follow = <T>(path: string, listener: CollectionListener<T>, options: { signal: AbortSignal }) => {
    followed.set(path, options.signal);
    return follow(path, listener, options);
  };
  const stop = new AbortController();
  const told: string[] = [];
  let ended: unknown = 'not yet';
  const waiting = wait({
    session,
    signal: stop.signal,
    tell: (causes) => told.push(...causes.map(({ text, names }) => `${text}: ${names.join(', ')}`)),
  });
  void waiting.then(
    () => {
      ended = 'done';
    },
    (thrown: unknown) => {
      ended = thrown;
    },
  );
  await settle();
  return {
    told,
    ended: () => ended,
    followed: () => [...followed.keys()],
    isFollowing: () => [...followed.values()].some((signal) => !signal.aborted),
    tell: async (path: string, what: 'changed' | 'removed', object: unknown) => {
      cluster.tell(path, what, object);
      await settle();
    },
    stop: async () => {
      stop.abort();
      await settle();
    },
  };
}

/** A follower that is told nothing, or only of how it ends. */
function instead(follow: (signal: AbortSignal) => Promise<void>): (cluster: ToldCluster) => void {
  return (cluster) => {
    cluster.follow = (_path, _listener, { signal }) => follow(signal);
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the object of the test has no name');
  return value;
}

const CLAIMS = 'v1/persistentvolumeclaims';

describe('volumes', () => {
  function attachment(name: string, nodeName = 'n1', volume: string | undefined = `pv-${name}`): object {
    return { metadata: { name, uid: `uid-${name}` }, spec: { nodeName, source: { persistentVolumeName: volume } } };
  }

  /** A pod that stays, with some volumes. */
  function staying(...volumes: readonly object[]): PodFacts {
    return present(podFromObject({ metadata: { name: 'stays', namespace: 'default' }, spec: { volumes } }));
  }

  const claim = (claimName: string): object => ({ name: claimName, persistentVolumeClaim: { claimName } });

  function detach(
    attached: readonly object[],
    pods: readonly PodFacts[] = [],
    claims: ReadonlyMap<string, object> = new Map(),
  ) {
    return begin(
      (waiting) => waitForDetach('n1', pods, waiting),
      (cluster) => {
        cluster.lists.set(VOLUME_ATTACHMENTS, attached);
        for (const [name, object] of claims) cluster.objects.set(objectPath(CLAIMS, 'default', name), object);
      },
    );
  }

  test.each<[string, readonly object[]]>([
    ['nothing is attached anywhere', []],
    ['all that is attached is on other nodes', [attachment('x', 'n2')]],
    ['an attachment that says nothing is on no node', [{}]],
  ])('are let go at once: %s', async (_what, attached) => {
    const wait = await detach(attached);
    expect([wait.ended(), wait.told]).toEqual(['done', []]);
    expect(wait.isFollowing()).toBe(false);
  });

  test('are named by what is attached, sorted; one of no PersistentVolume by its attachment', async () => {
    const inline = {
      metadata: { name: 'csi-1', uid: 'uid-csi-1' },
      spec: { nodeName: 'n1', source: { inlineVolumeSpec: {} } },
    };
    const wait = await detach([attachment('z'), inline, attachment('a'), attachment('x', 'n2')]);
    expect(wait.told).toEqual(['volumes are still attached: csi-1, pv-a, pv-z']);
    expect(wait.ended()).toBe('not yet');
  });

  test('are waited for until the last is gone, those that come meanwhile as well', async () => {
    const wait = await detach([attachment('a')]);
    await wait.tell(VOLUME_ATTACHMENTS, 'changed', attachment('b'));
    await wait.tell(VOLUME_ATTACHMENTS, 'removed', attachment('a'));
    expect(wait.told.map((line) => line.replace(/^.*: /, ''))).toEqual(['pv-a', 'pv-a, pv-b', 'pv-b']);
    expect(wait.ended()).toBe('not yet');
    await wait.tell(VOLUME_ATTACHMENTS, 'removed', attachment('b'));
    expect(wait.ended()).toBe('done');
    expect(wait.isFollowing()).toBe(false);
  });

  test('a list made again counts as a whole', async () => {
    let heard: ((all: readonly object[]) => void) | undefined;
    const wait = await begin(
      (waiting) => waitForDetach('n1', [], waiting),
      (cluster) => {
        cluster.follow = (_path, listener, { signal }) => {
          heard = (all) => {
            listener.synced(all.map((object) => listener.project(object)));
          };
          heard([attachment('a'), attachment('b')]);
          return untilAborted(signal);
        };
      },
    );
    heard?.([attachment('b')]);
    await settle();
    expect(wait.told.at(-1)).toBe('volumes are still attached: pv-b');
    heard?.([]);
    await settle();
    expect(wait.ended()).toBe('done');
  });

  const bound = new Map<string, object>([
    ['data', { spec: { volumeName: 'pv-a' } }],
    ['stays-scratch', { spec: { volumeName: 'pv-a' } }],
    ['pending', { spec: {} }],
  ]);
  test.each<[string, readonly object[], readonly string[]]>([
    ['its claim is bound to the volume', [claim('data')], []],
    ['the volume is an ephemeral one of its own', [{ name: 'scratch', ephemeral: { volumeClaimTemplate: {} } }], []],
    ['its claim is bound to nothing', [claim('pending')], ['volumes are still attached: pv-a']],
    ['its claim is gone', [claim('missing')], ['volumes are still attached: pv-a']],
    [
      'it has volumes that no claim stands for',
      [{ name: 'x', emptyDir: {} }, claim('')],
      ['volumes are still attached: pv-a'],
    ],
  ])('of a pod that stays are not waited for where %s', async (_what, volumes, told) => {
    const wait = await detach([attachment('a')], [staying(...volumes)], bound);
    expect(wait.told).toEqual(told);
    expect(wait.ended()).toBe(told.length === 0 ? 'done' : 'not yet');
  });

  test('are waited for no longer than the signal says', async () => {
    const wait = await detach([attachment('a')]);
    await wait.stop();
    expect([wait.ended(), wait.isFollowing()]).toEqual(['done', false]);
  });

  test('that were never read are not waited for once the signal aborts', async () => {
    const wait = await begin((waiting) => waitForDetach('n1', [], waiting), instead(untilAborted));
    expect(wait.ended()).toBe('not yet');
    await wait.stop();
    expect([wait.ended(), wait.told]).toEqual(['done', []]);
  });

  test('that may not be read are an error', async () => {
    const refused = new Error('forbidden');
    const wait = await begin(
      (waiting) => waitForDetach('n1', [], waiting),
      instead(() => Promise.reject(refused)),
    );
    expect(wait.ended()).toBe(refused);
  });
});

describe('replacements', () => {
  const SETS = 'apps/v1/replicasets';
  const sets = collectionPath(SETS, 'default');

  /** A pod that a workload controls: `uid-web` is the UID of `web`. */
  function owned(kind: string, name: string, { apiVersion = 'apps/v1', namespace = 'default' } = {}): PodFacts {
    const metadata = {
      name: `${name}-1`,
      namespace,
      ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }],
    };
    return present(podFromObject({ metadata }));
  }

  const web = owned('ReplicaSet', 'web');

  interface Sketch {
    readonly wanted?: number;
    readonly ready?: number;
    readonly generation?: number;
    readonly observed?: number;
    readonly uid?: string;
  }

  function workload({ wanted, ready, generation, observed, uid = 'uid-web' }: Sketch): object {
    return {
      metadata: { uid, generation },
      spec: { replicas: wanted },
      status: { readyReplicas: ready, observedGeneration: observed },
    };
  }

  function replaced(pods: readonly PodFacts[], lists: ReadonlyMap<string, readonly object[]>) {
    return begin(
      (waiting) => waitForReplacements(pods, waiting),
      (cluster) => {
        for (const [path, objects] of lists) cluster.lists.set(path, objects);
      },
    );
  }

  const LATE = 'replacements are not Ready: ReplicaSet default/web';
  test.each<[string, readonly object[], readonly string[]]>([
    ['as many are ready as are wanted', [workload({ wanted: 2, ready: 2 })], []],
    ['more are ready than are wanted', [workload({ wanted: 0, ready: 1 })], []],
    ['one is missing', [workload({ wanted: 2, ready: 1 })], [LATE]],
    ['nothing is said of ready ones', [workload({ wanted: 1 })], [LATE]],
    ['nothing is said of wanted ones: one is', [workload({})], [LATE]],
    ['nothing is said of wanted ones, and one is ready', [workload({ ready: 1 })], []],
    [
      'its status is about an older specification',
      [workload({ wanted: 1, ready: 1, generation: 2, observed: 1 })],
      [LATE],
    ],
    ['its status was never written', [workload({ wanted: 0, generation: 1 })], [LATE]],
    ['its status is about this specification', [workload({ wanted: 1, ready: 1, generation: 2, observed: 2 })], []],
    ['it is deleted', [], []],
    ['only another one is late', [workload({ wanted: 2, uid: 'other' })], []],
    ['only one that says nothing is late', [{}], []],
  ])('of a workload: %s', async (_what, objects, told) => {
    const wait = await replaced([web], new Map([[sets, objects]]));
    expect(wait.told).toEqual(told);
    expect(wait.ended()).toBe(told.length === 0 ? 'done' : 'not yet');
    expect(wait.isFollowing()).toBe(told.length > 0);
  });

  test.each<[string, PodFacts, readonly string[]]>([
    ['a pod of nobody', podFacts('a'), []],
    ['a pod of a DaemonSet', owned('DaemonSet', 'a'), []],
    ['a pod of a ReplicaSet of another group', owned('ReplicaSet', 'a', { apiVersion: 'x.io/v1' }), []],
    ['a pod of a ReplicaSet', owned('ReplicaSet', 'a'), [sets]],
    [
      'a pod of a StatefulSet',
      owned('StatefulSet', 'a', { namespace: 'db' }),
      [collectionPath('apps/v1/statefulsets', 'db')],
    ],
    [
      'a pod of a ReplicationController',
      owned('ReplicationController', 'a', { apiVersion: 'v1' }),
      [collectionPath('v1/replicationcontrollers', 'default')],
    ],
  ])('%s: what is followed for it', async (_what, pod, paths) => {
    const wait = await replaced([pod], new Map());
    expect([wait.followed(), wait.ended()]).toEqual([paths, 'done']);
  });

  test('workloads of one namespace are followed at once, late ones named once and sorted', async () => {
    const pods = [web, web, owned('ReplicaSet', 'api')];
    const late = [workload({ wanted: 2 }), workload({ wanted: 1, uid: 'uid-api' })];
    const wait = await replaced(pods, new Map([[sets, late]]));
    expect(wait.followed()).toEqual([sets]);
    expect(wait.told).toEqual(['replacements are not Ready: ReplicaSet default/api, ReplicaSet default/web']);
    await wait.tell(sets, 'changed', workload({ wanted: 1, ready: 1, uid: 'uid-api' }));
    expect(wait.told.at(-1)).toBe(LATE);
  });

  test.each<[string, 'changed' | 'removed', object, unknown]>([
    ['are Ready', 'changed', workload({ wanted: 2, ready: 2 }), 'done'],
    ['are fewer than wanted still', 'changed', workload({ wanted: 3, ready: 2 }), 'not yet'],
    ['are no longer wanted: the workload is gone', 'removed', workload({}), 'done'],
    ['are of another workload', 'changed', workload({ ready: 9, uid: 'other' }), 'not yet'],
    ['miss another workload, which is gone', 'removed', workload({ uid: 'other' }), 'not yet'],
  ])('that %s', async (_what, what, object, ended) => {
    const wait = await replaced([web], new Map([[sets, [workload({ wanted: 2, ready: 1 })]]]));
    await wait.tell(sets, what, object);
    expect(wait.ended()).toBe(ended);
    expect(wait.isFollowing()).toBe(ended === 'not yet');
  });

  test('a list made again without the workload: it needs none', async () => {
    let heard: ((all: readonly object[]) => void) | undefined;
    const wait = await begin(
      (waiting) => waitForReplacements([web], waiting),
      (cluster) => {
        cluster.follow = (_path, listener, { signal }) => {
          heard = (all) => {
            listener.synced(all.map((object) => listener.project(object)));
          };
          heard([workload({ wanted: 2 })]);
          return untilAborted(signal);
        };
      },
    );
    expect(wait.ended()).toBe('not yet');
    heard?.([]);
    await settle();
    expect(wait.ended()).toBe('done');
  });

  test('are waited for no longer than the signal says', async () => {
    const wait = await replaced([web], new Map([[sets, [workload({ wanted: 2 })]]]));
    await wait.stop();
    expect([wait.ended(), wait.isFollowing()]).toEqual(['done', false]);
  });

  test('that were never read are not waited for once the signal aborts', async () => {
    const wait = await begin((waiting) => waitForReplacements([web], waiting), instead(untilAborted));
    expect(wait.ended()).toBe('not yet');
    await wait.stop();
    expect([wait.ended(), wait.told]).toEqual(['done', []]);
  });

  test('that may not be read are an error, and nothing is followed any more', async () => {
    const refused = new Error('forbidden');
    const signals: AbortSignal[] = [];
    const db = owned('StatefulSet', 'db', { namespace: 'db' });
    const wait = await begin(
      (waiting) => waitForReplacements([web, db], waiting),
      (cluster) => {
        cluster.follow = (path, _listener, { signal }) => {
          signals.push(signal);
          return path === sets ? Promise.reject(refused) : untilAborted(signal);
        };
      },
    );
    expect(wait.ended()).toBe(refused);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});
