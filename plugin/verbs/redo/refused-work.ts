import { isOurDenial } from '../../policy/dry-run.ts';
import type { MakerEvent } from '../../kept-off/kept-off.ts';
import type { OwnEvent } from '../../nodes/own-events.ts';

/** Kinds of which one call makes up for what was refused, by the word for them on a command line. */
export const REDONE = { cronjob: 'CronJob', backup: 'Backup' } as const;
export type RedoneKind = (typeof REDONE)[keyof typeof REDONE];

/** Whose run was refused: a CronJob, or a Backup of Velero of which pieces were. */
export interface RefusedWork {
  readonly kind: RedoneKind;
  readonly namespace: string;
  readonly name: string;
  readonly times: number;
  /** When it was refused last (RFC 3339). */
  readonly lastAt: string;
  /** The refusals, as they were written: they name the nodes because of which. */
  readonly messages: readonly string[];
}

/** As it is named on a command line: `cronjob/shop/nightly`. */
export function wordFor({ kind, namespace, name }: Pick<RefusedWork, 'kind' | 'namespace' | 'name'>): string {
  return `${kind.toLowerCase()}/${namespace}/${name}`;
}

/** Who was refused stands at the end of our own Events: `… (CronJob shop/nightly)`. */
const ORIGIN = /\((CronJob|Backup) ([a-z0-9.-]+)\/([a-z0-9.-]+)\)$/;

/**
 * What was refused and can be made up for by one call, the last first: of our own Events on nodes, of those of CronJobs whose
 * Job was refused, and of Backups whose pieces were. Pure.
 */
export function refusedWork(own: readonly OwnEvent[], makers: readonly MakerEvent[]): readonly RefusedWork[] {
  // Of those who were refused each writes of refusals of its own; the webhook writes of the same ones.
  const byMakers = merged(makers.flatMap(fromMaker), (one, other) => one + other);
  // Whoever reaches the webhook's port can have it refuse a Job of any CronJob. The controller of a real one says so as well.
  const isReal = (work: RefusedWork): boolean =>
    work.kind !== 'CronJob' || byMakers.some((one) => wordFor(one) === wordFor(work));
  return merged([...own.flatMap(fromOwn).filter(isReal), ...byMakers], Math.max).toSorted(
    (one, other) => Date.parse(other.lastAt) - Date.parse(one.lastAt),
  );
}

function fromOwn({ reason, message, count, lastAt }: OwnEvent): readonly RefusedWork[] {
  const [, word, namespace, name] = ORIGIN.exec(message) ?? [];
  const kind = Object.values(REDONE).find((one) => one === word);
  if (reason !== 'WorkDenied' || kind === undefined || namespace === undefined || name === undefined) return [];
  return [{ kind, namespace, name, times: count, lastAt, messages: [message] }];
}

function fromMaker({ kind, namespace, name, message, count, lastAt }: MakerEvent): readonly RefusedWork[] {
  const redone = Object.values(REDONE).find((one) => one === kind);
  if (redone === undefined || !isOurDenial(message)) return [];
  return [{ kind: redone, namespace, name, times: count, lastAt, messages: [message] }];
}

/** What was said of the same work as one, with the latest time, and so many times. */
function merged(found: readonly RefusedWork[], times: (one: number, other: number) => number): readonly RefusedWork[] {
  const together = (one: RefusedWork, other: RefusedWork): RefusedWork => ({
    ...one,
    times: times(one.times, other.times),
    lastAt: Date.parse(one.lastAt) > Date.parse(other.lastAt) ? one.lastAt : other.lastAt,
    messages: [...one.messages, ...other.messages],
  });
  return [...Map.groupBy(found, wordFor).values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [more.reduce(together, first)],
  );
}
