import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameJson } from '../../../shared/policy/same-json.ts';

const json = (text: string): unknown => JSON.parse(text);

test.each<[a: string, b: string, same: boolean]>([
  ['1', '1', true],
  ['1', '"1"', false],
  ['null', '{}', false],
  ['[]', '{}', false],
  ['{}', '[]', false],
  ['[1,2]', '[1,2]', true],
  ['[1,2]', '[2,1]', false],
  ['[1]', '[1,2]', false],
  ['[1,2]', '[1]', false],
  ['{"a":1,"b":[{"c":2}]}', '{"b":[{"c":2}],"a":1}', true],
  ['{"a":1}', '{"a":2}', false],
  ['{"a":1}', '{"b":1}', false],
  ['{"a":1}', '{"a":1,"b":1}', false],
  ['{"a":null}', '{"b":null}', false],
  ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}', true],
  ['{"__proto__":{"x":1}}', '{"__proto__":{"x":2}}', false],
  ['{"__proto__":{}}', '{"a":{}}', false],
  ['{"constructor":1}', '{"toString":1}', false],
])('%s and %s: %s', (a, b, same) => {
  expect(sameJson(json(a), json(b))).toBe(same);
});

test('depth and length do not matter', () => {
  const deep = () => json('['.repeat(50_000) + ']'.repeat(50_000));
  expect(sameJson(deep(), deep())).toBe(true);
  expect(sameJson(deep(), [deep()])).toBe(false);
  const long = () => Array.from({ length: 300_000 }, (_, index) => ({ index }));
  expect(sameJson(long(), long())).toBe(true);
});

test('a value is the same as its copy, and as the copy with its keys turned round', () => {
  const turned = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turned)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, entry]) => [key, turned(entry)]),
          )
        : value;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(sameJson(value, json(JSON.stringify(value)))).toBe(true);
      expect(sameJson(value, turned(value))).toBe(true);
      expect(sameJson([value], [value, value])).toBe(false);
    }),
  );
});
