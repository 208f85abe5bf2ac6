import { clean } from '../../shared/index.ts';
import type { Keeping, KeptWork } from './keeping.ts';

const NOUNS: Readonly<Record<KeptWork, string>> = { backup: 'backups', addon: 'add-on changes', scan: 'scans' };

/** Longest id of a tool in a line, in characters: users write them. */
const MAX_TOOL = 63;

function nounFor({ work, tool }: Keeping): string {
  return tool === null ? NOUNS[work] : `${clean(tool, MAX_TOOL)} ${NOUNS[work]}`;
}

function nounsFor(some: readonly Keeping[]): string {
  const nouns = some.map(nounFor);
  const last = nouns.pop() ?? 'nothing';
  return nouns.length === 0 ? last : `${nouns.join(', ')} and ${last}`;
}

/** Whether it is really kept off. */
export function isKeptOff({ how }: Keeping): boolean {
  return how === 'refused' || how === 'held';
}

/** What is kept off, as the object of a sentence: `backups, add-on changes and scans`. */
export function keptNouns(keeping: readonly Keeping[]): string {
  return nounsFor(keeping.filter(isKeptOff));
}

/** What is kept off, with what of it the whole cluster is spared: `backups, add-on changes; and scans of the whole cluster`. */
export function keptSentence(keeping: readonly Keeping[]): string {
  const kept = keeping.filter(isKeptOff);
  const own = kept.filter(({ scope }) => scope === 'node').map(nounFor);
  const everywhere = kept.filter(({ scope }) => scope === 'cluster');
  const cluster = everywhere.length === 0 ? [] : [`${nounsFor(everywhere)} of the whole cluster`];
  return own.length === 0 ? cluster.join('') : [own.join(', '), ...cluster].join('; and ');
}

/** What the policy lets pass, as sentences without an end: nothing where it keeps everything off. */
export function passingSentences(keeping: readonly Keeping[]): readonly string[] {
  const warned = keeping.filter(({ how }) => how === 'warned');
  const passing = keeping.filter(({ how }) => how === 'passes');
  return [
    ...(warned.length === 0 ? [] : [`only warned of, by the policy of this cluster: ${nounsFor(warned)}`]),
    ...(passing.length === 0 ? [] : [`not kept off, by the policy of this cluster: ${nounsFor(passing)}`]),
  ];
}

/** Longest list of namespaces in a line, in characters. */
const MAX_NAMESPACES = 300;

/** Where the webhook is not asked, as sentences without an end: nothing where it is asked everywhere. */
export function exemptSentences(exempt: readonly string[]): readonly string[] {
  if (exempt.length === 0) return [];
  const where = `${exempt.length === 1 ? 'namespace' : 'namespaces'} ${clean(exempt.join(', '), MAX_NAMESPACES)}`;
  return [
    `the webhook is not asked about ${where}: what is kept off there is only what the API server refuses by itself`,
  ];
}
