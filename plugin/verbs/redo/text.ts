import { clean } from '../../../shared/index.ts';
import { renderTable } from '../../terminal/table.ts';
import type { DryRun } from '../../policy/dry-run.ts';
import type { RedoOperation } from './flags.ts';
import { wordFor, type RefusedWork } from './refused-work.ts';
import type { State } from './standing.ts';

/** Refused work and what became of it; also the shape of `-o json`. */
export interface RedoItem {
  readonly kind: RefusedWork['kind'];
  readonly namespace: string;
  readonly name: string;
  readonly times: number;
  /** RFC 3339. */
  readonly lastAt: string;
  readonly state: State | 'unknown';
  /** Why it is as it is, or why it was not made; empty where nothing more is to be said. */
  readonly why: string;
  /** What was made for it, as kubectl names it, or would be in a dry run; null where nothing was. */
  readonly made: string | null;
  /** That it would be made; absent where it was. */
  readonly dryRun: Exclude<DryRun, 'none'> | undefined;
}

/** Longest reason in a line, in characters: objects and answers are written by others. */
const MAX_WHY = 300;
const SUFFIX: Readonly<Record<DryRun, string>> = { none: '', client: ' (dry run)', server: ' (server dry run)' };

const WORDS: Readonly<Record<RedoItem['state'], string>> = {
  open: 'not made up for',
  'made-up': 'made up for',
  superseded: 'a later one counts',
  'kept-off': 'still kept off',
  suspended: 'stands still',
  'by-hand': 'was made by hand',
  gone: 'gone',
  unknown: 'not known',
};

/** What was refused, as a table. */
export function renderItems(items: readonly RedoItem[]): string {
  const head = ['REFUSED', 'TIMES', 'LAST', 'STATE', 'WHY'];
  const rows = items.map((item) => [
    clean(wordFor(item), MAX_WHY),
    String(item.times),
    item.lastAt,
    WORDS[item.state],
    clean(item.why, MAX_WHY),
  ]);
  return renderTable([head, ...rows]);
}

/** What was made, in kubectl's words. */
export function createdText(what: string, dryRun: DryRun): string {
  return `${what} created${SUFFIX[dryRun]}`;
}

/** Everything in a form for programs. */
export async function renderList(
  items: readonly RedoItem[],
  format: Exclude<RedoOperation['format'], 'text'>,
): Promise<string> {
  const list = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'RefusedWorkList', items };
  return format === 'json' ? JSON.stringify(list, undefined, 2) : (await import('yaml')).stringify(list).trimEnd();
}
