/** What is read live before classified work is allowed, and what happens where it cannot be read. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, type RuleConfig } from '../../../shared/policy/config.ts';
import { targetOf } from '../../../shared/policy/target.ts';
import { decide } from '../../../shared/policy/decide.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import { needKey, type Answer, type Need } from '../../../shared/policy/needs.ts';
import type { NodeFacts } from '../../../shared/facts/node.ts';
import { judgeWork } from '../../../shared/policy/rules/work-off-nodes.ts';
import { configWith } from '../../support/configs.ts';
import { creation, deletion, held, labelledJob, node, situation, volumeBackup } from './world.ts';
import { MAX_COMPANY } from '../../../shared/scheduling/excess.ts';

const live = (nodes: readonly NodeFacts[], more = {}) => situation(nodes, { live: true, ...more });
const nodeNeed = (name: string): Need => ({ need: 'node', name });
const HELD_NODES: Need = { need: 'held-nodes' };
const velero = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'nightly' } };

/** Answers from a list of nodes, and remembers what it was asked. */
function cluster(...nodes: readonly NodeFacts[]) {
  const asked: string[] = [];
  const fetch = (need: Need): Promise<Answer> => {
    asked.push(needKey(need));
    if (need.need === 'held-nodes') return Promise.resolve({ answer: 'held-nodes', nodes });
    if (need.need === 'node')
      return Promise.resolve({ answer: 'node', node: nodes.find(({ name }) => name === need.name) });
    return Promise.reject(new Error('not asked for here'));
  };
  return { asked, fetch };
}

describe('what is read before it is allowed', () => {
  test.each<[what: string, object: object, needs: readonly Need[]]>([
    ['the node that it names', volumeBackup('n2'), [nodeNeed('n2')]],
    ['the node of that hostname', volumeBackup('ip-2'), [nodeNeed('n2')]],
    ['a node that nobody knows', volumeBackup('n9'), [nodeNeed('n9')]],
    ['all nodes in maintenance, where the nodeIndex is empty', volumeBackup(''), [HELD_NODES]],
    ['all nodes in maintenance, where the nodeIndex is no text', volumeBackup(5), [HELD_NODES]],
    ['the node of nodeName', labelledJob('backup', { nodeName: 'n2' }), [nodeNeed('n2')]],
    [
      'the node of the hostname selector',
      labelledJob('backup', { nodeSelector: { 'kubernetes.io/hostname': 'ip-2' } }),
      [nodeNeed('n2')],
    ],
    ['all nodes in maintenance, where it names none', labelledJob('backup'), [HELD_NODES]],
    ['all nodes in maintenance, for a scan', labelledJob('scan'), [HELD_NODES]],
    ['all nodes in maintenance, for a scan of one node', labelledJob('scan', { nodeName: 'n2' }), [HELD_NODES]],
    ['nothing for a root', velero, []],
    ['nothing for what is no such work', { apiVersion: 'v1', kind: 'Pod', spec: { nodeName: 'n2' } }, []],
  ])('%s', (_what, object, needs) => {
    expect(evaluate(creation(object), live([node('n2', { hostname: 'ip-2' }), node('n3')])).needs).toEqual(needs);
  });

  test('a root, where its rule looks at the cluster', () => {
    const config = configWith({ backup: { scope: 'cluster' } });
    expect(evaluate(creation(velero), live([node('n2')], { config })).needs).toEqual([HELD_NODES]);
    expect(evaluate(creation(velero), live([held('n2')], { config }))).toMatchObject({ decision: 'deny', needs: [] });
  });

  test('a scan of one node, where its rule looks at nodes', () => {
    const config = configWith({ scan: { scope: 'node' } });
    const scan = creation(labelledJob('scan', { nodeName: 'n2' }));
    expect(evaluate(scan, live([node('n2'), held('n1')], { config }))).toMatchObject({
      decision: 'allow',
      needs: [nodeNeed('n2')],
    });
  });

  test('both nodes of an ambiguous name', () => {
    const nodes = [node('n2', { hostname: 'n3' }), node('n3', { hostname: 'x' })];
    expect(evaluate(creation(volumeBackup('n3')), live(nodes)).needs).toEqual([nodeNeed('n3'), nodeNeed('n2')]);
  });

  test('nothing before a denial, a DELETE, or offline', () => {
    const nodes = [held('n1')];
    expect(evaluate(creation(volumeBackup('n1')), live(nodes))).toMatchObject({ decision: 'deny', needs: [] });
    expect(evaluate(deletion(volumeBackup('n1')), live(nodes))).toMatchObject({ decision: 'allow', needs: [] });
    expect(evaluate(creation(volumeBackup('n2')), situation(nodes))).toMatchObject({ decision: 'allow', needs: [] });
  });
});

describe('the live read decides', () => {
  test('a mark that the cache has not seen', async () => {
    const { fetch, asked } = cluster(held('n1'));
    const verdict = await decide(creation(volumeBackup('n1')), live([node('n1'), node('n2')]), fetch);
    expect(verdict).toMatchObject({ decision: 'deny', nodes: ['n1'], needs: [] });
    expect(asked).toEqual(['node/n1']);
  });

  test('a mark on a node that the cache has never seen', async () => {
    const { fetch } = cluster(held('n9'));
    expect(await decide(creation(volumeBackup('n9')), live([node('n1')]), fetch)).toMatchObject({
      decision: 'deny',
      nodes: ['n9'],
    });
  });

  test('a mark anywhere, for a scan of another node', async () => {
    const { fetch } = cluster(held('n1'));
    const scan = creation(labelledJob('scan', { nodeSelector: { 'kubernetes.io/hostname': 'n2' } }));
    expect(await decide(scan, live([node('n1'), node('n2')]), fetch)).toMatchObject({
      decision: 'deny',
      nodes: ['n1'],
    });
  });

  test('a labelled node without a record is not in maintenance', async () => {
    const { fetch } = cluster(node('n1'));
    expect(await decide(creation(labelledJob('scan')), live([node('n1')]), fetch)).toMatchObject({
      decision: 'allow',
      needs: [],
    });
  });

  test('a node that is gone', async () => {
    const { fetch, asked } = cluster();
    expect(await decide(creation(volumeBackup('n1')), live([node('n1')]), fetch)).toMatchObject({
      decision: 'allow',
      needs: [],
    });
    expect(asked).toEqual(['node/n1']);
  });

  test('a hostname that moved leads to one more question', async () => {
    const { fetch, asked } = cluster(node('n1', { hostname: 'other' }), held('ip-1', { hostname: 'x' }));
    const verdict = await decide(creation(volumeBackup('ip-1')), live([node('n1', { hostname: 'ip-1' })]), fetch);
    expect(verdict).toMatchObject({ decision: 'deny', nodes: ['ip-1'] });
    expect(asked).toEqual(['node/n1', 'node/ip-1']);
  });
});

describe('what cannot be read', () => {
  const failing = () => Promise.reject(new Error('etcd is away'));

  test.each<[unknown: RuleConfig['unknown'], mode: RuleConfig['mode'], decision: string]>([
    ['deny', 'enforce', 'deny'],
    ['warn', 'enforce', 'warn'],
    ['allow', 'enforce', 'allow'],
    ['deny', 'warn', 'warn'],
    ['allow', 'warn', 'allow'],
    ['deny', 'audit', 'allow'],
  ])('takes the configured answer %s in mode %s: %s, and is always told', async (unknown, mode, decision) => {
    const config = configWith({ backup: { unknown, mode } });
    const verdict = await decide(creation(volumeBackup('n1')), live([node('n1')], { config }), failing);
    expect(verdict).toMatchObject({ decision, needs: [] });
    expect(verdict.findings).toEqual([
      {
        rule: 'backup',
        decision,
        reason: 'Unknown',
        nodes: [],
        detail: 'whether it reaches a node in maintenance could not be found out (etcd is away)',
      },
    ]);
  });

  test('whatever was thrown', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the case
    const verdict = await decide(creation(volumeBackup('n1')), live([node('n1')]), () => Promise.reject('no'));
    expect(verdict.findings[0]?.detail).toContain('(no)');
  });

  test('does not hide advice', async () => {
    const job = creation(labelledJob('backup', { tolerations: [{ operator: 'Exists' }] }));
    const verdict = await decide(job, live([held('n1'), node('n2')]), failing);
    expect(verdict.findings.map(({ reason }) => reason)).toEqual(['Unknown', 'MayLand']);
  });
});

test('a rule that never has enough is asked three times; what is then still open is unknown, not allowed', async () => {
  const asked: string[] = [];
  const fetch = (need: Need): Promise<Answer> => {
    asked.push(needKey(need));
    // Every node turns out to be called otherwise, under the hostname that was asked for.
    return Promise.resolve({ answer: 'node', node: node(`n${asked.length}`, { hostname: 'start' }) });
  };
  const verdict = await decide(creation(volumeBackup('start')), live([]), fetch);
  expect(asked).toEqual(['node/start', 'node/n1', 'node/n2']);
  expect(verdict).toMatchObject({ decision: 'deny', needs: [], findings: [{ reason: 'Unknown' }] });
});

test.each([
  [MAX_COMPANY, true],
  [MAX_COMPANY + 1, false],
])('work that depends on the pods of %d namespaces is looked into: %s', async (count, isRead) => {
  const namespaces = Array.from({ length: count }, (_, index) => `ns-${index}`);
  const labelSelector = { matchLabels: { app: 'db' } };
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector, namespaces };
  const job = labelledJob('backup', {
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
  });
  const asked: string[] = [];
  const fetch = (need: Need): Promise<Answer> => {
    asked.push(needKey(need));
    return Promise.resolve(
      need.need === 'pods' ? { answer: 'pods', pods: [] } : { answer: 'held-nodes', nodes: [held('n1')] },
    );
  };
  const verdict = await decide(creation(job), live([held('n1'), node('n2')]), fetch);
  expect(asked).toHaveLength(isRead ? count + 1 : 1);
  expect([verdict.decision, verdict.findings.map(({ reason }) => reason)]).toEqual(
    isRead ? ['allow', []] : ['deny', ['Unread']],
  );
});

test('classified work without a pattern is judged by its pods', () => {
  const request = creation(labelledJob('scan', { nodeName: 'n1' }));
  const object = request.object;
  if (object === undefined) throw new Error('a CREATE has an object');
  const subject = {
    request,
    object,
    change: 'start',
    classification: { work: 'scan', tool: 'x', pattern: undefined, confidence: 'likely' },
  } as const;
  const context = (nodes: readonly NodeFacts[]) => {
    const around = live(nodes);
    const reach = () => targetOf(object, { in: 'pods' }, around.nodeIndex);
    return { ...around, rule: DEFAULT_POLICY.rules.backup, reach };
  };
  expect(judgeWork(subject, context([held('n1')])).objections).toEqual([
    { reason: 'NodeInMaintenance', detail: 'the work is for node n1, which is in maintenance', nodes: ['n1'] },
  ]);
  expect(judgeWork(subject, context([node('n1')])).needs).toEqual([nodeNeed('n1')]);
});

test('every need has a key of its own', () => {
  const needs: Need[] = [
    nodeNeed('a'),
    HELD_NODES,
    { need: 'daemonset', namespace: 'a', name: 'b' },
    { need: 'pods-on-node', namespace: 'a', node: 'b' },
  ];
  expect(needs.map(needKey)).toEqual(['node/a', 'held-nodes', 'daemonset/a/b', 'pods-on-node/a/b']);
});
