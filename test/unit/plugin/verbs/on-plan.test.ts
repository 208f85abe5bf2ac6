import { describe, expect, test } from 'vitest';
import { podName } from '../../../../plugin/drain/plan.ts';
import { Planner } from '../../../../plugin/drain/read.ts';
import type { OnOperation } from '../../../../plugin/verbs/on/flags.ts';
import { planDrains } from '../../../../plugin/verbs/on/plan.ts';
import type { OnRun } from '../../../../plugin/verbs/on/on-run.ts';
import { sharedByDrains } from '../../../../plugin/verbs/on/shared-by-drains.ts';
import { viewOnce } from '../../../../plugin/preflight/cluster-view.ts';
import {
  at,
  budgetFromObject,
  BUDGETS,
  ClusterRefusal,
  daemonSetPath,
  PODS,
  POLICY_ANNOTATION,
  REGISTRATION_NAME,
  webhookConfigurationPath,
  textAt,
  type CollectionListener,
} from '../../../../shared/index.ts';
import { like } from '../../../support/like.ts';
import { drainFlags } from '../../../support/drain-flags.ts';
import { budgetObject, nodeSnapshot, podFacts, podObject, settle, toldSession, type PodShape } from '../world.ts';

const [n1, n2] = [nodeSnapshot('n1'), nodeSnapshot('n2')];
const REPLICA_SET: PodShape = { owner: { kind: 'ReplicaSet' } };
const DAEMON_SET: PodShape = { owner: { kind: 'DaemonSet', name: 'ds' } };

interface Asked {
  readonly mode?: 'drain' | 'cordon';
  readonly podSelector?: string;
  readonly activeWork?: 'wait' | 'evict';
  readonly skipWaitForDeleteSeconds?: number;
  readonly maxParallel?: number;
}

function operationOf(asked: Asked): OnOperation {
  return {
    verb: 'on',
    cluster: { requestTimeoutMs: 0 },
    nodes: { names: ['n1', 'n2'], selector: undefined },
    claim: {
      owner: 'ana',
      mode: asked.mode ?? 'drain',
      isChange: false,
      reason: undefined,
      ticket: undefined,
      until: undefined,
    },
    drain: drainFlags({
      podSelector: asked.podSelector,
      skipWaitForDeleteSeconds: asked.skipWaitForDeleteSeconds ?? 0,
    }),
    pace: {
      maxParallel: asked.maxParallel ?? 10,
      maxUnavailable: undefined,
      activeWork: asked.activeWork ?? 'wait',
      byPriority: true,
      byDatabase: true,
      waitVolumes: false,
      waitReady: false,
    },
    hooks: { file: undefined, prepare: [], data: undefined, skip: true, allowCommands: false, trustRecords: false },
    allowLastNode: false,
    acceptedLoss: [],
    protect: true,
    adopt: false,
    roleLabel: false,
    timeoutMs: 0,
    dryRun: 'none',
    rollback: false,
    format: 'text',
  };
}

/** Plans in a cluster that tells each follower of pods only of those on its node, and keeps what is asked. */
function planning(asked: Asked, pods: readonly object[]) {
  const stop = new AbortController();
  const { session, cluster } = toldSession(stop.signal);
  const followed: { path: string; query: object; signal: AbortSignal }[] = [];
  const listeners: CollectionListener<unknown>[] = [];
  const follow = cluster.follow.bind(cluster);
  cluster.follow = <T>(
    path: string,
    listener: CollectionListener<T>,
    options: { query?: Readonly<Record<string, string | undefined>>; signal: AbortSignal },
  ) => {
    const { query = {}, signal } = options;
    followed.push({ path, query, signal });
    listeners.push(listener);
    if (path === PODS)
      cluster.lists.set(
        PODS,
        pods.filter((pod) => query['fieldSelector'] === nodeField(pod)),
      );
    return follow(path, listener, options);
  };
  const notes: string[] = [];
  return {
    cluster,
    session,
    stop,
    followed,
    listeners,
    notes,
    plan: async () => {
      const operation = operationOf(asked);
      const view = viewOnce(session);
      const report: OnRun['report'] = {
        tell: (event) => {
          if (event.type === 'note') notes.push(event.text);
        },
      };
      const shared = sharedByDrains({ operation, session, report, view });
      const targets = await planDrains([n1, n2], { operation, session, report, view, shared });
      return { targets, budgets: shared.budgets(), planner: await shared.planner(), policy: await shared.policy() };
    },
  };
}

function nodeField(pod: object): string {
  return `spec.nodeName=${String(at(pod, 'spec', 'nodeName'))}`;
}

describe('mode cordon', () => {
  test('nothing is read, followed or planned; every node is as it was given', async () => {
    const { plan: begin, followed, cluster } = planning({ mode: 'cordon' }, [podObject('a', REPLICA_SET)]);
    const { targets, planner } = await begin();
    expect(targets).toEqual([{ node: n1 }, { node: n2 }]);
    expect([followed, cluster.requests]).toEqual([[], []]);
    expect(planner).toBeInstanceOf(Planner);
  });

  test('no budget is known, and none is waited for', async () => {
    const { budgets } = await planning({ mode: 'cordon' }, []).plan();
    const pod = podFacts('a');
    const budget = budgetFromObject(budgetObject('web', { allowed: 0 }));
    await expect(budgets.first).resolves.toBeUndefined();
    expect([budgets.readable, budgets.covering(pod), budgets.holding(pod)]).toEqual([true, [], undefined]);
    expect(budgets.current(budget)).toBe(budget);
    const turn = await budgets.turn(pod, true, new AbortController().signal);
    expect(() => {
      turn.end('blocked');
    }).not.toThrow();
  });
});

describe('mode drain', () => {
  const pods = [
    podObject('b', { ...REPLICA_SET, nodeName: 'n2' }),
    podObject('a', REPLICA_SET),
    podObject('d', { ...DAEMON_SET, namespace: 'kube-system' }),
    podObject('lone'),
  ];

  test('running work is known by the policy in force: of a tool of the user, too', async () => {
    const { plan: begin, cluster } = planning({}, [podObject('dump-1', { ...REPLICA_SET, labels: { app: 'dumper' } })]);
    const match = { kinds: ['/Pod'], labels: { app: ['dumper'] } };
    const tools = [{ id: 'dumper', title: 'Our dumps', patterns: [{ work: 'backup', match }] }];
    const written = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenancePolicy', tools };
    cluster.objects.set(webhookConfigurationPath(REGISTRATION_NAME), {
      metadata: { annotations: { [POLICY_ANNOTATION]: JSON.stringify(written) } },
      webhooks: [{ clientConfig: { url: 'https://h:1' } }],
    });
    const { targets, policy } = await begin();
    expect(policy.source).toEqual({ from: 'registration' });
    expect(targets[0]?.plan).toMatchObject({ evict: [], waitFor: [{ why: like(/Our dumps|dumper/) }] });
  });

  test('every node is planned from the pods on it, in the order of the nodes', async () => {
    const { plan: begin, cluster } = planning({}, pods);
    cluster.objects.set(daemonSetPath('kube-system', 'ds'), {});
    const { targets } = await begin();
    expect(
      targets.map(({ node, plan, pods }) => ({
        node,
        plan: plan?.node,
        evict: plan?.evict.map(podName),
        leave: plan?.leave.map(({ pod, why }) => `${podName(pod)}: ${why}`),
        refusals: plan?.refusals,
        pods: pods?.follow().all().map(podName),
      })),
    ).toEqual([
      {
        node: n1,
        plan: 'n1',
        evict: ['default/a'],
        leave: ['kube-system/d: managed by a DaemonSet'],
        refusals: [{ text: 'Pods that declare no controller (use --force to override)', names: ['default/lone'] }],
        pods: ['default/a', 'kube-system/d', 'default/lone'],
      },
      { node: n2, plan: 'n2', evict: ['default/b'], leave: [], refusals: [], pods: ['default/b'] },
    ]);
  });

  test.each([
    ['all pods', {}, undefined],
    ['those that --pod-selector matches', { podSelector: 'app=web' }, 'app=web'],
  ])('budgets are followed, and of the pods on each node %s', async (_what, asked, labelSelector) => {
    const { plan: begin, followed } = planning(asked, pods);
    await begin();
    expect(followed.map(({ path, query }) => [path, query])).toEqual([
      [BUDGETS, {}],
      [PODS, { fieldSelector: 'spec.nodeName=n1', labelSelector }],
      [PODS, { fieldSelector: 'spec.nodeName=n2', labelSelector }],
    ]);
  });

  test('of nodes whose turn comes later the pods are listed, and followed from then on', async () => {
    const { plan: begin, followed, cluster } = planning({ maxParallel: 1 }, pods);
    cluster.lists.set(PODS, [podObject('b', { ...REPLICA_SET, nodeName: 'n2' })]);
    const { targets } = await begin();
    const onNodes = () =>
      followed.filter(({ path }) => path === PODS).map(({ query }) => textAt(query, 'fieldSelector'));
    expect(onNodes()).toEqual(['spec.nodeName=n1']);
    expect(targets[1]?.plan?.node).toBe('n2');
    const pods2 = targets[1]?.pods?.follow();
    expect(targets[1]?.pods?.follow()).toBe(pods2);
    expect((await pods2?.first)?.map(podName)).toEqual(['default/b']);
    expect(onNodes()).toEqual(['spec.nodeName=n1', 'spec.nodeName=n2']);
  });

  test('they are followed on after the plan, until the session ends', async () => {
    const { plan: begin, followed, cluster, stop } = planning({}, pods);
    const { targets } = await begin();
    cluster.tell(PODS, 'changed', podObject('new', { ...REPLICA_SET, nodeName: 'n2' }));
    expect(targets[1]?.pods?.follow().all().map(podName)).toEqual(['default/b', 'default/new']);
    expect(targets[1]?.plan?.evict.map(podName)).toEqual(['default/b']);
    stop.abort();
    expect(followed.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
  });

  test('the budgets are known when it is done', async () => {
    const { plan: begin, cluster } = planning({}, pods);
    cluster.lists.set(BUDGETS, [budgetObject('web', { allowed: 0 })]);
    const { budgets } = await begin();
    expect(budgets.covering(podFacts('a', { labels: { app: 'web' } })).map(({ name }) => name)).toEqual(['web']);
  });

  test('it is not done before they are', async () => {
    const { plan: begin, cluster } = planning({}, pods);
    const follow = cluster.follow.bind(cluster);
    let tellBudgets = (): void => undefined;
    cluster.follow = (path, listener, options) => {
      if (path !== BUDGETS) return follow(path, listener, options);
      tellBudgets = () => {
        listener.synced([]);
      };
      return new Promise(() => undefined);
    };
    let isDone = false;
    void begin().then(() => {
      isDone = true;
    });
    await settle();
    expect(isDone).toBe(false);
    tellBudgets();
    await settle();
    expect(isDone).toBe(true);
  });

  test.each<[string, Asked, PodShape, object]>([
    [
      '--active-work=wait',
      {},
      { labels: { 'kubectl-maint.io/work': 'backup' } },
      { evict: [], waitFor: [{ pod: { name: 'a' } }] },
    ],
    [
      '--active-work=evict',
      { activeWork: 'evict' },
      { labels: { 'kubectl-maint.io/work': 'backup' } },
      { evict: [{ name: 'a' }], waitFor: [] },
    ],
    [
      '--skip-wait-for-delete-timeout, by the clock',
      { skipWaitForDeleteSeconds: 10 },
      { deletionTimestamp: '2026-01-05T22:09:49Z' },
      { evict: [], leave: [{ pod: { name: 'a' } }] },
    ],
    [
      'a deletion that is not long ago',
      { skipWaitForDeleteSeconds: 10 },
      { deletionTimestamp: '2026-01-05T22:09:50Z' },
      { evict: [{ name: 'a' }], leave: [] },
    ],
  ])('the plan goes by the flags: %s', async (_what, asked, shape, plan) => {
    const { targets } = await planning(asked, [podObject('a', { ...REPLICA_SET, ...shape })]).plan();
    expect(targets[0]?.plan).toMatchObject(plan);
  });

  test('the planner of the plan is handed on: a DaemonSet is looked up once', async () => {
    const { plan: begin, cluster } = planning({}, pods);
    const read: string[] = [];
    cluster.get = (path) => {
      read.push(path);
      return Promise.resolve({});
    };
    const { planner } = await begin();
    await planner.plan('n1', [podFacts('e', { ...DAEMON_SET, namespace: 'kube-system' })]);
    expect(read).toEqual([webhookConfigurationPath(REGISTRATION_NAME), '/apis', daemonSetPath('kube-system', 'ds')]);
  });

  test('a watch that breaks is noted', async () => {
    const { plan: begin, listeners, notes } = planning({}, pods);
    await begin();
    listeners[2]?.interrupted?.(new Error('reset'));
    expect(notes).toEqual(['watching the pods on node n2 again: reset']);
  });
});

describe('what cannot be read', () => {
  const refusal = (status: number) => new ClusterRefusal({ status, reason: '', message: 'no', body: {} });

  test.each<[string, Asked, Error, object]>([
    [
      'a selector that the API server does not take',
      { podSelector: 'app==x=y' },
      refusal(400),
      { code: 'usage', message: '--pod-selector=app==x=y must be a valid label selector' },
    ],
    ['a bad request without a selector', {}, refusal(400), { code: 'cluster', status: 400, message: 'no' }],
    ['another refusal', { podSelector: 'app=web' }, refusal(404), { code: 'cluster', status: 404, message: 'no' }],
    ['no answer', { podSelector: 'app=web' }, new Error('connection refused'), { message: 'connection refused' }],
  ])('of pods: %s', async (_what, asked, thrown, error) => {
    const { plan: begin, cluster } = planning(asked, []);
    cluster.followInstead = () => Promise.reject(thrown);
    await expect(begin()).rejects.toMatchObject(error);
  });

  test('of DaemonSets is an error', async () => {
    const { plan: begin, cluster } = planning({}, [podObject('d', DAEMON_SET)]);
    cluster.get = () => Promise.reject(refusal(403));
    await expect(begin()).rejects.toMatchObject({ code: 'cluster', status: 403 });
  });

  test('of budgets stops nothing', async () => {
    const { plan: begin, cluster } = planning({}, [podObject('a', REPLICA_SET)]);
    const follow = cluster.follow.bind(cluster);
    cluster.follow = (path, listener, options) =>
      path === BUDGETS ? Promise.reject(refusal(403)) : follow(path, listener, options);
    const { targets, budgets } = await begin();
    expect(budgets.readable).toBe(false);
    expect(targets[0]?.plan?.evict.map(podName)).toEqual(['default/a']);
  });
});
