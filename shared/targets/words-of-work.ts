import type { Owner, WorkObject } from '../facts/work.ts';
import type { RunningContainer } from './running-container.ts';

/** What may follow the word for the work in the kind of a request or a schedule: `BackupSession`, `ScanJob`. */
const REQUESTS = '(?:Action|Batch|Configuration|Job|Operation|Plan|Policy|Request|Run|Schedule|Session|Task)';

/**
 * Whether an owner is of some tool's own kind that ends with one of some words, as `MySQLBackup` and `BackupSchedule` do
 * with `Backup`. Not `BackupStorage` or `ScanReport`: such a thing makes no backup and no scan.
 */
export function isRequestFor({ group, kind }: Owner, words: readonly string[]): boolean {
  return group.includes('.') && new RegExp(`(?:${words.join('|')})s?${REQUESTS}?$`).test(kind);
}

/** Longest text that counts as words, in characters: a longer one is a script, and is read as one (see running-container.ts). */
const MAX_TEXT = 100;

/** Lower-case words in what is written about a run: its name, the names of its containers, their images, what they run. */
export function wordsOf({ name, template }: WorkObject, running: readonly RunningContainer[]): ReadonlySet<string> {
  const containers = template?.containers ?? [];
  const texts = [
    name,
    ...containers.map((container) => container.name),
    ...running.flatMap(({ image, words, programs }) => [image, ...words, ...programs]),
  ];
  return new Set(
    texts.filter(({ length }) => length <= MAX_TEXT).flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/)),
  );
}
