import { expect, test } from 'vitest';
import { nodeClaimFromObject, readNodeClaims } from '../../../../plugin/nodes/node-claims.ts';
import { ClusterRefusal } from '../../../../shared/index.ts';
import { nodeFacts, toldSession } from '../world.ts';

const NODE_CLAIMS = '/apis/karpenter.sh/v1/nodeclaims';
const MADE_AT = '2026-01-01T00:00:00Z';

function claim(name: string, node: string, expireAfter: string | undefined, deletionTimestamp?: string) {
  return {
    metadata: { name, creationTimestamp: MADE_AT, ...(deletionTimestamp && { deletionTimestamp }) },
    spec: { ...(expireAfter && { expireAfter }) },
    status: { nodeName: node },
  };
}

test.each([
  ['720h', Date.parse('2026-01-31T00:00:00Z')],
  ['1h30m', Date.parse('2026-01-01T01:30:00Z')],
  ['Never', undefined],
  [undefined, undefined],
  ['soon', undefined],
])('a NodeClaim with expireAfter %s', (expireAfter, expiresAt) => {
  expect(nodeClaimFromObject(claim('c', 'n1', expireAfter))).toEqual({ name: 'c', expiresAt, isLeaving: false });
});

test('NodeClaims are read of nodes that Karpenter has made, and of these alone', async () => {
  const { cluster } = toldSession();
  cluster.lists.set(NODE_CLAIMS, [claim('a', 'n1', 'Never', MADE_AT), claim('b', 'n2', 'Never'), claim('c', '', '1h')]);
  const made = nodeFacts('n1', { labels: { 'karpenter.sh/nodepool': 'default' } });
  const found = await readNodeClaims([made], cluster);
  expect([...found]).toEqual([['n1', { name: 'a', expiresAt: undefined, isLeaving: true }]]);
});

test('nothing is asked where Karpenter has made no node', async () => {
  const { cluster } = toldSession();
  cluster.lists.set(NODE_CLAIMS, [claim('a', 'n1', '1h')]);
  expect(await readNodeClaims([nodeFacts('n1')], cluster)).toEqual(new Map());
});

test.each([
  [404, 'there are none'],
  [403, 'that is said'],
])('where the API server answers %i, %s', async (status) => {
  const made = nodeFacts('n1', { labels: { 'karpenter.sh/nodepool': 'default' } });
  const refusal = new ClusterRefusal({ status, reason: '', message: 'no', body: {} });
  const pages = () => {
    throw refusal;
  };
  const read = readNodeClaims([made], { pages });
  await (status === 404 ? expect(read).resolves.toEqual(new Map()) : expect(read).rejects.toBe(refusal));
});
