/** What the fixtures do not say: modes, scopes, several findings at once. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, type RuleConfig } from '../../../shared/policy/config.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import { RULES, ruleWithId } from '../../../shared/policy/registry.ts';
import type { Verdict } from '../../../shared/policy/verdict.ts';
import { catalogueFromTools } from '../../../shared/targets/classify.ts';
import type { WorkPattern } from '../../../shared/targets/tool.ts';
import type { NodeFacts } from '../../../shared/facts/node.ts';
import type { MaintenanceRecord } from '../../../shared/record/record.ts';
import { configWith } from '../../support/configs.ts';
import { creation, held, labelledJob, node, NOW, SINCE, situation, update, volumeBackup } from './world.ts';
import { kindsNamed } from '../../support/kinds.ts';

const said = ({ decision, findings }: Verdict) => [
  decision,
  ...findings.map((found) => `${found.rule}/${found.reason}`),
];
const nodes = [held('n1'), node('n2')];

test('rules are sorted by an id of their own, and say what they deny', () => {
  const ids = RULES.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(Object.keys(DEFAULT_POLICY.rules).sort()).toEqual(ids);
  expect(RULES.filter(({ denies }) => denies === '')).toEqual([]);
});

test('rules are called as the registry calls them, and every reason that they give is explained', () => {
  for (const { id, reasons } of RULES) {
    expect(ruleWithId(id).id).toBe(id);
    for (const { means } of Object.values(reasons)) expect(means).toMatch(/^[a-z].*[^.]$/);
  }
});

test('a request without any object passes', () => {
  const request = creation({}, { object: undefined, operation: 'CONNECT' });
  expect(evaluate(request, situation(nodes))).toEqual({
    decision: 'allow',
    work: 'none',
    tool: null,
    confidence: null,
    nodes: [],
    findings: [],
    needs: [],
  });
});

describe('modes', () => {
  test.each<[mode: RuleConfig['mode'], expected: readonly string[]]>([
    ['enforce', ['deny', 'backup/NodeInMaintenance']],
    ['warn', ['warn', 'backup/NodeInMaintenance']],
    ['audit', ['allow', 'backup/NodeInMaintenance']],
    ['off', ['allow']],
  ])('%s: a refusal', (mode, expected) => {
    const config = configWith({ backup: { mode } });
    expect(said(evaluate(creation(volumeBackup('n1')), situation(nodes, { config })))).toEqual(expected);
  });

  test.each<[mode: RuleConfig['mode'], expected: readonly string[]]>([
    ['enforce', ['warn', 'backup/MayLand']],
    ['warn', ['warn', 'backup/MayLand']],
    ['audit', ['allow', 'backup/MayLand']],
    ['off', ['allow']],
  ])('%s: advice', (mode, expected) => {
    const job = creation(labelledJob('backup', { tolerations: [{ operator: 'Exists' }] }));
    expect(said(evaluate(job, situation(nodes, { config: configWith({ backup: { mode } }) })))).toEqual(expected);
  });
});

describe('scopes', () => {
  const backupElsewhere = creation(volumeBackup('n2'));

  test('a rule of the cluster refuses work on any node, and names those in maintenance', () => {
    const config = configWith({ backup: { scope: 'cluster' } });
    const verdict = evaluate(backupElsewhere, situation([...nodes, held('n0')], { config }));
    expect(said(verdict)).toEqual(['deny', 'backup/ClusterInMaintenance']);
    expect(verdict.nodes).toEqual(['n0', 'n1']);
    expect(verdict.findings[0]?.detail).toBe(
      'backup or restore of a ZFS volume does not run in the cluster while nodes n0 and n1 are in maintenance',
    );
    expect(said(evaluate(backupElsewhere, situation([node('n2')], { config })))).toEqual(['allow']);
  });

  test('a rule of nodes lets a scan run elsewhere', () => {
    const config = configWith({ scan: { scope: 'node' } });
    const scan = (spec: object) => said(evaluate(creation(labelledJob('scan', spec)), situation(nodes, { config })));
    expect(scan({ nodeName: 'n2' })).toEqual(['allow']);
    expect(scan({ nodeName: 'n1' })).toEqual(['deny', 'scan/NodeInMaintenance']);
    expect(scan({})).toEqual(['allow']);
  });
});

test('an exception takes one rule off one node', () => {
  const exceptions = [{ rules: ['backup'], until: '2026-01-06T09:00:00Z', by: 'ben', reason: 'last one' }];
  const nodeIndex = [held('n1', { record: { exceptions } }), held('n3')];
  const tell = (object: object, now?: number) =>
    said(evaluate(creation(object), situation(nodeIndex, now === undefined ? {} : { now })));
  expect(tell(volumeBackup('n1'))).toEqual(['allow']);
  expect(tell(volumeBackup('n1'), Date.parse('2026-01-06T09:00:00Z'))).toEqual(['deny', 'backup/NodeInMaintenance']);
  expect(tell(volumeBackup('n3'))).toEqual(['deny', 'backup/NodeInMaintenance']);
  expect(tell(labelledJob('scan'))).toEqual(['deny', 'scan/ClusterInMaintenance']);
});

describe('the words of a finding', () => {
  const detail = (object: object, nodeIndex = nodes) =>
    evaluate(creation(object), situation(nodeIndex)).findings[0]?.detail;

  test('count nodes', () => {
    const both = [held('n1', { labels: { disk: 'ssd' } }), held('n2', { labels: { disk: 'ssd' } }), node('n3')];
    const ssd = { nodeSelector: { disk: 'ssd' } };
    expect(detail(labelledJob('backup', ssd), both)).toBe(
      'work labelled kubectl-maint.io/work: backup could run only on nodes n1 and n2, and are in maintenance',
    );
    expect(detail(labelledJob('backup', ssd), both.slice(1))).toContain(
      'could run only on node n2, and is in maintenance',
    );
    expect(detail(volumeBackup('n1'))).toContain('is for node n1, which is in maintenance');
  });

  test('give advice', () => {
    const job = labelledJob('backup', { tolerations: [{ operator: 'Exists' }] });
    expect(detail(job)).toBe(
      'tolerates the cordon of node n1: require kubectl-maint.io/maintenance DoesNotExist (node affinity)',
    );
  });
});

test('a tool may name its node in a label', () => {
  const pattern: WorkPattern = {
    work: 'backup',
    what: 'run',
    role: 'leaf',
    match: { kinds: kindsNamed('tool.io/Run') },
    node: { in: 'label', key: 'tool.io/node' },
    afterDenial: 'lost',
  };
  const catalogue = catalogueFromTools([
    { id: 'tool', title: 'Tool', source: '', known: 'configuration', patterns: [pattern] },
  ]);
  const run = (labels: object) => ({ apiVersion: 'tool.io/v1', kind: 'Run', metadata: { name: 'r', labels } });
  const tell = (labels: object) => said(evaluate(creation(run(labels)), situation(nodes, { catalogue })));
  expect(tell({ 'tool.io/node': 'n1' })).toEqual(['deny', 'backup/NodeInMaintenance']);
  expect(tell({ 'tool.io/node': 'n2' })).toEqual(['allow']);
  expect(tell({})).toEqual(['allow']);
});

describe('add-on changes of other kinds', () => {
  const template = (image: string, more: object = {}) => ({ spec: { containers: [{ image }], ...more } });
  const workload = (kind: string, image: string, more?: object) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'w' },
    spec: { template: template(image, more) },
  });
  const tell = (kind: string, more?: object) =>
    said(evaluate(update(workload(kind, 'a', more), workload(kind, 'b', more)), situation(nodes)));

  test.each(['Deployment', 'StatefulSet', 'ReplicaSet'])('%s: refused where it is pinned, and only there', (kind) => {
    expect(tell(kind, { nodeName: 'n1' })).toEqual(['deny', 'addon/ChangeRefused']);
    expect(tell(kind, { nodeSelector: { 'kubernetes.io/hostname': 'n1' } })).toEqual(['deny', 'addon/ChangeRefused']);
    expect(tell(kind, { tolerations: [{ operator: 'Exists' }] })).toEqual(['allow']);
  });

  test('a DaemonSet does not wait on a node on its way back', () => {
    const nodeIndex = [held('n1', { state: 'returning' }), held('n3'), node('n2')];
    const request = update(workload('DaemonSet', 'a'), workload('DaemonSet', 'b'));
    expect(evaluate(request, situation(nodeIndex)).findings).toMatchObject([{ reason: 'RolloutWaits', nodes: ['n3'] }]);
    expect(said(evaluate(request, situation(nodeIndex.filter(({ name }) => name !== 'n3'))))).toEqual(['allow']);
  });

  test('a DaemonSet that leaves a node in maintenance out takes its pod off it at once, which is told', () => {
    const away = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: ['n1'] }] },
          ],
        },
      },
    };
    const nodeIndex = [held('n1', { labels: { 'kubernetes.io/hostname': 'n1' } }), node('n2')];
    const request = update(workload('DaemonSet', 'a'), workload('DaemonSet', 'b', { affinity: away }));
    const { decision, findings } = evaluate(request, situation(nodeIndex));
    expect(decision).toBe('warn');
    expect(findings).toMatchObject([{ reason: 'PodLeaves', nodes: ['n1'] }]);
  });

  test('a DaemonSet waits; a Job cannot change', () => {
    expect(tell('DaemonSet')).toEqual(['warn', 'addon/RolloutWaits']);
    const job = (image: string) => ({ ...workload('Job', image, { nodeName: 'n1' }), apiVersion: 'batch/v1' });
    expect(said(evaluate(update(job('a'), job('b')), situation(nodes)))).toEqual(['allow']);
  });
});

test('a verdict names every node that the object reaches and that a finding is about, sorted, each once', () => {
  const all = [held('n1'), held('n2'), held('n3'), node('n4')];
  const on = (name: string) => labelledJob('scan', { nodeSelector: { 'kubernetes.io/hostname': name } });
  const scope = (scan: RuleConfig['scope']) => ({ config: configWith({ scan: { scope: scan } }) });
  expect(evaluate(creation(on('n3')), situation(all, scope('cluster'))).nodes).toEqual(['n1', 'n2', 'n3']);
  expect(evaluate(creation(on('n3')), situation(all, scope('node'))).nodes).toEqual(['n3']);
  expect(evaluate(creation(on('n4')), situation(all, scope('cluster'))).nodes).toEqual(['n1', 'n2', 'n3']);
  expect(evaluate(creation(on('n4')), situation(all, scope('node'))).nodes).toEqual([]);
});

describe('a scan because of maintenances that are long overdue', () => {
  const HOUR = 3_600_000;
  const endedFor = (ms: number): Partial<MaintenanceRecord> => ({
    claims: [{ owner: 'ana', mode: 'drain', since: SINCE, until: new Date(NOW - ms).toISOString() }],
  });
  const forgotten = held('n1', { record: endedFor(25 * HOUR) });
  const late = held('n2', { record: endedFor(23 * HOUR) });
  const open = held('n3');
  const afterOverdue = { mode: 'warn', forMs: 24 * HOUR } as const;
  const tell = (all: readonly NodeFacts[], more: Partial<RuleConfig> = { afterOverdue }) =>
    said(evaluate(creation(labelledJob('scan')), situation(all, { config: configWith({ scan: more }) })));

  test.each<[what: string, all: readonly NodeFacts[], more: Partial<RuleConfig> | undefined, says: readonly string[]]>([
    ['is refused as ever by default', [forgotten], {}, ['deny', 'scan/ClusterInMaintenance']],
    ['is warned of where the configuration says so', [forgotten], undefined, ['warn', 'scan/ClusterInMaintenance']],
    [
      'passes where it says audit',
      [forgotten],
      { afterOverdue: { ...afterOverdue, mode: 'audit' } },
      ['allow', 'scan/ClusterInMaintenance'],
    ],
    ['is refused before the span is over', [late], undefined, ['deny', 'scan/ClusterInMaintenance']],
    [
      'is refused as long as one node is not overdue',
      [forgotten, late],
      undefined,
      ['deny', 'scan/ClusterInMaintenance'],
    ],
    ['is refused where no end was announced', [open], undefined, ['deny', 'scan/ClusterInMaintenance']],
    [
      'is refused where a record cannot be read',
      [held('n4', { record: '{' })],
      undefined,
      ['deny', 'scan/ClusterInMaintenance'],
    ],
    [
      'for its node alone, the same',
      [forgotten],
      { afterOverdue, scope: 'node' },
      ['warn', 'scan/OnlyMaintenanceNodesLeft'],
    ],
  ])('%s', (_, all, more, says) => {
    expect(tell(all, more)).toEqual(says);
  });

  test('is allowed only after the nodes were read again', () => {
    const config = configWith({ scan: { afterOverdue } });
    const verdict = evaluate(creation(labelledJob('scan')), situation([forgotten], { config, live: true }));
    expect(verdict.needs).toMatchObject([{ need: 'held-nodes' }]);
  });
});
