import type { Argv } from 'yargs';
import { MaintError } from '../../shared/index.ts';
import type { ActiveWork, DrainFlags, NodeLimit, PaceFlags } from '../operation.ts';
import { countFlag, integerFlag, last } from './values.ts';

const DRAIN = 'Draining (as in kubectl drain):';
const PACE = 'Draining (beyond kubectl drain):';

/** The flags of kubectl drain, with its names and words; and those that it lacks. */
export function drainOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('force', {
      type: 'boolean',
      default: false,
      group: DRAIN,
      coerce: last<boolean>,
      describe: 'Continue even if there are pods that do not declare a controller',
    })
    .option('ignore-daemonsets', {
      type: 'boolean',
      default: true,
      group: DRAIN,
      coerce: last<boolean>,
      describe: 'Leave DaemonSet-managed pods where they are',
    })
    .option('delete-emptydir-data', {
      type: 'boolean',
      default: false,
      group: DRAIN,
      coerce: last<boolean>,
      describe: 'Continue even if there are pods using emptyDir (their data is lost)',
    })
    .option('grace-period', {
      type: 'string',
      default: '-1',
      group: DRAIN,
      requiresArg: true,
      coerce: last<string>,
      describe: "Seconds given to each pod to terminate; negative = the pod's own",
    })
    .option('pod-selector', {
      type: 'string',
      group: DRAIN,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Label selector to filter pods on the node',
    })
    .option('timeout', {
      type: 'string',
      default: '0',
      group: DRAIN,
      requiresArg: true,
      coerce: last<string>,
      describe: 'How long to wait for each node before giving up; 0 = no limit',
    })
    .option('disable-eviction', {
      type: 'boolean',
      default: false,
      group: DRAIN,
      coerce: last<boolean>,
      describe: 'Delete pods instead of evicting them: disruption budgets do not count then',
    })
    .option('skip-wait-for-delete-timeout', {
      type: 'string',
      default: '0',
      group: DRAIN,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Do not wait for pods whose deletionTimestamp is more than so many seconds ago; 0 = for all',
    })
    .option('chunk-size', {
      type: 'string',
      default: '500',
      group: DRAIN,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Taken for the sake of scripts, and without effect: pods come as a stream',
    })
    .option('max-parallel', {
      type: 'string',
      default: '10',
      group: PACE,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Nodes that are drained at once; 0 = all. Budgets hold across all of them',
    })
    .option('max-unavailable', {
      type: 'string',
      group: PACE,
      requiresArg: true,
      coerce: last<string>,
      describe:
        'Refuse if more workers would be out of service, like 2 or 10%, all counted; name it to take most of many',
    })
    .option('active-work', {
      type: 'string',
      choices: ['wait', 'refuse', 'evict'] as const,
      default: 'wait' as const,
      group: PACE,
      requiresArg: true,
      coerce: last<ActiveWork>,
      describe: 'Backups and scans that run on the node: let them end, refuse to begin, or evict them too',
    })
    .option('priority-order', {
      type: 'boolean',
      default: true,
      group: PACE,
      coerce: last<boolean>,
      describe: 'Pods of lower priority go first; those that cannot go hold the others for 10s only',
    })
    .option('wait-volumes', {
      type: 'boolean',
      default: false,
      group: PACE,
      coerce: last<boolean>,
      describe: 'Also wait until the volumes of moved pods are detached from the node',
    })
    .option('wait-ready', {
      type: 'boolean',
      default: false,
      group: PACE,
      coerce: last<boolean>,
      describe: 'Also wait until the workloads of moved pods are Ready elsewhere',
    });
}

type DrainArguments = Awaited<ReturnType<typeof drainOptions<unknown>>['argv']>;

/** What kubectl's flags ask for. Throws MaintError('usage'). */
export function drainFlags(argv: DrainArguments): DrainFlags {
  countFlag('--chunk-size', argv['chunk-size'] ?? '500');
  return {
    force: argv.force === true,
    ignoreDaemonSets: argv['ignore-daemonsets'] !== false,
    deleteEmptyDirData: argv['delete-emptydir-data'] === true,
    gracePeriodSeconds: integerFlag('--grace-period', argv['grace-period'] ?? '-1'),
    podSelector: argv['pod-selector'],
    disableEviction: argv['disable-eviction'] === true,
    skipWaitForDeleteSeconds: countFlag('--skip-wait-for-delete-timeout', argv['skip-wait-for-delete-timeout'] ?? '0'),
  };
}

/** What ours ask for. Throws MaintError('usage'). */
export function paceFlags(argv: DrainArguments): PaceFlags {
  return {
    maxParallel: countFlag('--max-parallel', argv['max-parallel'] ?? '10'),
    maxUnavailable: argv['max-unavailable'] === undefined ? undefined : nodeLimit(argv['max-unavailable']),
    activeWork: argv['active-work'] ?? 'wait',
    byPriority: argv['priority-order'] !== false,
    waitVolumes: argv['wait-volumes'] === true,
    waitReady: argv['wait-ready'] === true,
  };
}

function nodeLimit(text: string): NodeLimit {
  const [, percent] = /^(\d{1,3})%$/.exec(text) ?? [];
  if (percent !== undefined && Number(percent) <= 100) return { percent: Number(percent) };
  if (/^\d{1,6}$/.test(text)) return { nodes: Number(text) };
  throw new MaintError('usage', `--max-unavailable: "${text}" is neither a number of nodes nor a percentage like 10%`);
}
