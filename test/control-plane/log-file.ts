import { readFile } from 'node:fs/promises';

/** Enough to show a Go program's last words, short enough for a terminal. */
const LAST_LINES = 20;

/** The last lines of a log; a sentence in their place when there is nothing to show. */
export async function lastLinesOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  return lines === '' ? '(it wrote nothing)' : lines;
}
