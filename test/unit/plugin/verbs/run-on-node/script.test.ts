import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_SCRIPT, readScript } from '../../../../../plugin/verbs/run/on-node/script.ts';
import { scriptName } from '../../../../../plugin/verbs/run/on-node/script-place.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-script-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function scriptOf(content: string | Buffer): Promise<string> {
  const path = join(folder, 'kernel.sh');
  await writeFile(path, content);
  return path;
}

describe('a script that is carried over', () => {
  test('is its bytes, under its own name', async () => {
    const bytes = Buffer.concat([Buffer.from('#!/bin/sh\n'), Buffer.from([0xff, 0x00])]);
    expect(await readScript(await scriptOf(bytes))).toEqual({ name: 'kernel.sh', bytes });
  });

  test('may be as large as a ConfigMap, and no byte more', async () => {
    const largest = `#!/bin/sh\n${'#'.repeat(MAX_SCRIPT - 10)}`;
    expect((await readScript(await scriptOf(largest))).bytes.length).toBe(1_048_576);
    await expect(readScript(await scriptOf(`${largest}#`))).rejects.toThrow('larger than 1048576 bytes');
  });

  test.each([
    ['', 'does not begin with #!'],
    ['echo hello\n', 'does not begin with #!'],
    ['#!/bin/sh\r\necho\r\n', 'lines that end with CR LF'],
  ])('%j is refused', async (content, why) => {
    await expect(readScript(await scriptOf(content))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(why) as string,
    });
  });

  test('one that is not there is refused, and so is a folder', async () => {
    for (const path of [join(folder, 'nowhere'), folder])
      await expect(readScript(path)).rejects.toMatchObject({ code: 'usage' });
  });

  test.each([
    ['./a b/kernel update.sh', 'kernel_update.sh'],
    ['ü.py', '_.py'],
    ['..', 'script'],
    [`${'x'.repeat(300)}.sh`, 'x'.repeat(253)],
  ])('%s is called %s there', (path, name) => {
    expect(scriptName(path)).toBe(name);
  });
});
