import { describe, expect, it, test } from 'vitest';
import {
  isTolerated,
  taintsFromNode,
  tolerates,
  tolerationsFromPodSpec,
  type Toleration,
} from '../../../shared/scheduling/taints.ts';
import { taint } from './cluster.ts';

const GPU = taint('gpu=yes:NoSchedule');

function toleration(fields: Partial<Toleration>): Toleration {
  return { key: '', operator: '', value: '', effect: '', ...fields };
}

describe('a toleration', () => {
  it.each<[string, Partial<Toleration>, boolean]>([
    ['same key, value, effect', { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }, true],
    ['no operator means Equal', { key: 'gpu', value: 'yes', effect: 'NoSchedule' }, true],
    ['no operator and another value', { key: 'gpu', value: 'no', effect: 'NoSchedule' }, false],
    ['no effect means every effect', { key: 'gpu', operator: 'Exists' }, true],
    ['another effect', { key: 'gpu', operator: 'Exists', effect: 'NoExecute' }, false],
    ['Exists asks for no value', { key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }, true],
    ['another key', { key: 'cpu', operator: 'Exists' }, false],
    ['no key and Exists means every taint', { operator: 'Exists' }, true],
    ['no key and Exists, another effect', { operator: 'Exists', effect: 'NoExecute' }, false],
    ['an operator nobody knows', { key: 'gpu', operator: 'Near', value: 'yes' }, false],
    ['Gt on a value that is no number', { key: 'gpu', operator: 'Gt', value: '1' }, false],
  ])('%s', (_, fields, answer) => {
    expect(tolerates(toleration(fields), GPU)).toBe(answer);
  });

  it.each([
    ['Gt', '950', '900', true],
    ['Gt', '900', '900', false],
    ['Gt', '-1', '-2', true],
    ['Lt', '899', '900', true],
    ['Lt', '900', '900', false],
    ['Lt', '899', 'many', false],
    ['Lt', '0899', '900', false],
    ['Lt', '+899', '900', false],
    ['Lt', '899', '9223372036854775808', false],
  ])('%s: a taint of %s under a bound of %s', (operator, value, bound, answer) => {
    const sla = { key: 'sla', value, effect: 'NoSchedule' };
    expect(tolerates(toleration({ key: 'sla', operator, value: bound }), sla)).toBe(answer);
  });
});

describe('a taint keeps pods away', () => {
  const taints = ['a:NoSchedule', 'b:NoExecute', 'c:PreferNoSchedule'].map(taint);
  const keepingAway = (tolerations: readonly Toleration[], effects?: readonly string[]) =>
    taints.filter((one) => !isTolerated(one, tolerations, effects)).map(({ key }) => key);

  it('unless it is a preference', () => {
    expect(keepingAway([])).toEqual(['a', 'b']);
  });

  it('unless any toleration covers it', () => {
    expect(keepingAway([toleration({ key: 'a', operator: 'Exists' })])).toEqual(['b']);
  });

  it('unless another effect is asked about', () => {
    expect(keepingAway([], ['NoExecute'])).toEqual(['b']);
  });
});

test('taints are read from a Node, odd entries left out', () => {
  const node = {
    spec: { taints: [{ key: 'a', effect: 'NoSchedule' }, { key: 'b', value: 'x' }, { value: 'x' }, null] },
  };
  expect(taintsFromNode(node)).toEqual([
    { key: 'a', value: '', effect: 'NoSchedule' },
    { key: 'b', value: 'x', effect: '' },
  ]);
  expect(taintsFromNode({})).toEqual([]);
});

test('tolerations are read from a pod spec, odd entries left out', () => {
  const full = { key: 'a', operator: 'Exists', value: 'v', effect: 'NoExecute' };
  expect(tolerationsFromPodSpec({ tolerations: [full, {}, null, 'all'] })).toEqual([full, toleration({})]);
  expect(tolerationsFromPodSpec(undefined)).toEqual([]);
});
