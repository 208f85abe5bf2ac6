import { expect, test } from 'vitest';
import { podAffinityFromPodSpec } from '../../../shared/scheduling/pod-affinity.ts';
import { selects } from '../../../shared/scheduling/selectors.ts';

const HOSTNAME = 'kubernetes.io/hostname';

function read(...terms: unknown[]) {
  return podAffinityFromPodSpec({
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
  });
}

test('a backup that must run beside its database', () => {
  const [term] = read({ topologyKey: HOSTNAME, labelSelector: { matchLabels: { app: 'db' } } });
  expect(term).toMatchObject({ topologyKey: HOSTNAME, namespaces: [], inOwnNamespace: true });
  expect(selects(term?.selector, new Map([['app', 'db']]))).toBe(true);
  expect(selects(term?.selector, new Map([['app', 'web']]))).toBe(false);
});

test('wider topologies say nothing about one node', () => {
  expect(read({ topologyKey: 'topology.kubernetes.io/zone', labelSelector: {} }, null)).toEqual([]);
});

test.each<[string, object, boolean]>([
  ['nothing given', {}, true],
  ['null selector', { namespaceSelector: null }, true],
  ['empty list', { namespaces: [] }, true],
  ['a list', { namespaces: ['db'] }, false],
  ['all namespaces', { namespaceSelector: {} }, false],
])('own namespace or not: %s', (_, fields, own) => {
  const [term] = read({ topologyKey: HOSTNAME, labelSelector: {}, ...fields });
  expect(term?.inOwnNamespace).toBe(own);
});

test('an empty namespace selector means all namespaces, an absent one none', () => {
  const [all] = read({ topologyKey: HOSTNAME, namespaceSelector: {} });
  const [own] = read({ topologyKey: HOSTNAME });
  expect(selects(all?.namespaceSelector, new Map())).toBe(true);
  expect(selects(own?.namespaceSelector, new Map())).toBe(false);
});

test('a term without a pod selector finds no pods', () => {
  const [term] = read({ topologyKey: HOSTNAME });
  expect(selects(term?.selector, new Map([['app', 'db']]))).toBe(false);
});
