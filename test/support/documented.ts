/** The commands that the pages show, and a shell for them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { ensureBinaries } from '../control-plane/binaries.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { pluginEnvironment, startProgram, type Ran, type Running } from './plugin-run.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCS = join(ROOT, 'docs');

/** The pages of which people paste commands. */
export const PAGES: readonly string[] = execFileSync(
  'git',
  ['ls-files', 'README.md', 'CONTRIBUTING.md', 'docs/*.md', 'charts/*.md'],
  { cwd: ROOT },
)
  .toString()
  .trim()
  .split('\n');

/** A command of a page. */
export interface Documented {
  /** By its path in the repository. */
  readonly page: string;
  /** The heading that it stands below, of whatever level. */
  readonly heading: string;
  /** As it is typed: without a prompt, and on one line where the page breaks it. */
  readonly line: string;
  /** What is to be read then, where the page shows it. */
  readonly promised: readonly string[];
}

/** What a line begins with that is a command: a program that people have, or a variable that is filled by one. */
const COMMAND = new RegExp(
  `^(?:[A-Za-z_]+=\\$\\( ?)?\\(?(?:${[
    'kubectl|helm|maint-webhook|npm|npx|node|git|make|brew|docker|curl|tar|grep|printf|while|until|cd|export|source',
    'cosign|gh|oras|skopeo|sha256sum|openssl|ssh|scp|sudo|systemctl|apt-get|aws',
  ].join('|')})(?=\\s|$)`,
);
const PROMPT = '$ ';
/** A heading, a fenced block of a shell or of something else, or an indented block. */
const PARTS = /^#+ (?<heading>.*)$|^```(?<language>\w*)\n(?<fenced>[^]*?)^```|(?<indented>(?:^ {4}.*\n)+)/gm;
const SHELLS: readonly (string | undefined)[] = ['', 'sh', 'bash', 'console'];

/** The commands in blocks of a page, from its top to its end. Where a block has a prompt, its other lines are answers. */
export function commandsOn(page: string): readonly Documented[] {
  const found: Documented[] = [];
  let heading = '';
  for (const { groups = {} } of readFileSync(join(ROOT, page), 'utf8').matchAll(PARTS)) {
    heading = groups['heading'] ?? heading;
    const block = SHELLS.includes(groups['language']) ? groups['fenced'] : groups['indented'];
    found.push(...commandsIn(block ?? '').map((command) => ({ page, heading, ...command })));
  }
  return found;
}

function commandsIn(block: string): readonly Pick<Documented, 'line' | 'promised'>[] {
  const lines = block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (!lines.some((line) => line.startsWith(PROMPT)))
    return lines.filter((line) => COMMAND.test(line)).map((line) => ({ line, promised: [] }));
  const found: { line: string; promised: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith(PROMPT)) found.push({ line: line.slice(PROMPT.length), promised: [] });
    else found.at(-1)?.promised.push(line);
  }
  return found;
}

/** The commands below a heading of a page, by its path from docs/, block by block. */
export async function documentedCommands(page: string, heading: string): Promise<readonly string[]> {
  const text = await readFile(join(DOCS, page), 'utf8');
  const [, section] = text.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`docs/${page} has no heading ${heading}`);
  const [own = ''] = section.split('\n## ');
  return own.match(/(?:^ {4}.*\n)+/gm) ?? [];
}

/** Runs commands in a shell, as the admin of a control plane, in a folder if one is given; the first that fails ends it. */
export async function runInShell(plane: ControlPlane, commands: string, folder = '.'): Promise<Ran> {
  return (await startInShell(plane, commands, folder)).ended;
}

/** The same, without waiting for its end. What stands in `bin` of the folder takes the place of programs of that name. */
export async function startInShell(plane: ControlPlane, commands: string, folder = '.'): Promise<Running> {
  const { path } = await ensureBinaries({ env: process.env, log: () => undefined });
  const ours = pluginEnvironment(plane.kubeconfig, { KUBECACHEDIR: join(plane.folder, 'kubectl-cache') });
  const places = [resolve(folder, 'bin'), dirname(path('kubectl')), ours['PATH'] ?? ''];
  const env = { ...ours, PATH: places.join(delimiter) };
  return startProgram('bash', ['-euo', 'pipefail', '-c', `cd "$0"\n${commands}`, folder], env);
}
