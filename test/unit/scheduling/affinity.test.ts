import { describe, expect, it, test } from 'vitest';
import { matchesTerm, nodesNamedBy, requiredTermsFromPodSpec } from '../../../shared/scheduling/affinity.ts';
import { cluster, nodeFromSketch } from './cluster.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const NODE = nodeFromSketch({ name: 'n1', hostname: 'host-1', labels: { zone: 'a', cores: '16' } });

function specWith(...terms: unknown[]): unknown {
  return { affinity: { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: terms } } } };
}

function matches(...terms: unknown[]): boolean {
  return (requiredTermsFromPodSpec(specWith(...terms)) ?? []).some((term) => matchesTerm(term, NODE));
}

function named(operator: string, ...values: unknown[]): unknown {
  return { matchFields: [{ key: 'metadata.name', operator, values }] };
}

function labelled(key: string, operator: string, ...values: string[]): unknown {
  return { matchExpressions: [{ key, operator, values }] };
}

const ZONE_A = { key: 'zone', operator: 'In', values: ['a'] };
const NAME_N2 = { key: 'metadata.name', operator: 'In', values: ['n2'] };

describe('required node affinity', () => {
  it.each<[string, readonly unknown[], boolean]>([
    ['an empty list matches nothing', [], false],
    ['an empty term matches nothing', [{}], false],
    ['a null term matches nothing', [null], false],
    ['an empty term does not spoil another', [{}, labelled('zone', 'In', 'a')], true],
    ['an invalid term does not spoil another', [labelled('zone', 'Near', 'a'), labelled('zone', 'In', 'a')], true],
    ['terms are ORed', [labelled('zone', 'In', 'b'), labelled('zone', 'In', 'a')], true],
    ['expressions are ANDed', [{ matchExpressions: [ZONE_A, { key: 'zone', operator: 'DoesNotExist' }] }], false],
    ['an invalid expression spoils its term', [{ matchExpressions: [ZONE_A, { key: 'zone', operator: 'In' }] }], false],
    ['expressions and fields are ANDed', [{ matchExpressions: [ZONE_A], matchFields: [NAME_N2] }], false],
    ['Gt compares integers, not text', [labelled('cores', 'Gt', '9')], true],
    ['Lt compares integers, not text', [labelled('cores', 'Lt', '9')], false],
    ['metadata.name In', [named('In', 'n1')], true],
    ['metadata.name In another', [named('In', 'n2')], false],
    ['metadata.name is not the hostname', [named('In', 'host-1')], false],
    ['metadata.name NotIn', [named('NotIn', 'n1')], false],
    ['metadata.name NotIn another', [named('NotIn', 'n2')], true],
    ['metadata.name with two values', [named('In', 'n1', 'n2')], false],
    ['metadata.name without values', [named('NotIn')], false],
    ['metadata.name with a number', [named('NotIn', 1)], false],
    ['metadata.name Exists', [named('Exists', 'n1')], false],
    ['another field', [{ matchFields: [{ key: 'spec.podCIDR', operator: 'NotIn', values: ['x'] }] }], false],
    ['hostname by label', [labelled('kubernetes.io/hostname', 'In', 'host-1')], true],
    ['hostname by node name', [labelled('kubernetes.io/hostname', 'In', 'n1')], true],
    ['hostname of another', [labelled('kubernetes.io/hostname', 'In', 'n2')], false],
    [
      'hostname NotIn reads the label alone, as the scheduler',
      [labelled('kubernetes.io/hostname', 'NotIn', 'n1')],
      true,
    ],
  ])('%s', (_, terms, answer) => {
    expect(matches(...terms)).toBe(answer);
  });
});

test('absent and empty are different: any node, and none', () => {
  expect(requiredTermsFromPodSpec({})).toBeUndefined();
  expect(requiredTermsFromPodSpec({ affinity: { nodeAffinity: { [REQUIRED]: null } } })).toBeUndefined();
  expect(requiredTermsFromPodSpec({ affinity: { nodeAffinity: { [REQUIRED]: {} } } })).toEqual([]);
});

test('preferred affinity is ignored', () => {
  const preferred = [{ weight: 1, preference: labelled('zone', 'In', 'b') }];
  const spec = { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } };
  expect(requiredTermsFromPodSpec(spec)).toBeUndefined();
});

describe('the nodes that a term names', () => {
  const nodeIndex = cluster([{ name: 'n1', hostname: 'host-1' }], [{ name: 'n2', hostname: 'n1' }, { name: 'n3' }]);

  it.each<[string, unknown, readonly string[] | undefined]>([
    ['by metadata.name', named('In', 'n1'), ['n1']],
    ['by a metadata.name that nobody has', named('In', 'n9'), []],
    ['by hostname label', labelled('kubernetes.io/hostname', 'In', 'host-1', 'n9'), ['n1']],
    [
      'by a hostname that is one label and another name: both',
      labelled('kubernetes.io/hostname', 'In', 'n1'),
      ['n1', 'n2'],
    ],
    ['none by exclusion', named('NotIn', 'n1'), undefined],
    ['none by another label', labelled('zone', 'In', 'a'), undefined],
  ])('%s', (_, term, names) => {
    const [parsed] = requiredTermsFromPodSpec(specWith(term)) ?? [];
    expect(parsed && nodesNamedBy(parsed, nodeIndex)?.map(({ name }) => name)).toEqual(names);
  });
});
