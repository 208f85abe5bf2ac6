import { describe, expect, test } from 'vitest';
import { quantityFrom } from '../../../shared/facts/quantity.ts';

describe('a quantity in units', () => {
  test.each<[what: string, text: string, units: number]>([
    ['no suffix', '3', 3],
    ['n: a billionth', '1n', 1e-9],
    ['u: a millionth', '1u', 1e-6],
    ['m: a thousandth, as of cores', '250m', 0.25],
    ['k: decimal, in lower case', '2k', 2000],
    ['M', '2M', 2e6],
    ['G', '2G', 2e9],
    ['T', '2T', 2e12],
    ['P', '2P', 2e15],
    ['E that no digits follow', '2E', 2e18],
    ['Ki: binary', '2Ki', 2048],
    ['Mi', '128Mi', 134_217_728],
    ['Gi', '4Gi', 4_294_967_296],
    ['Ti', '2Ti', 2 ** 41],
    ['Pi', '2Pi', 2 ** 51],
    ['Ei', '2Ei', 2 ** 61],
    ['an exponent', '2e3', 2000],
    ['an exponent in upper case', '2E3', 2000],
    ['an exponent with a plus', '2e+3', 2000],
    ['a negative exponent', '5e-1', 0.5],
    ['a fraction', '1.5Gi', 1_610_612_736],
    ['a fraction with an exponent', '1.5e3', 1500],
    ['a point that nothing precedes', '.5', 0.5],
    ['a point that nothing follows', '5.', 5],
    ['a plus', '+1k', 1000],
    ['a minus', '-1Ki', -1024],
    ['zero', '0', 0],
  ])('%s: %s', (_what, text, units) => {
    expect(quantityFrom(text)).toBe(units);
  });

  test.each([0, 2, 1.5, -1])('a number is taken as it is: %d', (number) => {
    expect(quantityFrom(number)).toBe(number);
  });
});

describe('no quantity', () => {
  test.each<[what: string, value: unknown]>([
    ['no text', ''],
    ['a suffix alone', 'Mi'],
    ['a point alone', '.'],
    ['a sign alone', '-'],
    ['two signs', '--1'],
    ['two points', '1.2.3'],
    ['K without i', '1K'],
    ['k with i', '1ki'],
    ['m with i', '1mi'],
    ['a unit that Kubernetes does not have', '1GB'],
    ['an exponent without digits', '1e'],
    ['an exponent with a fraction', '1e1.5'],
    ['an exponent and a suffix', '1e3Ki'],
    ['two suffixes', '1mk'],
    ['a space inside', '1 Gi'],
    ['a space before', ' 1'],
    ['a line feed behind', '1\n'],
    ['a hexadecimal number', '0x10'],
    ['digits of another script', '٣'],
    ['the name of what every object has', 'constructor'],
    ['nothing', undefined],
    ['null', null],
    ['a boolean', true],
    ['a list', ['1']],
    ['an object', { value: '1' }],
  ])('%s', (_what, value) => {
    expect(quantityFrom(value)).toBeUndefined();
  });
});
