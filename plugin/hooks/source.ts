import { readFile, stat } from 'node:fs/promises';
import {
  clean,
  isForbidden,
  MaintError,
  messageOf,
  objectPath,
  renderProblem,
  textAt,
  type Cluster,
} from '../../shared/index.ts';
import { readRegistration, serviceNamespace } from '../policy/registration.ts';
import type { HookFile } from './file/parse.ts';
import type { HookFlags } from './flags.ts';
import type { Action, Hook } from './hook.ts';
import type { DataMode } from './preparations/preparation.ts';

/** The ConfigMap with the hooks of the installation, in its namespace, and its key. */
const NAME = 'kubectl-maint-hooks';
const KEY = 'hooks.yaml';

/** Largest file, in bytes: 100 steps of 2.5 kB. */
const MAX_BYTES = 256_000;

const HINT = 'nothing was changed; docs/hooks.md has examples; --skip-hooks goes on without hooks';

/** Where hooks are read. */
interface SourcePorts {
  readonly cluster: Cluster;
  /** Of the installation; undefined: there is none. */
  readonly namespace: string | undefined;
  readonly warn: (text: string) => void;
}

/** The namespace of the installation; undefined where there is none, or it cannot be seen, which is told. */
export async function installationNamespace(
  cluster: Cluster,
  warn: (text: string) => void,
): Promise<string | undefined> {
  try {
    return serviceNamespace(await readRegistration(cluster));
  } catch (thrown) {
    if (!isForbidden(thrown)) throw thrown;
    warn(`whether the installation has hooks is not known: ${messageOf(thrown)}`);
    return undefined;
  }
}

/**
 * The hooks that a command carries out: those of the installation, and those of `--hooks FILE`, of which one takes the place
 * of another of the same name. Throws MaintError where some cannot be read, or are not allowed.
 */
export async function hooksFor(flags: HookFlags, { cluster, namespace, warn }: SourcePorts): Promise<readonly Hook[]> {
  if (flags.skip) return [];
  const [installed, own] = await Promise.all([
    namespace === undefined ? NOTHING : ofInstallation(namespace, cluster, warn),
    flags.file === undefined ? NOTHING : ofFile(flags.file),
  ]);
  const prepared = await ofPreparations(
    [
      [`configmap ${NAME}: prepare`, installed.prepare],
      ['--prepare', flags.prepare],
      ['--hooks: prepare', own.prepare],
    ],
    { asked: flags.data, said: own.data ?? installed.data },
  );
  const hooks = new Map([...prepared, ...installed.hooks, ...own.hooks].map((hook) => [hook.name, hook]));
  const all = [...hooks.values()];
  if (!flags.allowCommands) refuseCommands(all);
  return all;
}

const NOTHING: HookFile = { prepare: [], data: undefined, hooks: [] };

async function ofInstallation(namespace: string, cluster: Cluster, warn: (text: string) => void): Promise<HookFile> {
  try {
    const text = textAt(await cluster.get(objectPath('v1/configmaps', namespace, NAME)), 'data', KEY);
    return text === undefined ? NOTHING : await parse(text, `configmap ${namespace}/${NAME}`);
  } catch (thrown) {
    if (!isForbidden(thrown)) throw thrown;
    warn(`hooks of the installation are not carried out, because you may not read them: ${messageOf(thrown)}`);
    return NOTHING;
  }
}

/** Names of preparations, by where they stand. */
async function ofPreparations(
  named: readonly (readonly [place: string, names: readonly string[]])[],
  data: { readonly asked: DataMode | undefined; readonly said: DataMode | undefined },
): Promise<readonly Hook[]> {
  if (data.asked === undefined && named.every(([, names]) => names.length === 0)) return [];
  const { preparedHooks, refuseUnheededData } = await import('./preparations/registry.ts');
  if (data.asked !== undefined) refuseUnheededData(named.flatMap(([, names]) => names));
  return named.flatMap(([place, names]) => preparedHooks(names, place, data.asked ?? data.said));
}

async function ofFile(path: string): Promise<HookFile> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new MaintError('usage', `has ${size} bytes; ${MAX_BYTES} are the most`);
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    throw new MaintError('usage', `--hooks: ${path}: ${messageOf(thrown)}`, { hint: 'nothing was changed' });
  }
  return parse(text, `--hooks: ${path}`);
}

/** What reads YAML is loaded where there are hooks. */
async function parse(text: string, place: string): Promise<HookFile> {
  const { valueFromText } = await import('../policy/parse.ts');
  const { hooksFromValue } = await import('./file/parse.ts');
  const value = valueFromText(text);
  const file = value.ok ? hooksFromValue(value.value) : value;
  if (file.ok) return file.value;
  const problems = file.problems.map(renderProblem).join('\n       ');
  throw new MaintError('usage', `${place}: ${problems}`, { hint: HINT });
}

/** Longest command in a sentence, in characters. */
const MAX_COMMAND = 120;

function refuseCommands(hooks: readonly Hook[]): void {
  const isCommand = (action: Action | undefined) => action?.kind === 'command';
  for (const { name, steps } of hooks) {
    const found = steps.find(({ action, inverse }) => isCommand(action) || isCommand(inverse));
    if (found === undefined) continue;
    const command = [found.action, found.inverse].find((one) => one?.kind === 'command');
    const line = command?.kind === 'command' ? command.words.join(' ') : '';
    throw new MaintError(
      'usage',
      `hook ${name}/${found.name} runs a command of this machine: ${clean(line, MAX_COMMAND)}`,
      { hint: 'to let it: --allow-commands; nothing was changed' },
    );
  }
}
