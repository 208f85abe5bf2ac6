import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeTable } from '../../../shared/facts/node-table.ts';
import type { NodeFacts } from '../../../shared/facts/node.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import {
  explainAfter,
  explainBriefly,
  explainNode,
  explainDenial,
  explainRight,
  explainWarnings,
  MAX_MESSAGE,
  MAX_WARNING,
} from '../../../shared/policy/explain.ts';
import type { Finding, Verdict } from '../../../shared/policy/verdict.ts';
import { creation, held, node, NOW, RECORD, SINCE, situation, volumeBackup } from './world.ts';

function verdictOf(...findings: readonly Partial<Finding>[]): Verdict {
  const full = findings.map((finding) => ({
    rule: 'backup' as const,
    decision: 'deny' as const,
    reason: 'NodeInMaintenance' as const,
    detail: 'it is for node n1',
    nodes: ['n1'],
    ...finding,
  }));
  return {
    decision: 'deny',
    work: 'backup',
    tool: 'velero',
    confidence: 'certain',
    afterDenial: undefined,
    nodes: [],
    findings: full,
    needs: [],
  };
}

function explained(nodes: readonly NodeFacts[], verdict = verdictOf({})): string {
  return explainDenial(verdict, { now: NOW, nodeIndex: new NodeTable(nodes) });
}

test('a denial says node, why, since when, until when, by whom and what to do, as one line', () => {
  const nodes = [
    held('n1', {
      record: {
        claims: [{ owner: 'ana', mode: 'drain', reason: 'new disk', since: SINCE, until: '2026-01-06T10:00:00Z' }],
      },
    }),
  ];
  const verdict = evaluate(creation(volumeBackup('n1')), situation(nodes));
  expect(explained(nodes, verdict)).toBe(
    'backup: backup or restore of a ZFS volume is for node n1, which is in maintenance. ' +
      'Node n1: in maintenance (drain) since 2026-01-06T07:46:00Z, until 2026-01-06T10:00:00Z, by ana "new disk". ' +
      'Do it again after kubectl maint off n1',
  );
});

describe('the maintenance of a node', () => {
  const claim = RECORD.claims[0] ?? { owner: 'ana', mode: 'drain', since: SINCE };
  test.each<[what: string, node: NodeFacts, text: string]>([
    [
      'without an end',
      held('n1'),
      'Node n1: in maintenance (drain) since 2026-01-06T07:46:00Z, no end announced, by ana "new disk". ',
    ],
    [
      'overdue',
      held('n1', { record: { claims: [{ ...claim, until: '2026-01-06T07:50:00Z' }] } }),
      ', overdue since 2026-01-06T07:50:00Z, by',
    ],
    [
      'without a reason',
      held('n1', { record: { claims: [{ owner: 'ben', mode: 'cordon', since: SINCE }] } }),
      '(cordon) since 2026-01-06T07:46:00Z, no end announced, by ben. ',
    ],
    [
      'of two owners',
      held('n1', { record: { claims: [claim, { ...claim, owner: 'ben', reason: 'kernel' }] } }),
      'by ana "new disk", by ben "kernel". ',
    ],
    ['with an unreadable record', held('n1', { record: 'x' }), 'Node n1: in maintenance, its record cannot be read. '],
  ])('%s', (_what, facts, text) => {
    expect(explained([facts])).toContain(text);
  });

  test('is left out where it has ended meanwhile, or the node is gone', () => {
    expect(explained([node('n1')])).toBe('backup: it is for node n1. Do it again after kubectl maint off n1');
    expect(explained([])).toBe('backup: it is for node n1. Do it again after kubectl maint off n1');
  });

  test('is described for three nodes', () => {
    const names = ['n1', 'n2', 'n3', 'n4'];
    const text = explained(
      names.map((name) => held(name, { record: 'x' })),
      verdictOf({ nodes: names }),
    );
    expect(text).toContain('Node n3: ');
    expect(text).not.toContain('Node n4: ');
    expect(text).toMatch(/Do it again after the maintenance ends$/);
  });
});

describe('what to do', () => {
  test.each<[verdict: Verdict, afterDenial: Verdict['afterDenial'], text: RegExp]>([
    [verdictOf({}), 'retried', /It is tried again by itself, and runs after kubectl maint off n1$/],
    [
      verdictOf({}),
      'resumed',
      /The latest run is made up for by itself after kubectl maint off n1, earlier ones are lost$/,
    ],
    [verdictOf({}), 'lost', /This run is lost: start it again after kubectl maint off n1$/],
    [verdictOf({}), 'failed', /Do it again after kubectl maint off n1$/],
    [
      verdictOf({ rule: 'addon', reason: 'RolloutHeld' }),
      undefined,
      /It goes on by itself after kubectl maint off n1$/,
    ],
    [
      verdictOf({ rule: 'node-guard', reason: 'NotYours' }),
      undefined,
      /Take nodes into maintenance with kubectl maint on, and back with kubectl maint off$/,
    ],
    [verdictOf({ rule: 'node-guard', reason: 'UnreadableRecord' }), undefined, /Write it with kubectl maint on$/],
    [
      verdictOf({ rule: 'node-guard', reason: 'LastNode' }),
      undefined,
      /To take it all the same: kubectl maint on --allow-last-node$/,
    ],
    [
      verdictOf({ rule: 'node-guard', reason: 'StaysCordoned' }),
      undefined,
      /It takes work again after kubectl maint off n1$/,
    ],
    [
      verdictOf({ rule: 'node-guard', reason: 'LastNode' }, { rule: 'node-guard', reason: 'NotYours' }),
      undefined,
      /and back with kubectl maint off$/,
    ],
    [verdictOf({ reason: 'Unknown', nodes: [] }), 'lost', /Try again when the API server answers$/],
    [verdictOf({ reason: 'Unknown', nodes: [] }, {}), 'lost', /start it again after kubectl maint off n1$/],
    [verdictOf({ nodes: [] }), undefined, /Do it again after the maintenance ends$/],
  ])('%#', (verdict, afterDenial, text) => {
    expect(explained([held('n1')], { ...verdict, afterDenial })).toMatch(text);
  });
});

describe('where only the name of the node is known', () => {
  test.each([
    ['retried', 'It is tried again by itself, and runs after the end'],
    ['failed', 'Do it again after the end'],
    ['lost', 'This run is lost: start it again after the end'],
  ] as const)('%s', (afterDenial, after) => {
    const [detail, told] = ['it is for node n1', explainNode('n1', undefined)];
    expect(explainBriefly({ rule: 'backup', detail, told, after: explainAfter(afterDenial, 'the end') })).toBe(
      `backup: it is for node n1. By whom, why and until when: kubectl maint status n1. ${after}`,
    );
  });

  test('and one line of its record, that is told', () => {
    expect(explainNode('n1', 'in maintenance, by ana')).toBe('Node n1: in maintenance, by ana');
  });

  test('a right that is missing is named', () => {
    expect(explainRight('ana', 'uncordon node n1')).toBe(
      'node-guard: ana may not uncordon node n1: that needs the verb set on maintenances.kubectl-maint.io, ' +
        'which the role kubectl-maint-operator has. ' +
        'Take nodes into maintenance with kubectl maint on, and back with kubectl maint off',
    );
  });
});

test('all denials stand in one message; warnings do not', () => {
  const text = explained([], verdictOf({}, { rule: 'scan', detail: 'second' }, { decision: 'warn', detail: 'third' }));
  expect(text).toMatch(/^backup: it is for node n1; scan: second\. /);
  expect(text).not.toContain('third');
});

test('warnings are short lines; a long one goes on in the next', () => {
  const verdict = verdictOf(
    {},
    { decision: 'warn', detail: 'a\nb' },
    { decision: 'warn', rule: 'addon', detail: 'x'.repeat(500) },
    { decision: 'allow' },
  );
  const warnings = explainWarnings(verdict);
  expect(warnings[0]).toBe('backup: a b');
  expect(warnings.slice(1).join('')).toBe(`addon:${'x'.repeat(500)}`);
  for (const warning of warnings) expect(warning.length).toBeLessThanOrEqual(MAX_WARNING);
});

test("the advice on a cloud's nodes is told whole, in short lines", () => {
  const names = ['ip-10-0-101-102', 'ip-10-0-101-103', 'ip-10-0-101-104'].map(
    (host) => `${host}.eu-central-1.compute.internal`,
  );
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { labels: { k8upjob: 'true' } },
    spec: { tolerations: [{ operator: 'Exists' }] },
  };
  const verdict = evaluate(creation(pod), situation([...names.map((name) => held(name)), node('free')]));
  const warnings = explainWarnings(verdict);
  expect(warnings.join(' ')).toContain('require kubectl-maint.io/maintenance DoesNotExist (node affinity)');
  for (const warning of warnings) expect(warning.length).toBeLessThanOrEqual(MAX_WARNING);
});

test('whatever stands in the record, a denial is printable, at most 1 kB, and says what to do', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2000 }),
    fc.constantFrom('\u001b[2J'.repeat(200), '\u202e'.repeat(500), '🚧'.repeat(500)),
  );
  const claims = fc.array(fc.record({ owner: text.map((owner) => `o${owner}`), reason: text }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, claims), { minLength: 1, maxLength: 5 }),
      fc.constantFrom('retried' as const, 'lost' as const, 'failed' as const),
      (sketches, afterDenial) => {
        const nodes = sketches.map(([name, owners]) =>
          held(`n${name}`, { record: { claims: owners.map((owner) => ({ ...owner, mode: 'drain', since: SINCE })) } }),
        );
        const names = nodes.map(({ name }) => name).sort();
        const details = names.map((name) => ({ detail: `for ${name}`, nodes: names }));
        const message = explained(nodes, { ...verdictOf(...details), afterDenial });
        expect(message.length).toBeLessThanOrEqual(MAX_MESSAGE);
        expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(message).toMatch(/\. (It is tried again|This run is lost|Do it again)/);
      },
    ),
    { numRuns: 50 },
  );
});
