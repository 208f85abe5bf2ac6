import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineBreaker, MAX_LINE, printable } from '../../../../plugin/terminal/lines.ts';

/** The lines of some chunks, and what was left for the end. */
function broken(...chunks: readonly (string | Buffer)[]): readonly string[] {
  const breaker = new LineBreaker();
  return [...chunks.flatMap((chunk) => breaker.push(Buffer.from(chunk))), ...breaker.end()];
}

describe('lines', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['whole ones', ['a\nb\n'], ['a', 'b']],
    ['empty ones', ['a\n\n\n'], ['a', '', '']],
    ['one over several chunks', ['a', 'b', 'c\nd'], ['abc', 'd']],
    ['nothing', [], []],
    ['CR LF, also across chunks', ['a\r\nb\r', '\nc\r'], ['a', 'b', 'c']],
    ['a progress bar', ['10%\r', '20%\r', '30%\n'], ['10%', '20%', '30%']],
  ])('%s', (_, chunks, lines) => {
    expect(broken(...chunks)).toEqual(lines);
  });

  test('a character over two chunks, and bytes that are no UTF-8', () => {
    expect(broken(Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a, 0xff, 0x62]))).toEqual(['é', '\uFFFDb']);
  });

  test('a line that is too long comes in pieces at once, and no character is halved', () => {
    const breaker = new LineBreaker();
    expect(breaker.push(Buffer.from('x'.repeat(MAX_LINE * 2 + 1)))).toEqual([
      'x'.repeat(MAX_LINE),
      'x'.repeat(MAX_LINE),
    ]);
    expect(breaker.end()).toEqual(['x']);
    expect(broken(`${'x'.repeat(MAX_LINE - 1)}😀`)).toEqual(['x'.repeat(MAX_LINE - 1), '😀']);
  });

  test('however it is cut into chunks, the lines are the same, and none is too long', () => {
    const part = fc.constantFrom('a', 'é', '\n', '\r', '\r\n', '😀', 'x'.repeat(MAX_LINE));
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(100_000)), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const lines = broken(...ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)));
        expect(lines.every(({ length }) => length <= MAX_LINE)).toBe(true);
        expect(lines.join('')).toBe(parts.join('').replaceAll(/[\r\n]/g, ''));
      }),
      { numRuns: 50 },
    );
  });
});

test.each([
  ['plain text, with\ttabs: é', 'plain text, with\ttabs: é'],
  ['\u001B[1;31mred', '\u001B[1;31mred\u001B[0m'],
  ['\u001B[2Jgone \u001B]0;title\u0007', '\uFFFD[2Jgone \uFFFD]0;title\uFFFD'],
  ['\u0000\u0008\u009B31m', '\uFFFD\uFFFD\uFFFD31m'],
])('on the screen %j is %j', (line, shown) => {
  expect(printable(line)).toBe(shown);
});
