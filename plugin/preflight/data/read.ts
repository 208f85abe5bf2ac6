import {
  at,
  collectionPath,
  MaintError,
  readAll,
  isForbidden,
  isNotFound,
  clean,
  type ClusterReader,
} from '../../../shared/index.ts';
import type { ServedVersions } from '../../session/served.ts';
import type { DataKind, DataObjects, DataSystem } from './system.ts';

/** A system that is installed, with what it has answered. */
export interface AskedSystem {
  readonly system: DataSystem;
  /** By the names of its kinds; those that could not be read are left out. */
  readonly objects: DataObjects;
  /** Why they could not be read, one phrase for each. */
  readonly unread: readonly string[];
}

/** Whether a system could be asked everything that it takes to judge it. */
export function isJudged({ system, objects }: AskedSystem): boolean {
  return Object.entries(system.kinds).every(([key, kind]) => kind.isOptional === true || key in objects);
}

/** What all systems of a cluster have answered; undefined where nobody could tell which are installed. */
export type DataAnswers = readonly AskedSystem[] | undefined;

/**
 * Most objects of a kind that are read. Of each some 500 bytes are kept, so that these take 25 MB; 500 nodes with 100 replicas
 * of Longhorn each have as many.
 */
const MOST_OBJECTS = 50_000;

/** Asks every system whose API group is served; no call is made about any other. */
export async function readDataSystems(
  systems: readonly DataSystem[],
  served: ServedVersions,
  reader: ClusterReader,
): Promise<DataAnswers> {
  if (served === undefined) return undefined;
  const groups = new Set([...served].map((version) => version.slice(0, version.indexOf('/'))));
  const installed = systems.filter(({ group }) => groups.has(group));
  return Promise.all(installed.map((system) => ask(system, served, reader)));
}

async function ask(system: DataSystem, served: ReadonlySet<string>, reader: ClusterReader): Promise<AskedSystem> {
  const answers = await Promise.all(
    Object.entries(system.kinds).map(async ([key, kind]) => ({ key, answer: await readKind(kind, served, reader) })),
  );
  return {
    system,
    objects: Object.fromEntries(
      answers.flatMap(({ key, answer }) => ('objects' in answer ? [[key, answer.objects] as const] : [])),
    ),
    unread: phrasesOf(answers.map(({ answer }) => answer)),
  };
}

type KindAnswer =
  { readonly objects: readonly unknown[] } | { readonly forbidden: string } | { readonly unread: string };

/** What may not be listed is said in one go. */
function phrasesOf(answers: readonly KindAnswer[]): readonly string[] {
  const forbidden = new Set(answers.flatMap((answer) => ('forbidden' in answer ? [answer.forbidden] : [])));
  const unread = new Set(answers.flatMap((answer) => ('unread' in answer ? [answer.unread] : [])));
  return [...(forbidden.size === 0 ? [] : [`you may not list ${[...forbidden].join(', ')}`]), ...unread];
}

async function readKind(kind: DataKind, served: ReadonlySet<string>, reader: ClusterReader): Promise<KindAnswer> {
  const { group, versions, plural } = kind;
  const what = group === '' ? plural : `${plural}.${group}`;
  const known = versions.map((version) => (group === '' ? version : `${group}/${version}`));
  const version = known.find((one) => group === '' || served.has(one));
  if (version === undefined) return { unread: `the API server serves ${what} in no version that is known here` };
  const path = collectionPath(`${version}/${plural}`, '');
  try {
    return {
      objects: await readAll(reader, { path, query: queryOf(kind), most: MOST_OBJECTS }, pickerOf(kind.fields)),
    };
  } catch (thrown) {
    return whyUnread(what, thrown);
  }
}

/** Throws what is no answer. A conversion that fails in the system's own webhook is no failure of the cluster. */
function whyUnread(what: string, thrown: unknown): KindAnswer {
  if (!(thrown instanceof MaintError) || thrown.code !== 'cluster') throw thrown;
  if (isForbidden(thrown)) return { forbidden: what };
  // A version without that kind has none of it.
  if (isNotFound(thrown)) return { objects: [] };
  return { unread: `${what} could not be listed (${clean(thrown.message, MAX_WHY)})` };
}

/** Longest message of the API server in a finding, in characters. */
const MAX_WHY = 150;

function queryOf({ name, labels, where }: DataKind): Readonly<Record<string, string | undefined>> {
  return { labelSelector: labels, fieldSelector: name === undefined ? where : `metadata.name=${name}` };
}

/** Makes of an object one that has some fields alone, given as paths with dots. */
export function pickerOf(fields: readonly string[]): (object: unknown) => unknown {
  const paths = fields.map((field) => field.split('.'));
  const pickers = [...Map.groupBy(paths, ([key = '']) => key)].map(([key, some]) => {
    const below = some.flatMap(([, ...rest]) => (rest.length === 0 ? [] : [rest.join('.')]));
    return { key, pick: below.length < some.length ? (value: unknown) => value : pickerOf(below) };
  });
  return (object) => Object.fromEntries(pickers.map(({ key, pick }) => [key, pick(at(object, key))]));
}
