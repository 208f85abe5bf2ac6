import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Key } from './commands.ts';

/** A new key in a folder, which asks no service when it signs (`cosign.pub` beside it verifies); undefined without cosign. Throws what cosign said that fails. */
export function throwawayKey(folder: string): Key | undefined {
  const key = { key: join(folder, 'cosign.key'), services: join(folder, 'no-services.json') };
  for (const args of [['generate-key-pair'], ['signing-config', 'create', `--out=${key.services}`]]) {
    const env = { ...process.env, COSIGN_PASSWORD: '' };
    const { status, error, stderr } = spawnSync('cosign', args, { cwd: folder, env, encoding: 'utf8' });
    if (error !== undefined) return undefined;
    if (status !== 0) throw new Error(`cosign ${args.join(' ')}: exit code ${status ?? '?'}\n${stderr}`);
  }
  return key;
}
