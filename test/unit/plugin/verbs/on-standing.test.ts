import { expect, test } from 'vitest';
import { standingOn, whereabouts } from '../../../../plugin/verbs/on/standing.ts';
import { RECORD_ANNOTATION, type Claim } from '../../../../shared/index.ts';
import { nodeFacts } from '../world.ts';

const SINCE = '2026-01-05T22:10:00Z';
const LATER = '2026-01-06T08:00:00Z';
const ana: Claim = { owner: 'ana', mode: 'drain', since: LATER, reason: 'fan', until: LATER };

function held(...claims: readonly Claim[]) {
  const record = { version: 1, claims, before: { cordoned: false }, exceptions: [], initiatedAt: SINCE };
  return nodeFacts('n1', { unschedulable: true, annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) } });
}

test('a free node: nothing is there', () => {
  expect(standingOn(nodeFacts('n1'), ana, false)).toEqual([]);
});

test('others, and what is replaced of the same owner', () => {
  const node = held(
    { owner: 'ben', mode: 'cordon', since: SINCE, reason: 'disk' },
    { ...ana, since: SINCE, reason: 'old' },
  );
  expect(standingOn(node, ana, false)).toEqual([
    `node/n1 is in maintenance for ben (since ${SINCE}: disk) as well, and stays so until their off`,
    `node/n1 is yours since ${SINCE}; replaced: reason "old"`,
  ]);
});

test('a cordon of somebody: what off will do with it', () => {
  const cordoned = nodeFacts('n1', { unschedulable: true });
  expect(standingOn(cordoned, ana, false)).toEqual([
    'node/n1 was cordoned before; kubectl maint off n1 leaves that cordon (with --adopt it uncordons)',
  ]);
  expect(standingOn(cordoned, ana, true)).toEqual([]);
});

test('where it is: the context, where one led there, and the cluster', () => {
  expect(whereabouts({ name: 'prod-eu', context: 'ana@prod' })).toBe('context ana@prod, cluster prod-eu');
  expect(whereabouts({ name: 'in-cluster', context: undefined })).toBe('cluster in-cluster');
});
