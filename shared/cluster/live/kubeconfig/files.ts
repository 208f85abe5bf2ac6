import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { MaintError, messageOf } from '../../../errors.ts';
import { at, isObject, listAt, textAt } from '../../../facts/json.ts';
import { textFromBytes } from '../../../yaml/text.ts';

/** One named cluster, context or user, as written. */
export interface Entry {
  readonly name: string;
  /** What stands below `cluster:`, `context:` or `user:`. */
  readonly value: unknown;
  readonly file: string;
  /** Relative paths of this entry start here. */
  readonly folder: string;
}

/** All kubeconfig files as one: of entries with the same name the first counts, as in kubectl. */
export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  /** Where it was looked for, for messages. */
  readonly lookedIn: readonly string[];
}

export interface KubeconfigPlaces {
  /** `--kubeconfig` */
  readonly explicit: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads what kubectl would read: the explicit file alone; else every file of $KUBECONFIG that exists; else
 * ~/.kube/config if it exists. Throws MaintError('usage') where the explicit file is missing, or a file cannot be read
 * or parsed. KubeConfig of the Kubernetes client is not used here: it throws on a missing file of the list and on a
 * name that occurs twice, takes the last current-context, and drops tokenFile and everything about impersonation but
 * the user.
 */
export async function readKubeconfig({ explicit, env }: KubeconfigPlaces): Promise<Kubeconfig> {
  const paths = explicit === undefined ? standardPaths(env) : [explicit];
  const merged = {
    currentContext: undefined as string | undefined,
    contexts: new Map<string, Entry>(),
    clusters: new Map<string, Entry>(),
    users: new Map<string, Entry>(),
    lookedIn: paths,
  };
  for (const file of paths) {
    const text = await textOf(file, explicit !== undefined);
    const config = await parseYaml(text, file);
    merged.currentContext ??= nonEmpty(textAt(config, 'current-context'));
    addEntries(merged.contexts, config, file, ['contexts', 'context']);
    addEntries(merged.clusters, config, file, ['clusters', 'cluster']);
    addEntries(merged.users, config, file, ['users', 'user']);
  }
  return merged;
}

/** `text`, or undefined where it is empty: kubectl takes both for "not given". */
export function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function standardPaths(env: KubeconfigPlaces['env']): readonly string[] {
  const listed = nonEmpty(env.KUBECONFIG);
  if (listed !== undefined) return [...new Set(listed.split(delimiter).filter((path) => path !== ''))];
  const home = nonEmpty(env.HOME) ?? nonEmpty(env.USERPROFILE);
  return home === undefined ? [] : [join(home, '.kube', 'config')];
}

async function textOf(file: string, required: boolean): Promise<string> {
  try {
    return textFromBytes(await readFile(file));
  } catch (cause) {
    const code = textAt(cause, 'code');
    if (code === 'ENOENT' && !required) return '';
    throw new MaintError('usage', reading(file, code ?? messageOf(cause)), { cause });
  }
}

function reading(file: string, code: string): string {
  if (code === 'ENOENT') return `stat ${file}: no such file or directory`;
  if (code === 'EACCES') return `open ${file}: permission denied`;
  if (code === 'EISDIR') return `read ${file}: is a directory`;
  return `cannot read ${file}: ${code}`;
}

async function parseYaml(text: string, file: string): Promise<unknown> {
  const config = text === '' ? {} : await firstOf(text, file);
  const kind = textAt(config, 'kind');
  if (config === null || config === undefined) return {};
  if (!isObject(config)) throw unreadable(file, 'it is not a mapping');
  if (kind !== undefined && kind !== 'Config') throw unreadable(file, `its kind is ${kind}, not Config`);
  return config;
}

/** Of several documents kubectl reads the first, and of equal keys the last, without a word. */
async function firstOf(text: string, file: string): Promise<unknown> {
  // What reads YAML is loaded where there is some.
  const { documentsIn } = await import('../../../yaml/documents.ts');
  for (const document of documentsIn(text)) {
    if (document.kind === 'value') return document.value;
    throw unreadable(file, `${document.message} (${document.line}:${document.column})`);
  }
  return {};
}

function unreadable(file: string, what: string): MaintError {
  const hint = 'check that it is a kubeconfig: "kubectl config view" reads it too';
  return new MaintError('usage', `error loading config file "${file}": ${what}`, { hint });
}

function addEntries(into: Map<string, Entry>, config: unknown, file: string, keys: readonly [string, string]): void {
  const [list, body] = keys;
  const own = new Set<string>();
  for (const item of listAt(config, list)) {
    const name = textAt(item, 'name');
    if (name === undefined) continue;
    // Which of the two is meant nobody knows: kubectl refuses the file.
    if (own.has(name)) throw unreadable(file, `duplicate name "${name}" in ${list}`);
    own.add(name);
    if (into.has(name)) continue;
    into.set(name, { name, value: at(item, body), file, folder: dirname(file) });
  }
}
