import { expect, test } from 'vitest';
import { parse } from '../../../support/parsed.ts';
import { followBudgets } from '../../../../plugin/drain/budgets.ts';
import { podsOfEachNode } from '../../../../plugin/drain/pods-by-node.ts';
import { policyInForce } from '../../../../plugin/policy/in-force.ts';
import { readSurvey } from '../../../../plugin/preflight/read.ts';
import { BUDGETS, NODES, objectPath } from '../../../../shared/index.ts';
import { budgetObject, nodeFacts, nodeObject, podFacts, toldSession } from '../world.ts';

test.each([
  ['a budget keeps a workload up', '', []],
  ['no budget keeps up what is deleted', '--disable-eviction', ['ReplicaSet default/web']],
])('%s', async (_what, flag, titles) => {
  const { cluster, clock, session } = toldSession();
  cluster.lists.set(BUDGETS, [budgetObject('web', { allowed: 1 })]);
  cluster.lists.set(NODES, [nodeObject('n1')]);
  cluster.objects.set(objectPath('apps/v1/replicasets', 'default', 'web'), {
    metadata: { name: 'web', uid: 'uid-owner' },
    status: { readyReplicas: 1 },
  });
  const operation = await parse(['on', 'n1', ...(flag === '' ? [] : [flag])]);
  if (operation.verb !== 'on') throw new Error('on is on');
  const budgets = followBudgets(cluster, clock, session.signal);
  await budgets.first;
  const pod = podFacts('web-1', { labels: { app: 'web' }, owner: { kind: 'ReplicaSet', name: 'web' } });
  const plan = { node: 'n1', evict: [pod], waitFor: [], leave: [], refused: [], warnings: [], refusals: [] };
  const survey = await readSurvey({
    outOfTurn: Promise.resolve(new Map()),
    rules: Promise.resolve([]),
    hookRights: [],
    awaitedData: [],
    operation,
    chosen: [nodeFacts('n1')],
    plans: [plan],
    movedByCordon: Promise.resolve([]),
    budgets,
    inside: { unknown: [] },
    inForce: await policyInForce(cluster),
    nodes: Promise.resolve(undefined),
    endOf: () => undefined,
    leastEndOf: () => undefined,
    now: clock.now(),
    pods: () => Promise.resolve(podsOfEachNode(session)),
    nodeClaims: Promise.resolve(new Map()),
    data: Promise.resolve([]),
    cluster,
  });
  expect([...survey.owners.values()].map(({ title }) => title)).toEqual(titles);
});
