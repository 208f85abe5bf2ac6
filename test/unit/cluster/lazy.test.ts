import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const here = new URL('../../../shared/cluster/live/', import.meta.url).href;

async function loadedBy(statement: string): Promise<string> {
  const script = `${statement}; console.log(process.moduleLoadList.join('\\n'))`;
  return (await run(process.execPath, ['--input-type=module', '--eval', script])).stdout;
}

test.each(['connect.ts', 'session.ts'])('importing %s does not load node:https', async (file) => {
  expect(await loadedBy(`await import('${here}${file}')`)).not.toMatch(/NativeModule https$/m);
});

test('what connecting imports does', async () => {
  expect(await loadedBy(`await import('${here}transport.ts')`)).toMatch(/NativeModule https$/m);
});
