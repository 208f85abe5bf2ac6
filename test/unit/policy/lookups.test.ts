/** What is asked for, and what is not, before it is known where an object's work goes. */
import { expect, test } from 'vitest';
import { NodeTable } from '../../../shared/facts/node-table.ts';
import { podFromObject } from '../../../shared/facts/pod.ts';
import { workFromObject } from '../../../shared/facts/work.ts';
import { companionsOf, lookedUp, lookupsFor } from '../../../shared/policy/lookups.ts';
import { NO_ANSWERS, type Answers } from '../../../shared/policy/needs.ts';
import type { NodeSource } from '../../../shared/targets/tool.ts';
import { held } from './world.ts';

const AROUND = { nodeIndex: new NodeTable([held('n1')]), answers: NO_ANSWERS, live: true };
const IN_PODS: NodeSource = { in: 'pods' };

function asked(object: object, source: NodeSource) {
  return lookupsFor(workFromObject(object), source, AROUND);
}

/** A pod that wants company on its node. */
function besides(...terms: readonly object[]): object {
  const podAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: terms.map((term) => ({
      topologyKey: 'kubernetes.io/hostname',
      ...term,
    })),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'own' },
    spec: { affinity: { podAffinity } },
  };
}

const labelSelector = { matchLabels: { app: 'db' } };
const pods = (namespace: string) => ({ need: 'pods', namespace, selector: 'app in (db)' });

test.each<[what: string, terms: readonly object[], needs: readonly object[]]>([
  ['no company', [], []],
  ['in its own namespace', [{ labelSelector }], [pods('own')]],
  ['in the namespaces that are listed', [{ labelSelector, namespaces: ['a', 'b'] }], [pods('a'), pods('b')]],
  ['in namespaces by label: not followed', [{ labelSelector, namespaceSelector: {} }], []],
  ['without a selector: of no pod', [{}], []],
  ['with a selector that is not valid: of no pod', [{ labelSelector: { matchLabels: { app: 5 } } }], []],
  ['any pod', [{ labelSelector: {} }], [{ need: 'pods', namespace: 'own', selector: '' }]],
  ['two terms', [{ labelSelector, namespaces: ['a'] }, { labelSelector }], [pods('a'), pods('own')]],
])('the company of a pod: %s', (_, terms, needs) => {
  expect(asked(besides(...terms), IN_PODS)).toEqual(needs);
});

test('the company of two terms runs where both of them do', () => {
  const on = (...nodes: readonly string[]) => ({
    answer: 'pods' as const,
    pods: nodes
      .map((nodeName) => podFromObject({ metadata: { name: nodeName }, spec: { nodeName } }))
      .filter((pod) => pod !== undefined),
  });
  const answers: Answers = new Map([
    ['pods/a/app in (db)', on('n1', 'n2')],
    ['pods/own/app in (db)', on('n2', 'n3')],
  ]);
  const both = workFromObject(besides({ labelSelector, namespaces: ['a'] }, { labelSelector }));
  expect(companionsOf(both, answers)).toEqual(['n2']);
  expect(companionsOf(both, NO_ANSWERS)).toEqual([]);
});

test('what makes no pods has no company', () => {
  expect(asked({ apiVersion: 'example.com/v1', kind: 'Copy', metadata: { name: 'c' } }, IN_PODS)).toEqual([]);
});

test.each([
  ['a text', 'vol-1', [{ need: 'object', resource: 'v1/pods', namespace: 'own', name: 'vol-1' }]],
  ['a number', 5, []],
  ['an object', { name: 'vol-1' }, []],
  ['nothing', undefined, []],
  ['an empty text', '', []],
])('a nodeIndex that names another object holds %s', (_, value, needs) => {
  const source: NodeSource = {
    in: 'object',
    resource: 'v1/pods',
    name: { field: ['spec', 'of'] },
    path: ['spec', 'nodeName'],
  };
  const object = { apiVersion: 'example.com/v1', kind: 'Copy', metadata: { namespace: 'own' }, spec: { of: value } };
  expect(asked(object, source)).toEqual(needs);
  expect(lookedUp(workFromObject(object), source, NO_ANSWERS)).toEqual({ nodes: [], chosen: 'any' });
});
