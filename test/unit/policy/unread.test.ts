/** Work whose commands are too long to be read: the rule's configured answer, and never a way around it. */
import { expect, test } from 'vitest';
import type { RuleConfig } from '../../../shared/policy/config.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import { explainDenial } from '../../../shared/policy/explain.ts';
import { MAX_CHARACTERS } from '../../../shared/shell/effort.ts';
import { configWith } from '../../support/configs.ts';
import { creation, held, node, NOW, situation } from './world.ts';

const HIDDEN = [...Array<string>(8000).fill('env'), 'kube-bench'];

const NOT_READ = 'work that has more written on it than is read, so that it may be a backup or a scan,';

function job(command: readonly string[], spec: object = {}, kind = 'Job', metadata: object = {}): object {
  const pods = { ...spec, containers: [{ name: 'c', image: 'x', command }] };
  return {
    apiVersion: kind === 'Pod' ? 'v1' : kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: 'x', ...metadata },
    spec: kind === 'Pod' ? pods : { template: { spec: pods } },
  };
}

function said(object: object, rule: Partial<RuleConfig> = {}, nodes = [held('n1'), node('n2')]): readonly string[] {
  const config = configWith({ backup: rule, scan: rule });
  const { decision, findings } = evaluate(creation(object), situation(nodes, { config }));
  return [decision, ...findings.map((found) => `${found.rule}/${found.reason} ${found.decision}`)];
}

test.each([
  ['deny', ['deny', 'scan/Unread deny']],
  ['warn', ['warn', 'scan/Unread warn']],
  ['allow', ['allow', 'scan/Unread allow']],
] as const)('where the rule answers %s to what is not known', (unknown, expected) => {
  expect(said(job(HIDDEN), { unknown })).toEqual(expected);
  expect(said(job(HIDDEN, {}, 'Pod'), { unknown })).toEqual(expected);
});

test('pinned to a node in maintenance it may be a backup of it as well', () => {
  expect(said(job(HIDDEN, { nodeName: 'n1' }), { unknown: 'deny' })).toContain('backup/Unread deny');
  expect(said(job(HIDDEN, { nodeName: 'n2' }), { unknown: 'deny' })).not.toContain('backup/Unread deny');
});

test('without a maintenance it passes', () => {
  expect(said(job(HIDDEN), { unknown: 'deny' }, [node('n1')])).toEqual(['allow']);
});

test('what is known by other evidence is decided as such', () => {
  const labels = { 'kubectl-maint.io/work': 'scan' };
  expect(said(job(HIDDEN, {}, 'Job', { labels }), { unknown: 'allow' })).toEqual([
    'deny',
    'scan/ClusterInMaintenance deny',
  ]);
});

test('services are none, whatever they run', () => {
  expect(said(job(HIDDEN, {}, 'Deployment'), { unknown: 'deny' })).toEqual(['allow']);
});

test('a program that is found in time counts, however long the rest is', () => {
  const command = ['sh', '-c', 'kube-bench run'];
  const long = { containers: [], initContainers: [{ name: 'i', image: 'x', command }] };
  const object = job(['sh', '-c', '#'.repeat(MAX_CHARACTERS + 1)]);
  expect(said({ ...object, spec: { template: { spec: { ...long, containers: [] } } } })).toContain(
    'scan/ClusterInMaintenance deny',
  );
});

test('the denial says why and what to do', () => {
  const config = configWith({ scan: { unknown: 'deny' } });
  const world = situation([held('n1'), node('n2')], { config });
  expect(explainDenial(evaluate(creation(job(HIDDEN)), world), { now: NOW, nodeIndex: world.nodeIndex })).toBe(
    `scan: ${NOT_READ} does not run in the cluster while node n1 is in maintenance. Node n1: in maintenance (drain) since ` +
      '2026-01-06T07:46:00Z, no end announced, by ana "new disk". ' +
      'Put its script into a ConfigMap or an image, or start it after kubectl maint off n1',
  );
});
