import { expect } from 'vitest';
import { listAt, textAt } from '../../shared/index.ts';
import { runProgram } from '../support/plugin-run.ts';

/** The packages that Syft finds, by their purls, sorted, each once. */
export async function packagesIn(args: readonly string[]): Promise<readonly string[]> {
  const ran = await runProgram('syft', ['--quiet', ...args], { ...process.env, SYFT_CHECK_FOR_APP_UPDATE: 'false' });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const found = listAt(JSON.parse(ran.stdout), 'artifacts').flatMap((one) => textAt(one, 'purl') ?? []);
  return [...new Set(found)].sort();
}
