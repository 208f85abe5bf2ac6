import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { at, isObject, isTrueAt, listAt, numberAt, stringMapAt, textAt, textsAt } from '../../../shared/facts/json.ts';

const value: unknown = JSON.parse(
  '{"a":{"b":[{"c":"deep"},"text",5,null]},"yes":true,"one":1,"text":"true","nil":null,"__proto__":{"x":"own"},"constructor":"a text"}',
);

test('a path leads through own properties and indexes', () => {
  expect(at(value, 'a', 'b', '0', 'c')).toBe('deep');
  expect(at(value)).toBe(value);
  expect(at(value, '__proto__', 'x')).toBe('own');
  expect(at(value, 'constructor')).toBe('a text');
});

test.each([
  [['missing']],
  [['nil', 'x']],
  [['text', 'length']],
  [['a', 'toString']],
  [['a', '__proto__']],
  [['one', 'x']],
])('the path %j leads nowhere', (path) => {
  expect(at(value, ...path)).toBeUndefined();
});

test('each reader takes its own type only', () => {
  expect([textAt(value, 'text'), textAt(value, 'one'), textAt(value, 'nil')]).toEqual(['true', undefined, undefined]);
  expect([numberAt(value, 'one'), numberAt(value, 'text'), numberAt(Infinity)]).toEqual([1, undefined, undefined]);
  expect([isTrueAt(value, 'yes'), isTrueAt(value, 'text'), isTrueAt(value, 'one')]).toEqual([true, false, false]);
  expect(listAt(value, 'a', 'b')).toHaveLength(4);
  expect([listAt(value, 'a'), listAt(value, 'nil'), listAt(undefined)]).toEqual([[], [], []]);
  expect(textsAt(value, 'a', 'b')).toEqual(['text']);
});

test('labels are a map of the entries that are texts', () => {
  const labels: unknown = JSON.parse('{"a":"1","b":2,"__proto__":"p","constructor":"c"}');
  expect([...stringMapAt(labels)]).toEqual([
    ['a', '1'],
    ['__proto__', 'p'],
    ['constructor', 'c'],
  ]);
  expect([stringMapAt(['a']).size, stringMapAt('ab').size, stringMapAt(null).size]).toEqual([0, 0, 0]);
});

test('an object is neither null nor a list', () => {
  expect([{}, [], null, 'x', undefined].map(isObject)).toEqual([true, false, false, false, false]);
});

test('any value and any path give an answer', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.string()), (json, path) => {
      at(json, ...path);
      stringMapAt(json, ...path);
      textsAt(json, ...path);
    }),
  );
});
