import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { int64FromText } from '../../../shared/scheduling/int64.ts';

describe('int64FromText reads what strconv.ParseInt(text, 10, 64) reads', () => {
  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['007', 7n],
    ['+5', 5n],
    ['-5', -5n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    [`${'0'.repeat(40)}1`, 1n],
  ])('%s', (text, value) => {
    expect(int64FromText(text)).toBe(value);
  });

  it.each(['', ' 1', '1 ', '1.0', '1e3', '0x10', '1_000', '--1', 'ten', '٣'])('refuses %j', (text) => {
    expect(int64FromText(text)).toBeUndefined();
  });

  it.each(['9223372036854775808', '-9223372036854775809', '9'.repeat(1_000_000)])(
    'refuses what is out of range (%#)',
    (text) => {
      expect(int64FromText(text)).toBeUndefined();
    },
  );
});

test('every int64 comes back from its text', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      expect(int64FromText(value.toString())).toBe(value);
    }),
  );
});
