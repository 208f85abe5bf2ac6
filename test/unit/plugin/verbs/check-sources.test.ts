import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSource, readSources } from '../../../../plugin/verbs/check/sources.ts';
import { parse } from '../../../support/parsed.ts';
import { like } from '../../../support/like.ts';

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-sources-'));
  await mkdir(file('empty'));
  await mkdir(join(file('many'), 'deeper'), { recursive: true });
  await writeFile(file('many/b.yaml'), 'b');
  await writeFile(file('many/c.json'), 'c');
  await writeFile(file('many/readme.txt'), 'no manifest');
  await writeFile(file('many/deeper/d.yml'), 'd');
  await symlink('nowhere', file('many/a.yaml'));
  await writeFile(file('empty/readme.txt'), 'no manifest');
  await writeFile(file('x[1].yaml'), 'brackets');
  await writeFile(file('wide.yaml'), Buffer.from('\ufeffwide', 'utf16le'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(paths: readonly string[], recursive = false, stdin: Readable = Readable.from(['in'])) {
  const { signal } = new AbortController();
  const found: string[] = [];
  for await (const source of readSources(paths, { recursive, stdin, signal })) {
    const name = source.name.replace(`${folder}/`, '');
    found.push('text' in source ? `${name}: ${source.text}` : `${name} cannot be read: ${source.problem}`);
  }
  return found;
}

describe('sources', () => {
  const BROKEN = 'many/a.yaml cannot be read: there is no such file or folder, or a link leads nowhere';

  test('a link that leads nowhere is told, and the rest is read', async () => {
    expect(await read([file('many')])).toEqual([BROKEN, 'many/b.yaml: b', 'many/c.json: c']);
    expect(await read([file('many')], true)).toEqual([
      BROKEN,
      'many/b.yaml: b',
      'many/c.json: c',
      'many/deeper/d.yml: d',
    ]);
  });

  test('a path that is not there and a folder without manifests are told, and the rest is read', async () => {
    expect(await read([file('nope.yaml'), file('empty'), '-'])).toEqual([
      like('nope.yaml cannot be read: there is no such file'),
      'empty cannot be read: no file in it ends in .yaml, .yml, .json',
      '-: in',
    ]);
  });

  test('a pattern stands for what it matches, unless a file has its name', async () => {
    expect(await read([file('many/[bc].*')])).toEqual(['many/b.yaml: b', 'many/c.json: c']);
    expect(await read([file('man?/*/*.yml')])).toEqual(['many/deeper/d.yml: d']);
    expect(await read([file('x[1].yaml')])).toEqual(['x[1].yaml: brackets']);
    expect(await read([file('none*.yaml')])).toEqual([like('none*.yaml cannot be read: there is no such file')]);
  });

  test('UTF-16 is read where a byte order mark says so', async () => {
    expect(await read([file('wide.yaml')])).toEqual(['wide.yaml: wide']);
  });

  test.runIf(process.getuid?.() !== 0)('a file that may not be read is told', async () => {
    await writeFile(file('secret.yaml'), '');
    await chmod(file('secret.yaml'), 0);
    expect(await read([file('secret.yaml')])).toEqual(['secret.yaml cannot be read: you may not read it']);
  });
});

describe('the wait for a writer', () => {
  const ended = async (path: string, stdin: Readable): Promise<void> => {
    const interrupt = new AbortController();
    const reading = readSource(path, { stdin, signal: interrupt.signal });
    interrupt.abort();
    await expect(reading).rejects.toMatchObject({ code: 'interrupted', message: like('nothing was checked') });
  };

  test('of standard input ends with the signal', async () => {
    await ended('-', new PassThrough());
  });

  test.runIf(process.platform !== 'win32')(
    'of a pipe with a name ends with the signal, and is read when somebody writes',
    async () => {
      execFileSync('mkfifo', [file('pipe')]);
      await ended(file('pipe'), Readable.from([]));
      const { signal } = new AbortController();
      const reading = readSource(file('pipe'), { stdin: Readable.from([]), signal });
      await writeFile(file('pipe'), 'through the pipe');
      expect(await reading).toMatchObject({ text: 'through the pipe' });
    },
  );
});

test.each([
  ['check -f a,b -f c', ['a', 'b', 'c']],
  ['check -f "a,b",c', ['a,b', 'c']],
])('%s', async (line, files) => {
  expect(await parse(line.split(' '))).toMatchObject({ files });
});

test.each([
  ['check -f https://h/x.yaml', 'curl -fsSL https://h/x.yaml | kubectl maint check -f -'],
  ['check -k overlays/prod', 'kubectl kustomize overlays/prod | kubectl maint check -f -'],
])('%s is told the way', async (line, hint) => {
  await expect(parse(line.split(' '))).rejects.toMatchObject({ code: 'usage', hint });
});
