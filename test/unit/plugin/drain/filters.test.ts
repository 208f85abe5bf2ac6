import { describe, expect, test } from 'vitest';
import { DRAIN_LABEL, fateOf, WORDS, type FilterContext, type PodFate } from '../../../../plugin/drain/filters.ts';
import { planDrain } from '../../../../plugin/drain/plan.ts';
import type { ActiveWork, DrainFlags } from '../../../../plugin/drain/options.ts';
import { drainFlags } from '../../../support/drain-flags.ts';
import { podFacts, START, type PodShape } from '../world.ts';

const DEFAULTS = drainFlags();
const CONTEXT: FilterContext = {
  flags: DEFAULTS,
  activeWork: 'wait',
  now: START,
  daemonSetExists: () => true,
  activeWorkOf: ({ labels }) => (labels.has('backup') ? 'a Velero backup' : undefined),
  insideOf: ({ labels }) => (labels.has('database') ? 'CloudNativePG backup shop/nightly' : undefined),
};
const AGENT = { owner: { kind: 'DaemonSet', name: 'agent' } };
const MANAGED = { owner: { kind: 'ReplicaSet' } };
const MIRROR = { annotations: { 'kubernetes.io/config.mirror': 'x' } };

const evict = (...warnings: string[]): PodFate => ({ fate: 'evict', warnings });
const leave = (why: string, ...warnings: string[]): PodFate => ({ fate: 'leave', why, warnings });
const ofDaemonSet = leave('managed by a DaemonSet', WORDS.daemonSetWarning);
const wait = (why: string, inside = false, ...warnings: string[]): PodFate => ({ fate: 'wait', why, inside, warnings });
const refuse = (message: string): PodFate => ({ fate: 'refuse', message });

interface Case {
  readonly what: string;
  readonly pod: PodShape;
  readonly flags?: Partial<DrainFlags>;
  readonly activeWork?: ActiveWork;
  readonly missing?: boolean;
  readonly fate: PodFate;
}

const CASES: readonly Case[] = [
  { what: 'a pod with a controller', pod: MANAGED, fate: evict() },
  {
    what: 'a controller of any kind counts, existing or not',
    pod: { owner: { kind: 'Whatever', apiVersion: 'x.io/v1' } },
    fate: evict(),
  },
  {
    what: 'an owner that is no controller does not',
    pod: { owner: { kind: 'ReplicaSet', controller: false } },
    fate: refuse(WORDS.unmanagedFatal),
  },

  { what: 'a DaemonSet pod stays', pod: AGENT, fate: ofDaemonSet },
  {
    what: 'a DaemonSet pod without --ignore-daemonsets',
    pod: AGENT,
    flags: { ignoreDaemonSets: false },
    fate: refuse(WORDS.daemonSetFatal),
  },
  {
    what: '--force does not change that',
    pod: AGENT,
    flags: { ignoreDaemonSets: false, force: true },
    fate: refuse(WORDS.daemonSetFatal),
  },
  {
    what: 'a DaemonSet pod with local storage stays all the same',
    pod: { ...AGENT, emptyDir: true },
    fate: ofDaemonSet,
  },
  { what: 'a DaemonSet pod that has succeeded', pod: { ...AGENT, phase: 'Succeeded' }, fate: evict() },
  {
    what: 'a DaemonSet pod that has failed',
    pod: { ...AGENT, phase: 'Failed' },
    flags: { ignoreDaemonSets: false },
    fate: evict(),
  },
  { what: 'a DaemonSet that is missing', pod: AGENT, missing: true, fate: refuse('daemonsets.apps "agent" not found') },
  {
    what: 'a DaemonSet that is missing, without --ignore-daemonsets',
    pod: AGENT,
    missing: true,
    flags: { ignoreDaemonSets: false },
    fate: refuse('daemonsets.apps "agent" not found'),
  },
  {
    what: 'a DaemonSet that is missing, --force',
    pod: AGENT,
    missing: true,
    flags: { force: true },
    fate: evict(WORDS.daemonSetMissing),
  },
  {
    what: 'a DaemonSet of another API group is any controller',
    pod: { owner: { kind: 'DaemonSet', apiVersion: 'apps.kruise.io/v1alpha1' } },
    flags: { ignoreDaemonSets: false },
    fate: evict(),
  },

  { what: 'a mirror pod stays', pod: MIRROR, fate: leave('a static pod') },
  {
    what: 'a mirror pod stays whatever its value and volumes',
    pod: { annotations: { 'kubernetes.io/config.mirror': '' }, emptyDir: true },
    flags: { force: true },
    fate: leave('a static pod'),
  },

  { what: 'local storage', pod: { ...MANAGED, emptyDir: true }, fate: refuse(WORDS.localStorageFatal) },
  {
    what: 'local storage, allowed',
    pod: { ...MANAGED, emptyDir: true },
    flags: { deleteEmptyDirData: true },
    fate: evict(WORDS.localStorageWarning),
  },
  { what: 'local storage of a pod that has ended', pod: { emptyDir: true, phase: 'Succeeded' }, fate: evict() },
  {
    what: 'local storage comes before the missing controller',
    pod: { emptyDir: true },
    fate: refuse(WORDS.localStorageFatal),
  },

  { what: 'no controller', pod: {}, fate: refuse(WORDS.unmanagedFatal) },
  { what: 'no controller, --force', pod: {}, flags: { force: true }, fate: evict(WORDS.unmanagedWarning) },
  { what: 'no controller, ended', pod: { phase: 'Failed' }, fate: evict() },

  {
    what: 'every warning is kept, unlike kubectl’s',
    pod: { emptyDir: true },
    flags: { force: true, deleteEmptyDirData: true },
    fate: evict(WORDS.localStorageWarning, WORDS.unmanagedWarning),
  },
  {
    what: 'three of them',
    pod: { ...AGENT, emptyDir: true },
    missing: true,
    flags: { force: true, deleteEmptyDirData: true },
    fate: evict(WORDS.daemonSetMissing, WORDS.localStorageWarning),
  },
  {
    what: 'a pod that terminates already is waited for like the others',
    pod: { ...MANAGED, deletionTimestamp: '2026-01-05T22:09:00Z' },
    fate: evict(),
  },

  {
    what: 'a pod whose deletion was asked for longer ago than --skip-wait-for-delete-timeout stays, kubectl’s way',
    pod: { ...MANAGED, emptyDir: true, deletionTimestamp: '2026-01-05T22:09:39Z' },
    flags: { skipWaitForDeleteSeconds: 20 },
    fate: leave('its deletion was asked for more than 20s ago'),
  },
  {
    what: 'one whose deletion was asked for just so long ago does not',
    pod: { ...MANAGED, deletionTimestamp: '2026-01-05T22:09:40Z' },
    flags: { skipWaitForDeleteSeconds: 20 },
    fate: evict(),
  },
  {
    what: 'nor one that nobody deletes',
    pod: MANAGED,
    flags: { skipWaitForDeleteSeconds: 20 },
    fate: evict(),
  },

  {
    what: 'the label that says skip',
    pod: { labels: { [DRAIN_LABEL]: 'skip' }, emptyDir: true },
    fate: leave(`labelled ${DRAIN_LABEL}: skip`),
  },
  {
    what: 'the label that says wait-completed, in any case',
    pod: { ...MANAGED, labels: { [DRAIN_LABEL]: 'Wait-Completed' } },
    fate: wait(`labelled ${DRAIN_LABEL}: wait-completed`),
  },
  {
    what: 'a pod that has completed is not waited for',
    pod: { ...MANAGED, labels: { [DRAIN_LABEL]: 'wait-completed' }, phase: 'Succeeded' },
    fate: evict(),
  },
  { what: 'the label with another value', pod: { ...MANAGED, labels: { [DRAIN_LABEL]: 'drain' } }, fate: evict() },
  {
    what: 'the label does not move a DaemonSet pod',
    pod: { ...AGENT, labels: { [DRAIN_LABEL]: 'wait-completed' } },
    fate: ofDaemonSet,
  },

  { what: 'a backup that runs', pod: { ...MANAGED, labels: { backup: '' } }, fate: wait('a Velero backup is running') },
  {
    what: 'a backup that runs without a controller is no reason to refuse: it ends by itself',
    pod: { labels: { backup: '' }, emptyDir: true },
    fate: wait('a Velero backup is running'),
  },
  {
    what: 'a backup that runs, --active-work=refuse',
    pod: { ...MANAGED, labels: { backup: '' } },
    activeWork: 'refuse',
    fate: refuse(WORDS.activeWorkFatal),
  },
  {
    what: 'a backup that runs, --active-work=evict',
    pod: { ...MANAGED, labels: { backup: '' } },
    activeWork: 'evict',
    fate: evict(),
  },
  {
    what: 'a backup that never started has nothing to lose',
    pod: { ...MANAGED, labels: { backup: '' }, phase: 'Pending', containerStatuses: [{ state: { waiting: {} } }] },
    fate: evict(),
  },
  {
    what: 'one whose first container runs has started, whatever its phase',
    pod: { ...MANAGED, labels: { backup: '' }, phase: 'Pending', containerStatuses: [{ state: { running: {} } }] },
    fate: wait('a Velero backup is running'),
  },
  {
    what: 'a pod of a database in which a backup runs',
    pod: { ...MANAGED, labels: { database: '' } },
    fate: wait('CloudNativePG backup shop/nightly is running in it', true),
  },
  {
    what: 'it does not end: what is asked about its data is asked first',
    pod: { ...MANAGED, labels: { database: '' }, emptyDir: true },
    fate: refuse(WORDS.localStorageFatal),
  },
  {
    what: 'and with the flag it is waited for, and warned of',
    pod: { ...MANAGED, labels: { database: '' }, emptyDir: true },
    flags: { deleteEmptyDirData: true },
    fate: wait('CloudNativePG backup shop/nightly is running in it', true, WORDS.localStorageWarning),
  },
  {
    what: 'a pod in which a backup runs, --active-work=refuse',
    pod: { ...MANAGED, labels: { database: '' } },
    activeWork: 'refuse',
    fate: refuse(WORDS.activeWorkFatal),
  },
  {
    what: 'a pod in which a backup runs, --active-work=evict',
    pod: { ...MANAGED, labels: { database: '' } },
    activeWork: 'evict',
    fate: evict(),
  },
  { what: 'a backup that has ended', pod: { labels: { backup: '' }, phase: 'Succeeded' }, fate: evict() },
  {
    what: 'a backup that is being deleted',
    pod: { ...MANAGED, labels: { backup: '' }, deletionTimestamp: '2026-01-05T22:09:00Z' },
    fate: evict(),
  },
];

describe('what draining does with a pod', () => {
  test.each(CASES)('$what', ({ pod, flags, activeWork = 'wait', missing, fate }) => {
    const given = { flags: { ...DEFAULTS, ...flags }, activeWork, daemonSetExists: () => missing !== true };
    expect(fateOf(podFacts('p', pod), { ...CONTEXT, ...given })).toEqual(fate);
  });
});

describe('the plan of a node', () => {
  test('evicts low priorities first, then by namespace and name', () => {
    const pods = [
      podFacts('z', { ...MANAGED, priority: -5 }),
      podFacts('a', { ...MANAGED, priority: 2_000_000_000 }),
      podFacts('c', MANAGED),
      podFacts('b', { ...MANAGED, namespace: 'zoo' }),
      podFacts('b', MANAGED),
    ];
    const names = (list: typeof pods) => list.map(({ namespace, name }) => `${namespace}/${name}`);
    const expected = ['default/z', 'default/b', 'default/c', 'zoo/b', 'default/a'];
    expect(names([...planDrain('n1', pods, CONTEXT).evict])).toEqual(expected);
    expect(names([...planDrain('n1', pods.toReversed(), CONTEXT).evict])).toEqual(expected);
  });

  test('groups refusals and warnings by their words, sorted', () => {
    const pods = [
      podFacts('c'),
      podFacts('a'),
      podFacts('s2', { ...MANAGED, emptyDir: true }),
      podFacts('s1', { ...MANAGED, emptyDir: true, namespace: 'zoo' }),
      podFacts('agent', AGENT),
    ];
    const plan = planDrain('n1', pods, CONTEXT);
    expect(plan.refusals).toEqual([
      { text: 'Pods that declare no controller (use --force to override)', names: ['default/a', 'default/c'] },
      { text: 'Pods with local storage (use --delete-emptydir-data to override)', names: ['default/s2', 'zoo/s1'] },
    ]);
    expect(plan.warnings).toEqual([{ text: 'ignoring DaemonSet-managed Pods', names: ['default/agent'] }]);
    expect(plan.leave).toMatchObject([{ pod: { name: 'agent' }, why: 'managed by a DaemonSet' }]);
  });

  test('keeps what ends by itself apart, in the same order', () => {
    const backup = { ...MANAGED, labels: { backup: '' } };
    const plan = planDrain('n1', [podFacts('b', backup), podFacts('a', backup), podFacts('web', MANAGED)], CONTEXT);
    expect(plan.waitFor).toMatchObject([
      { pod: { name: 'a' }, why: 'a Velero backup is running' },
      { pod: { name: 'b' }, why: 'a Velero backup is running' },
    ]);
    expect(plan.evict).toMatchObject([{ name: 'web' }]);
  });

  test('an empty node is drained by doing nothing', () => {
    expect(planDrain('n1', [], CONTEXT)).toEqual({
      node: 'n1',
      evict: [],
      waitFor: [],
      leave: [],
      refused: [],
      warnings: [],
      refusals: [],
    });
  });
});
