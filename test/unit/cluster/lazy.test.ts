import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const here = new URL('../../../shared/cluster/live/', import.meta.url).href;

async function loadedBy(statement: string): Promise<string> {
  const script = `${statement}; console.log(process.moduleLoadList.join('\\n'))`;
  return (await run(process.execPath, ['--input-type=module', '--eval', script])).stdout;
}

test('importing connect.ts does not load node:https; connecting does', async () => {
  expect(await loadedBy(`await import('${here}connect.ts')`)).not.toMatch(/NativeModule https$/m);
  expect(await loadedBy(`await import('${here}session.ts')`)).toMatch(/NativeModule https$/m);
});
