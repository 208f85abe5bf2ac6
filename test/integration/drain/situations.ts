/** Situations in which `kubectl drain` and `kubectl maint on` are compared: pods on a node, and flags. */

/** A pod as a situation wants it. */
export interface PodSketch {
  /** Whose controller reference it has; `none` = no owner. `plain-owner`: an owner that is no controller. */
  readonly owner: 'replicaset' | 'daemonset' | 'ghost-daemonset' | 'old-daemonset' | 'job' | 'plain-owner' | 'none';
  readonly emptyDir?: boolean;
  readonly mirror?: boolean;
  readonly phase?: 'Running' | 'Pending' | 'Succeeded' | 'Failed';
  readonly labels?: Readonly<Record<string, string>>;
  /** Deletion was asked for before; a finalizer keeps it. */
  readonly terminating?: boolean;
  /** A finalizer keeps it when deletion is asked for. */
  readonly stuck?: boolean;
  /** A budget that selects it, and allows nothing. */
  readonly budget?: 'one' | 'two';
  readonly terminationGracePeriodSeconds?: number;
  /** In a namespace that is being deleted. */
  readonly namespaceGoes?: boolean;
}

/** What the plugin does otherwise, on purpose. */
export interface Difference {
  /** As docs/drain.md names it. */
  readonly id: string;
  /** What is not as kubectl says it. */
  readonly ours: Readonly<
    Partial<{
      ended: 'done' | 'not done';
      refusals: readonly string[];
      warnings: readonly string[];
      evicted: readonly string[];
    }>
  >;
  /** Pods that stay, where they are not those that kubectl leaves. */
  readonly left?: readonly string[];
}

/** One situation. */
export interface Situation {
  readonly title: string;
  readonly pods: Readonly<Record<string, PodSketch>>;
  readonly flags: readonly string[];
  readonly differs?: Difference;
}

const MANAGED: PodSketch = { owner: 'replicaset' };
const BARE: PodSketch = { owner: 'none' };
const AGENT: PodSketch = { owner: 'daemonset' };

/** One pod of each kind that kubectl tells apart. */
const KINDS: Readonly<Record<string, PodSketch>> = {
  managed: MANAGED,
  'managed-scratch': { ...MANAGED, emptyDir: true },
  bare: BARE,
  'bare-scratch': { ...BARE, emptyDir: true },
  'plain-owner': { owner: 'plain-owner' },
  agent: AGENT,
  'agent-scratch': { ...AGENT, emptyDir: true },
  'agent-done': { ...AGENT, phase: 'Succeeded' },
  'agent-failed-scratch': { ...AGENT, phase: 'Failed', emptyDir: true },
  orphan: { owner: 'ghost-daemonset' },
  'orphan-scratch': { owner: 'ghost-daemonset', emptyDir: true },
  'orphan-done': { owner: 'ghost-daemonset', phase: 'Succeeded' },
  'old-agent': { owner: 'old-daemonset' },
  static: { ...BARE, mirror: true },
  'static-scratch': { ...BARE, mirror: true, emptyDir: true },
  'done-job': { owner: 'job', phase: 'Succeeded' },
  'bare-done': { ...BARE, phase: 'Succeeded' },
  'bare-failed-scratch': { ...BARE, phase: 'Failed', emptyDir: true },
  pending: { ...MANAGED, phase: 'Pending' },
  'bare-terminating': { ...BARE, terminating: true },
  'managed-terminating': { ...MANAGED, terminating: true },
};

const FLAG_SETS: readonly (readonly string[])[] = [
  [],
  ['--force'],
  ['--delete-emptydir-data'],
  ['--force', '--delete-emptydir-data'],
  ['--ignore-daemonsets=false', '--force', '--delete-emptydir-data'],
];

/** Of two warnings about one pod kubectl keeps only the last. */
const LOST_WARNINGS: Readonly<Record<string, readonly string[]>> = {
  'bare-scratch': ['deleting Pods that declare no controller', 'deleting Pods with local storage'],
  'orphan-scratch': ['deleting Pods whose DaemonSet does not exist', 'deleting Pods with local storage'],
  'managed-scratch': ['deleting Pods with local storage'],
  orphan: ['deleting Pods whose DaemonSet does not exist'],
};

function lostWarning(kind: string, flags: readonly string[]): Difference | undefined {
  const lost = LOST_WARNINGS[kind];
  const isForced = flags.includes('--force');
  const isScratch = flags.includes('--delete-emptydir-data');
  const isEvicted = (!kind.includes('scratch') || isScratch) && (kind === 'managed-scratch' || isForced);
  if (lost === undefined || !isEvicted) return undefined;
  return { id: 'every warning is shown', ours: { warnings: lost.map((text) => `${text}: default/${kind}`) } };
}

/** Every kind of pod alone, with each set of flags. */
const ONE_BY_ONE: readonly Situation[] = Object.entries(KINDS).flatMap(([kind, pod]) =>
  FLAG_SETS.filter(
    (flags) => kind.includes('scratch') || !flags.includes('--delete-emptydir-data') || flags.length > 2,
  ).map((flags) => {
    const differs = lostWarning(kind, flags);
    return {
      title: `${kind}, ${flags.length === 0 ? 'no flags' : flags.join(' ')}`,
      pods: { [kind]: pod },
      flags,
      ...(differs && { differs }),
    };
  }),
);

const EVERYTHING = ['--force', '--delete-emptydir-data'];

/** What is seen in a dry run. */
export const DRY: readonly Situation[] = [
  ...ONE_BY_ONE,
  { title: 'nothing at all', pods: {}, flags: [] },
  {
    title: 'several refusals at once',
    pods: { bare: BARE, other: BARE, scratch: { ...MANAGED, emptyDir: true } },
    flags: [],
  },
  {
    title: '--pod-selector leaves the others out, refusals too',
    pods: { web: { ...MANAGED, labels: { app: 'web' } }, bare: { ...BARE, labels: { app: 'bare' } } },
    flags: ['--pod-selector=app=web'],
  },
  {
    title: '--pod-selector with an expression',
    pods: { web: { ...MANAGED, labels: { app: 'web' } }, db: { ...MANAGED, labels: { app: 'db' } } },
    flags: ['--pod-selector=app notin (db)'],
  },
  { title: '--pod-selector that matches none', pods: { web: MANAGED }, flags: ['--pod-selector=app=none'] },
  { title: '--pod-selector that is none', pods: { web: MANAGED }, flags: ['--pod-selector=a b c'] },
  { title: '--disable-eviction refuses the same', pods: { bare: BARE }, flags: ['--disable-eviction'] },
  {
    title: '--skip-wait-for-delete-timeout skips what terminates for longer',
    pods: { gone: { ...BARE, terminating: true } },
    flags: ['--skip-wait-for-delete-timeout=1'],
  },
  { title: '--grace-period=0', pods: { web: MANAGED }, flags: ['--grace-period=0'] },
];

/** For what does not end: what can go has gone by then, after the second of its grace period, on a busy machine as well. */
const GIVES_UP = '--timeout=8s';

/** What has to be done to be seen. Nothing waits for ever: what cannot end has a --timeout. */
export const REAL: readonly Situation[] = [
  { title: 'managed pods go', pods: { a: MANAGED, b: MANAGED }, flags: [] },
  {
    title: 'a mixed node, everything allowed',
    pods: { a: MANAGED, agent: AGENT, static: { ...BARE, mirror: true }, done: { owner: 'job', phase: 'Succeeded' } },
    flags: EVERYTHING,
  },
  { title: 'a refusal leaves everything', pods: { a: MANAGED, bare: BARE }, flags: [] },
  {
    title: 'pods that have ended go',
    pods: { done: { ...BARE, phase: 'Succeeded' }, failed: { ...BARE, phase: 'Failed', emptyDir: true } },
    flags: [],
  },
  {
    title: 'an orphan of a DaemonSet goes with --force',
    pods: { orphan: { owner: 'ghost-daemonset' } },
    flags: ['--force'],
    differs: {
      id: 'every warning is shown',
      ours: { warnings: ['deleting Pods whose DaemonSet does not exist: default/orphan'] },
    },
  },
  {
    title: 'an orphan of a DaemonSet refuses without',
    pods: { orphan: { owner: 'ghost-daemonset' }, a: MANAGED },
    flags: [],
  },
  {
    title: 'pods that a selector leaves out stay',
    pods: { web: { ...MANAGED, labels: { app: 'web' } }, db: { ...MANAGED, labels: { app: 'db' } } },
    flags: ['--pod-selector=app=web'],
  },
  {
    title: 'a budget that allows none: gives up',
    pods: { web: { ...MANAGED, budget: 'one' }, free: MANAGED },
    flags: [GIVES_UP],
  },
  {
    title: 'a budget that allows none: --disable-eviction deletes',
    pods: { web: { ...MANAGED, budget: 'one' } },
    flags: ['--disable-eviction'],
  },
  {
    title: 'two budgets on one pod: gives up',
    pods: { web: { ...MANAGED, budget: 'two' }, free: MANAGED },
    flags: [GIVES_UP],
  },
  {
    title: 'a pending pod is no budget’s business',
    pods: { web: { ...MANAGED, budget: 'one', phase: 'Pending' } },
    flags: [],
  },
  {
    title: 'a finished pod is no budget’s business',
    pods: { web: { owner: 'job', budget: 'one', phase: 'Succeeded' } },
    flags: [],
  },
  { title: 'a stuck pod: gives up', pods: { stuck: { ...MANAGED, stuck: true } }, flags: [GIVES_UP] },
  {
    title: 'a pod that terminates already is waited for',
    pods: { gone: { ...MANAGED, terminating: true } },
    flags: ['--timeout=3s'],
  },
  {
    title: 'a pod that terminates for long is skipped when asked',
    pods: { gone: { ...MANAGED, terminating: true }, a: MANAGED },
    flags: ['--skip-wait-for-delete-timeout=1', '--timeout=20s'],
  },
  {
    title: 'the pod’s own grace period',
    pods: { stuck: { ...MANAGED, stuck: true, terminationGracePeriodSeconds: 77 } },
    flags: [GIVES_UP],
  },
  {
    title: '--grace-period replaces it',
    pods: { stuck: { ...MANAGED, stuck: true, terminationGracePeriodSeconds: 77 } },
    flags: [GIVES_UP, '--grace-period=5'],
  },
  {
    title: '--grace-period=1 with --disable-eviction',
    pods: { stuck: { ...MANAGED, stuck: true, terminationGracePeriodSeconds: 77 } },
    flags: [GIVES_UP, '--grace-period=1', '--disable-eviction'],
  },
  {
    title: '--grace-period=0 is at once',
    pods: { a: { ...MANAGED, terminationGracePeriodSeconds: 77 } },
    flags: ['--grace-period=0'],
  },
  {
    title: 'a negative grace period is the pod’s own',
    pods: { stuck: { ...MANAGED, stuck: true, terminationGracePeriodSeconds: 33 } },
    flags: [GIVES_UP, '--grace-period=-5'],
  },
  {
    title: 'a namespace that is being deleted: evictions are refused, gives up',
    pods: { web: { ...MANAGED, namespaceGoes: true } },
    flags: ['--timeout=4s'],
  },
  {
    title: 'a namespace that is being deleted, and the pod with it',
    pods: { web: { ...MANAGED, namespaceGoes: true, terminating: true } },
    flags: ['--timeout=3s'],
  },
  {
    title: 'a namespace that is being deleted: --disable-eviction deletes',
    pods: { web: { ...MANAGED, namespaceGoes: true } },
    flags: ['--disable-eviction'],
  },
];
