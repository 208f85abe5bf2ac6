import { asTyped, oneOf, type FlagTable, type FlagValues } from '../../command-line/flag.ts';
import { countFlag, integerFlag, timeoutFlag } from '../../command-line/values.ts';
import type { DrainFlags, NodeLimit, PaceFlags } from '../../drain/options.ts';
import { MaintError } from '../../../shared/index.ts';

const DRAIN = 'Draining (as in kubectl drain):';
const PACE = 'Draining (beyond kubectl drain):';

/** The flags of kubectl drain, with its names and words; and those that it lacks. */
export const DRAIN_FLAGS = {
  force: {
    kind: 'switch',
    default: false,
    group: DRAIN,
    describe: 'Continue even if there are pods that do not declare a controller',
  },
  'ignore-daemonsets': {
    kind: 'switch',
    default: true,
    group: DRAIN,
    describe: 'Leave DaemonSet-managed pods where they are',
  },
  'delete-emptydir-data': {
    kind: 'switch',
    default: false,
    group: DRAIN,
    describe: 'Continue even if there are pods using emptyDir (their data is lost)',
  },
  'grace-period': {
    kind: 'value',
    default: '-1',
    group: DRAIN,
    value: integerFlag,
    describe: "Seconds given to each pod to terminate; negative = the pod's own",
  },
  'pod-selector': {
    kind: 'value',
    group: DRAIN,
    value: asTyped,
    describe: 'Label selector to filter pods on the node',
  },
  timeout: {
    kind: 'value',
    default: '0',
    group: DRAIN,
    value: timeoutFlag,
    describe: 'How long to wait for each node before giving up; 0 = no limit',
  },
  'disable-eviction': {
    kind: 'switch',
    default: false,
    group: DRAIN,
    describe: 'Delete pods instead of evicting them: disruption budgets do not count then',
  },
  'skip-wait-for-delete-timeout': {
    kind: 'value',
    default: '0',
    group: DRAIN,
    value: countFlag,
    describe: 'Do not wait for pods whose deletionTimestamp is more than so many seconds ago; 0 = for all',
  },
  'chunk-size': {
    kind: 'value',
    default: '500',
    group: DRAIN,
    value: countFlag,
    describe: 'Taken for the sake of scripts, and without effect: pods come as a stream',
  },
  'max-parallel': {
    kind: 'value',
    default: '10',
    group: PACE,
    value: countFlag,
    describe:
      'Nodes that are drained at once; 0 = all. Budgets hold across all of them. More than 10 nodes, or with --max-unavailable: also marked only so many at once',
  },
  'max-unavailable': {
    kind: 'value',
    group: PACE,
    value: nodeLimit,
    describe:
      'Refuse if more workers would be out of service, like 2 or 10%, all counted; name it to take most of many',
  },
  'active-work': {
    ...oneOf('wait', 'refuse', 'evict'),
    default: 'wait',
    group: PACE,
    describe: 'Backups and scans that run on the node: let them end, refuse to begin, or evict them too',
  },
  'priority-order': {
    kind: 'switch',
    default: true,
    group: PACE,
    describe: 'Pods of lower priority go first; those that cannot go hold the others for 10s only',
  },
  'database-order': {
    kind: 'switch',
    default: true,
    group: PACE,
    describe:
      'Members of a replicated database go one at a time, the primary last; the next when the one before is Ready again',
  },
  'wait-volumes': {
    kind: 'switch',
    default: false,
    group: PACE,
    describe: 'Also wait until the volumes of moved pods are detached from the node',
  },
  'wait-ready': {
    kind: 'switch',
    default: false,
    group: PACE,
    describe: 'Also wait until the workloads of moved pods are Ready elsewhere',
  },
} as const satisfies FlagTable;

type DrainValues = FlagValues<typeof DRAIN_FLAGS>;

/** What kubectl's flags ask for. */
export function drainFlags(values: DrainValues): DrainFlags {
  return {
    force: values.force,
    ignoreDaemonSets: values['ignore-daemonsets'],
    deleteEmptyDirData: values['delete-emptydir-data'],
    gracePeriodSeconds: values['grace-period'],
    podSelector: values['pod-selector'],
    disableEviction: values['disable-eviction'],
    skipWaitForDeleteSeconds: values['skip-wait-for-delete-timeout'],
  };
}

/** What ours ask for. */
export function paceFlags(values: DrainValues): PaceFlags {
  return {
    maxParallel: values['max-parallel'],
    maxUnavailable: values['max-unavailable'],
    activeWork: values['active-work'],
    byPriority: values['priority-order'],
    byDatabase: values['database-order'],
    waitVolumes: values['wait-volumes'],
    waitReady: values['wait-ready'],
  };
}

function nodeLimit(text: string, flag: string): NodeLimit {
  const [, percent] = /^(\d{1,3})%$/.exec(text) ?? [];
  if (percent !== undefined && Number(percent) <= 100) return { percent: Number(percent) };
  if (/^\d{1,6}$/.test(text)) return { nodes: Number(text) };
  throw new MaintError('usage', `${flag}: "${text}" is neither a number of nodes nor a percentage like 10%`);
}
