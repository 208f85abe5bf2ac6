/**
 * Every command line of ours that a page shows is one that our programs take: a shell reads the page's blocks as somebody would
 * paste them, with programs that only write down how they were called.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from '../../../plugin/command-line/parse.ts';
import { VERSION } from '../../../plugin/command-line/version.ts';
import { COMMANDS } from '../../../plugin/verbs.ts';
import { parseArguments } from '../../../webhook/options/parse.ts';
import { PAGES } from '../../support/documented.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A line that is a command of ours, alone or behind a pipe, as typed or behind a prompt. */
const OURS = /^(?:\$ )?(?:[^'"#]*\| )?(?:kubectl maint|maint-webhook) .*$/;
/** What a page leaves to its reader: `...`, what is in brackets, and a choice of words. */
const ABRIDGED = /\.\.\.(?:\s|$)|\[[A-Za-z-]| \([a-z]+ \||…/;

/** Between the words of a call that was written down. */
const BETWEEN = '\u001f';
/** Programs that write down a call in one write, as those of a pipe are called at once, and do nothing else. */
const RECORDER = ['kubectl', 'maint-webhook', 'helm']
  .map((name) => `${name}() { local call; printf -v call '\\x1f%s' '${name}' "$@"; printf '%s\\n' "$call" >&3; }`)
  .join('\n');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'maint-pages-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The command lines of a page. */
function linesOf(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const blocks = [
    ...(text.match(/(?:^ {4}.*\n)+/gm) ?? []),
    ...[...text.matchAll(/^```(?:sh|console)?\n(.*?)^```/gms)].map(([, block = '']) => block),
  ];
  const lines = blocks.flatMap((block) => block.split('\n').map((line) => line.trim()));
  return lines.filter((line) => OURS.test(line) && !ABRIDGED.test(line)).map((line) => line.replace(/^\$ /, ''));
}

/** How our programs are called by a line. */
function callsOf(line: string): readonly (readonly string[])[] {
  const { output, status } = spawnSync('/bin/bash', ['-c', `${RECORDER}\n${line}`], {
    cwd: folder,
    env: { PATH: '' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  expect(status, `${line}: ${String(output[2])}`).toBe(0);
  return String(output[3])
    .split('\n')
    .map((call) => call.split(BETWEEN).slice(1))
    .filter(([program, first]) => program === 'maint-webhook' || (program === 'kubectl' && first === 'maint'));
}

/** What is wrong with a call; nothing where it is taken. */
async function complaint([program, ...words]: readonly string[]): Promise<string | undefined> {
  if (program === 'kubectl') {
    return parse(words.slice(1), COMMANDS).then(
      () => undefined,
      (error: unknown) => String(error),
    );
  }
  const parsed = await parseArguments(words, VERSION);
  return parsed.ok ? undefined : JSON.stringify(parsed.problems);
}

test.each(PAGES.filter((page) => linesOf(page).length > 0))('%s', async (page) => {
  for (const line of linesOf(page)) {
    const calls = callsOf(line);
    expect(calls.length, line).toBeGreaterThan(0);
    for (const call of calls) expect(await complaint(call), line).toBeUndefined();
  }
});

test('most pages show some, and a flag that is none would be seen', async () => {
  expect(PAGES.flatMap(linesOf).length).toBeGreaterThan(60);
  expect(await complaint(['kubectl', 'maint', 'on', 'worker-1', '--nonsense'])).toContain('--nonsense');
  expect(await complaint(['maint-webhook', 'serve', '--nonsense'])).toContain('nonsense');
});
