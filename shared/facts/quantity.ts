/** Decimal and binary suffixes of Kubernetes quantities (apimachinery pkg/api/resource), as factors. */
const SUFFIXES: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['E', 1e18],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
  ['Ei', 2 ** 60],
]);

/** Sign, digits, and a suffix or an exponent. An `E` before digits is an exponent, alone it is a suffix. */
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * A Kubernetes quantity (`250m`, `1.5Gi`, `2e3`) in units: cores, bytes, pieces. A double is exact enough for judging
 * room: it is off by less than one part in 10^15. Undefined where the text is none; numbers are taken as they are.
 */
export function quantityFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const match = typeof value === 'string' ? QUANTITY.exec(value) : null;
  if (match === null) return undefined;
  const [, digits = '', exponent, suffix = ''] = match;
  const factor = exponent === undefined ? SUFFIXES.get(suffix) : 10 ** Number(exponent);
  return factor === undefined ? undefined : Number(digits) * factor;
}
