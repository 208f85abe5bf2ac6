/** What kubectl makes of a text was seen with kubectl label --local -o json. */
import { describe, expect, test } from 'vitest';
import { documentsIn } from '../../../shared/yaml/documents.ts';
import { textFromBytes } from '../../../shared/yaml/text.ts';

const read = (text: string) => [...documentsIn(text)];
const values = (text: string) => read(text).map((one) => (one.kind === 'value' ? one.value : one.message));

describe('documents', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['one', 'a: 1\n', [{ a: 1 }]],
    ['none', '# nothing\n---\n\n...\n', []],
    ['several, with comments behind the marks', '--- # first\na: 1\n--- # second\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['a directive', '%YAML 1.1\n---\na: 1\n', [{ a: 1 }]],
    ['an end and a beginning', 'a: 1\n...\n---\nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
    ['JSON lines', '{"a":1}\n{"b":"}{"}\n', [{ a: 1 }, { b: '}{' }]],
    ['JSON without anything between', '{"a":1}{"b":[{"c":"\\""}]}', [{ a: 1 }, { b: [{ c: '"' }] }]],
    ['JSON lines among YAML', 'a: 1\n---\n{"b":1}\n{"c":1}\n---\nd: 1\n', [{ a: 1 }, { b: 1 }, { c: 1 }, { d: 1 }]],
  ])('%s', (_what, text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  test('one that cannot be read leaves the others readable, and its place is told', () => {
    expect(read('a: 1\n---\n\nb: [\n---\nc: 3\n')).toMatchObject([
      { kind: 'value', line: 1 },
      { kind: 'invalid', line: 5, column: 1 },
      { kind: 'value', value: { c: 3 } },
    ]);
    expect(read('{"a":1}\n{"b":}\n')).toMatchObject([{ value: { a: 1 } }, { kind: 'invalid', line: 2, column: 1 }]);
  });

  test('what stands after the mark of an end is not read, which is said', () => {
    expect(read('a: 1\n...\nb: 2\n')).toMatchObject([{ value: { a: 1 }, remarks: [{ reason: 'NotRead', line: 3 }] }]);
  });
});

describe('values', () => {
  test('merge keys are merged: what is written behind them wins, of a list the first', () => {
    const [found] = values(
      'x: &x {a: x, b: x}\nz: &z {b: z, c: z}\none: {<<: *x, a: own}\ntwo: {a: own, <<: *x}\nboth: {<<: [*x, *z]}\n',
    );
    expect(found).toMatchObject({
      one: { a: 'own', b: 'x' },
      two: { a: 'x', b: 'x' },
      both: { a: 'x', b: 'x', c: 'z' },
    });
  });

  test('words are what YAML 1.1 takes them for, but for times', () => {
    const text =
      'a: [yes, off, "yes", 010, 0o10, 0x1F, 0b11, 1_000, 08, 12:30, 2020-01-01, ~, 1e3, !!binary aGk=, !x y]\n';
    expect(values(text)).toEqual([
      { a: [true, false, 'yes', 8, 8, 31, 3, 1000, 8, '12:30', '2020-01-01', null, 1000, 'hi', 'y'] },
    ]);
    expect(values('1: a\ntrue: b\n__proto__: c\n')).toEqual([JSON.parse('{"1":"a","true":"b","__proto__":"c"}')]);
  });

  test('of equal keys the last counts, and each is told by name and line', () => {
    expect(read('a: 1\nb:\n  c: 1\n  c: 2\na: 3\nd: [{e: 1, e: 2}]\nf: {a: 1}\n')).toMatchObject([
      {
        value: { a: 3, b: { c: 2 }, d: [{ e: 2 }] },
        remarks: [
          { reason: 'DuplicateKey', line: 4, message: '"c" stands twice in its mapping: the last one counts' },
          { line: 5, message: expect.stringContaining('"a"') as unknown },
          { line: 6, message: expect.stringContaining('"e"') as unknown },
        ],
      },
    ]);
  });

  test.each([
    [
      'ever more',
      ['a', 'b', 'c', 'd', 'e', 'f', 'g']
        .map((name, n, all) => `${name}: &${name} [${`*${all[n - 1] ?? ''},`.repeat(10).replaceAll('*,', 'x,')}]`)
        .join('\n'),
    ],
    ['themselves', 'a: &a [*a]\n'],
  ])('aliases that repeat %s are refused', (_what, text) => {
    expect(read(text)).toMatchObject([{ kind: 'invalid', message: 'aliases expand to more than 1000000 values' }]);
  });
});

describe('encodings', () => {
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  test.each<[string, Uint8Array]>([
    ['UTF-8', Buffer.from('ä: 1')],
    ['UTF-8 with a mark', Buffer.from('\ufeffä: 1')],
    ['UTF-16, as PowerShell writes it', utf16('ä: 1')],
    ['UTF-16, the other way round', Buffer.from(utf16('ä: 1')).swap16()],
  ])('%s', (_what, bytes) => {
    expect(textFromBytes(bytes)).toBe('ä: 1');
  });
});
