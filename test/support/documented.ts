import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { ensureBinaries } from '../control-plane/binaries.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { pluginEnvironment, runProgram, type Ran } from './plugin-run.ts';

const DOCS = join(import.meta.dirname, '../../docs');

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
  const { path } = await ensureBinaries({ env: process.env, log: () => undefined });
  const ours = pluginEnvironment(plane.kubeconfig);
  const env = { ...ours, PATH: `${dirname(path('kubectl'))}${delimiter}${ours['PATH'] ?? ''}` };
  return runProgram('bash', ['-euo', 'pipefail', '-c', `cd "$0"\n${commands}`, folder], env);
}
