const INTEGER = /^([+-]?)0*([0-9]+)$/;

/** 2^63 - 1, the largest int64, has 19 digits; longer text is out of range and not worth reading as a number. */
const INT64_DIGITS = 19;

/** Reads a whole number as Go's `strconv.ParseInt(text, 10, 64)` does; undefined where that returns an error. */
export function int64FromText(text: string): bigint | undefined {
  const [, sign = '', digits = ''] = INTEGER.exec(text) ?? [];
  if (digits === '' || digits.length > INT64_DIGITS) return undefined;
  const value = BigInt(sign === '-' ? `-${digits}` : digits);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
