import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellLine } from '../../../../plugin/terminal/shell-line.ts';

test.each([
  [['kubectl', '--for=2h', 'a/b.sh', '%5'], 'kubectl --for=2h a/b.sh %5'],
  [['echo', ''], "echo ''"],
  [["it's"], "'it'\\''s'"],
  [['~', 'a b', '$NODE', '#'], "'~' 'a b' '$NODE' '#'"],
])('%j is %s', (words, line) => {
  expect(shellLine(words)).toBe(line);
});

test('a shell reads exactly these words', () => {
  const word = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !text.includes('\0') && isWhole(text));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${shellLine(words)}`], { encoding: 'utf8' });
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 30 },
  );
});

function isWhole(text: string): boolean {
  return Buffer.from(text).toString() === text;
}
