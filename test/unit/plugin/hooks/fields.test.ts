import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesBetween, takingBack, type JsonOperation } from '../../../../plugin/hooks/record/fields.ts';
import { isObject } from '../../../../shared/index.ts';

/** What the API server makes of a JSON patch of `add` and `remove`, of which takingBack makes no others. */
function applied(object: unknown, operations: readonly JsonOperation[]): unknown {
  return operations.reduce((current, { op, path, value }) => {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    return withField(current, keys, op === 'remove' ? undefined : value);
  }, object);
}

function withField(object: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (!isObject(object)) throw new Error(`no object at ${key}`);
  const inside = Object.hasOwn(object, key) ? object[key] : undefined;
  const next = rest.length === 0 ? value : withField(inside, rest, value);
  const others = Object.entries(object).filter(([name]) => name !== key);
  return Object.fromEntries(next === undefined ? others : [...others, [key, next]]);
}

const key = fc.constantFrom('a', 'b', 'c/d', '~', '__proto__', 'constructor');
const leaf = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.string(),
  fc.constant(null),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const { object } = fc.letrec((tie) => ({
  object: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, leaf, tie('object')), { maxKeys: 4, noNullPrototype: true }),
}));

describe('what a step has changed', () => {
  test('is put back, whatever it was', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        const { operations, left } = takingBack(after, changesBetween(before, after));
        expect(left).toEqual([]);
        expect(applied(after, operations)).toEqual(before);
      }),
    );
  });

  test('is nothing where it was not done, or is undone already', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        expect(takingBack(before, changesBetween(before, after))).toEqual({ operations: [], left: [] });
      }),
    );
  });

  test('leaves what others have added meanwhile', () => {
    fc.assert(
      fc.property(object, object, fc.integer(), (before, after, value) => {
        const now = { ...(isObject(after) ? after : {}), other: value };
        const { operations } = takingBack(now, changesBetween(before, after));
        expect(applied(now, operations)).toEqual({ ...(isObject(before) ? before : {}), other: value });
      }),
    );
  });

  test('is left where others have changed it since, and told', () => {
    const changes = changesBetween({ spec: { replicas: 3, paused: false } }, { spec: { replicas: 0, paused: true } });
    expect(takingBack({ spec: { replicas: 5, paused: true } }, changes)).toEqual({
      operations: [{ op: 'add', path: '/spec/paused', value: false }],
      left: ['spec.replicas'],
    });
  });

  test('of a list that others write as well, its own elements go', () => {
    const [old, ours, theirs] = [{ key: 'old' }, { key: 'ours' }, { key: 'theirs' }];
    const changes = changesBetween({ spec: { taints: [old] } }, { spec: { taints: [old, ours] } });
    expect(takingBack({ spec: { taints: [old, ours, theirs] } }, changes).operations).toEqual([
      { op: 'add', path: '/spec/taints', value: [old, theirs] },
    ]);
    const first = changesBetween({ spec: {} }, { spec: { taints: [ours] } });
    expect(takingBack({ spec: { taints: [ours] } }, first).operations).toEqual([
      { op: 'remove', path: '/spec/taints' },
    ]);
  });

  test('of a map that was not there, what others have put into it stays', () => {
    const changes = changesBetween({ metadata: {} }, { metadata: { labels: { quiet: 'yes' } } });
    expect(takingBack({ metadata: { labels: { quiet: 'yes', zone: 'b' } } }, changes).operations).toEqual([
      { op: 'add', path: '/metadata/labels', value: { zone: 'b' } },
    ]);
  });

  test('is not what the API server keeps for itself', () => {
    const before = { metadata: { resourceVersion: '1', generation: 1, managedFields: [] }, spec: {} };
    const after = { metadata: { resourceVersion: '2', generation: 2, managedFields: [{}] }, spec: {} };
    expect(changesBetween(before, after)).toEqual([]);
  });
});
