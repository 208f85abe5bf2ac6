import { isOurDenial } from '../../policy/dry-run.ts';
import type { MakerEvent } from '../../kept-off/kept-off.ts';

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

/**
 * What was refused and can be made up for by one call, the last first: CronJobs whose controller says so, and Backups whose pieces
 * do. The webhook's own Events count for nothing here: whoever reaches its port can have it refuse in any name. Pure.
 */
export function refusedWork(makers: readonly MakerEvent[]): readonly RefusedWork[] {
  return [...Map.groupBy(makers.flatMap(fromMaker), wordFor).values()]
    .flatMap(([first, ...more]) => (first === undefined ? [] : [more.reduce(together, first)]))
    .toSorted((one, other) => Date.parse(other.lastAt) - Date.parse(one.lastAt));
}

function fromMaker({ kind, namespace, name, message, count, lastAt }: MakerEvent): readonly RefusedWork[] {
  const redone = Object.values(REDONE).find((one) => one === kind);
  if (redone === undefined || !isOurDenial(message)) return [];
  return [{ kind: redone, namespace, name, times: count, lastAt, messages: [message] }];
}

function together(one: RefusedWork, other: RefusedWork): RefusedWork {
  return {
    ...one,
    times: one.times + other.times,
    lastAt: Date.parse(one.lastAt) > Date.parse(other.lastAt) ? one.lastAt : other.lastAt,
    messages: [...one.messages, ...other.messages],
  };
}
