import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureBinaries } from '../control-plane/binaries.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { runProgram, type Ran } from './plugin-run.ts';

const DOCS = join(import.meta.dirname, '../../docs');

/** The commands below a heading of a page of docs/, block by block. */
export async function documentedCommands(page: string, heading: string): Promise<readonly string[]> {
  const text = await readFile(join(DOCS, page), 'utf8');
  const [, section] = text.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`docs/${page} has no heading ${heading}`);
  const [own = ''] = section.split('\n## ');
  return own.match(/(?:^ {4}.*\n)+/gm) ?? [];
}

/** Runs commands in a shell, as the admin of a control plane; the first that fails ends it. */
export async function runInShell(plane: ControlPlane, commands: string): Promise<Ran> {
  const { path } = await ensureBinaries({ env: process.env, log: () => undefined });
  const env = {
    ...process.env,
    KUBECONFIG: plane.kubeconfig,
    PATH: `${dirname(path('kubectl'))}:${process.env['PATH'] ?? ''}`,
  };
  return runProgram('bash', ['-euo', 'pipefail', '-c', commands], env);
}
