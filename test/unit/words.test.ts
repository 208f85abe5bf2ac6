import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { clean, joinNames } from '../../shared/words.ts';

test.each<[names: readonly string[], text: string]>([
  [[], 'nodes no node'],
  [['a'], 'node a'],
  [['a', 'b'], 'nodes a and b'],
  [['a', 'b', 'c'], 'nodes a, b and c'],
  [['a', 'b', 'c', 'd'], 'nodes a, b, c and 1 more'],
  [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'nodes a, b, c and 4 more'],
  [['a\u001b[31m', 'x'.repeat(300)], `nodes a [31m and ${'x'.repeat(252)}…`],
])('%j reads %j', (names, text) => {
  expect(joinNames(names)).toBe(text);
});

test.each<[what: string, text: string, line: string]>([
  ['plain text', 'new disk', 'new disk'],
  ['letters and signs of any language', 'Größe 機種 🚧 é', 'Größe 機種 🚧 é'],
  ['line breaks and tabs', 'a\r\n\tb\u2028c\u2029d\u0085e', 'a b c d e'],
  ['runs of spaces, at the ends too', '  a \u00a0\u3000  b ', 'a b'],
  ['terminal escapes', 'a\u001b[2J\u009b31mb\u0007', 'a [2J 31mb'],
  ['bidirectional overrides', 'a\u202eb\u2066c\u200fd', 'a b c d'],
  ['zero width and soft hyphen', 'a\u200bb\u00adc\ufeffd\u200de', 'a b c d e'],
  ['invisible letters', 'a\u3164b\u115fc\u034fd\ufe0fe', 'a b c d e'],
  ['tags and private use', 'a\u{e0041}b\u{e000}c\u{f0000}d', 'a b c d'],
  ['half characters', 'a\ud83db\udea7c', 'a b c'],
  ['nothing', '\u0000', ''],
])('of %s one printable line is left', (_what, text, line) => {
  expect(clean(text, 100)).toBe(line);
});

test('a long line is cut, and never through a character', () => {
  expect(clean('abcdef', 6)).toBe('abcdef');
  expect(clean('abcdef', 5)).toBe('abcd…');
  expect(clean('ab🚧🚧', 4)).toBe('ab…');
  expect(clean('ab🚧🚧', 5)).toBe('ab🚧…');
});

test('any text becomes one printable line of at most its length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 300 }), (text, max) => {
      const line = clean(text, max);
      expect(line.length).toBeLessThanOrEqual(max);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]| {2}/u);
      expect(clean(line, max)).toBe(line);
    }),
  );
});
