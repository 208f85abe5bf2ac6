import { describe, expect, test } from 'vitest';
import { cutLine, renderTable } from '../../../../plugin/terminal/table.ts';

describe('the table', () => {
  test('columns as kubectl aligns them', () => {
    expect(
      renderTable([
        ['NAME', 'AGE', 'X'],
        ['a', '100d', ''],
        ['long-name', '1s', 'y'],
      ]),
    ).toBe('NAME        AGE    X\na           100d\nlong-name   1s     y');
  });

  test('rows that come later stand below the first, however narrow they are', () => {
    const widths: number[] = [];
    expect(renderTable([['long-name', 'x']], widths)).toBe('long-name   x');
    expect(renderTable([['a', 'y']], widths)).toBe('a           y');
  });

  test.each([
    ['fits', 'abc', 3, 'abc'],
    ['is cut', 'abcd', 3, 'ab…'],
    ['is cut before half a character', 'a😀b', 3, 'a…'],
    ['has no room', 'abc', 0, '…'],
  ])('a line that %s', (_, line, width, cut) => {
    expect(cutLine(line, width)).toBe(cut);
  });

  test('no rows, no text', () => {
    expect(renderTable([])).toBe('');
  });
});
