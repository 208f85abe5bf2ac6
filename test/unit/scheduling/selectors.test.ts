import { describe, expect, it } from 'vitest';
import {
  labelSelectorFrom,
  matchesLabels,
  renderSelector,
  requirementFrom,
  requirementsFrom,
  selects,
} from '../../../shared/scheduling/selectors.ts';

const LABELS = new Map([
  ['zone', 'a'],
  ['cores', '16'],
  ['size', 'big'],
]);

describe('a requirement', () => {
  it.each<[string, string, readonly string[], boolean]>([
    ['zone', 'In', ['b', 'a'], true],
    ['zone', 'In', ['b'], false],
    ['absent', 'In', ['a'], false],
    ['zone', 'NotIn', ['a'], false],
    ['zone', 'NotIn', ['b'], true],
    ['absent', 'NotIn', ['a'], true],
    ['zone', 'Exists', [], true],
    ['absent', 'Exists', [], false],
    ['zone', 'DoesNotExist', [], false],
    ['absent', 'DoesNotExist', [], true],
    ['cores', 'Gt', ['15'], true],
    ['cores', 'Gt', ['16'], false],
    ['cores', 'Lt', ['17'], true],
    ['cores', 'Lt', ['16'], false],
    ['size', 'Gt', ['1'], false],
    ['size', 'Lt', ['1'], false],
    ['absent', 'Lt', ['1'], false],
    ['toString', 'Exists', [], false],
    ['__proto__', 'DoesNotExist', [], true],
  ])('%s %s %j', (key, operator, values, answer) => {
    const requirement = requirementFrom({ key, operator, values });
    expect(requirement && matchesLabels([requirement], LABELS)).toBe(answer);
  });

  it.each<[string, unknown]>([
    ['no object', 'zone'],
    ['no key', { operator: 'Exists' }],
    ['unknown operator', { key: 'zone', operator: 'Near', values: ['a'] }],
    ['no operator', { key: 'zone', values: ['a'] }],
    ['In without values', { key: 'zone', operator: 'In', values: [] }],
    ['NotIn without values', { key: 'zone', operator: 'NotIn' }],
    ['Exists with values', { key: 'zone', operator: 'Exists', values: ['a'] }],
    ['DoesNotExist with values', { key: 'zone', operator: 'DoesNotExist', values: ['a'] }],
    ['Gt with two values', { key: 'cores', operator: 'Gt', values: ['1', '2'] }],
    ['Gt with no value', { key: 'cores', operator: 'Gt', values: [] }],
    ['Lt with no integer', { key: 'cores', operator: 'Lt', values: ['1.5'] }],
    ['a value that is no string', { key: 'zone', operator: 'In', values: ['a', 1] }],
    ['a value that no label can have', { key: 'zone', operator: 'NotIn', values: ['-a'] }],
    ['a value that is too long', { key: 'zone', operator: 'NotIn', values: ['a'.repeat(64)] }],
  ])('is invalid: %s', (_, entry) => {
    expect(requirementFrom(entry)).toBeUndefined();
  });
});

describe('a list of requirements', () => {
  const exists = { key: 'zone', operator: 'Exists' };

  it('is spoiled by one that is invalid', () => {
    expect(requirementsFrom([exists, { key: 'zone', operator: 'In' }])).toBeUndefined();
  });

  it('needs all of them to hold', () => {
    const requirements = requirementsFrom([exists, { key: 'zone', operator: 'In', values: ['b'] }]);
    expect(requirements && matchesLabels(requirements, LABELS)).toBe(false);
  });

  it('holds when empty', () => {
    expect(matchesLabels([], LABELS)).toBe(true);
  });
});

describe('a label selector', () => {
  it.each<[string, unknown, boolean]>([
    ['empty selects everything', {}, true],
    ['null selects nothing', null, false],
    ['absent selects nothing', undefined, false],
    ['a list selects nothing', [], false],
    ['matchLabels that hold', { matchLabels: { zone: 'a', cores: '16' } }, true],
    ['one of matchLabels does not hold', { matchLabels: { zone: 'a', cores: '8' } }, false],
    ['matchExpressions that hold', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['b'] }] }, true],
    [
      'labels and expressions are ANDed',
      { matchLabels: { zone: 'a' }, matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] },
      false,
    ],
    ['an invalid expression selects nothing', { matchExpressions: [{ key: 'zone', operator: 'In' }] }, false],
    ['Gt is for nodes only', { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['1'] }] }, false],
    ['Lt is for nodes only', { matchExpressions: [{ key: 'cores', operator: 'Lt', values: ['99'] }] }, false],
    ['a label that is no string', { matchLabels: { zone: 'a', cores: 16 } }, false],
    ['labels that are no object', { matchLabels: 'zone' }, false],
    ['a key from hell', JSON.parse('{"matchLabels": {"__proto__": "a"}}'), false],
    ['another key from hell', { matchLabels: { constructor: 'a' } }, false],
  ])('%s', (_, selector, answer) => {
    expect(selects(labelSelectorFrom(selector), LABELS)).toBe(answer);
  });

  it('finds keys from hell where they are labels', () => {
    const selector: unknown = JSON.parse('{"matchLabels": {"__proto__": "a", "constructor": "b"}}');
    const labels = new Map([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(selects(labelSelectorFrom(selector), labels)).toBe(true);
  });
});

describe('a selector in a query', () => {
  it.each<[unknown, string | undefined]>([
    [undefined, undefined],
    [{}, ''],
    [{ matchLabels: { zone: 'a' } }, 'zone in (a)'],
    [{ matchLabels: { zone: '' } }, 'zone in ()'],
    [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }, 'zone in (a,b)'],
    [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a', 'b'] }] }, 'zone notin (a,b)'],
    [{ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, 'zone'],
    [{ matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, '!zone'],
    [
      { matchLabels: { zone: 'a' }, matchExpressions: [{ key: 'x.io/size', operator: 'Exists' }] },
      'zone in (a),x.io/size',
    ],
  ])('%j: %s', (selector, query) => {
    expect(renderSelector(labelSelectorFrom(selector))).toBe(query);
  });

  it.each([
    ['Gt', 'cores>8'],
    ['Lt', 'cores<8'],
  ])('compares numbers: %s', (operator, query) => {
    expect(renderSelector(requirementsFrom([{ key: 'cores', operator, values: ['8'] }]))).toBe(query);
  });
});
