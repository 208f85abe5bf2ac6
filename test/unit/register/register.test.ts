import { describe, expect, test } from 'vitest';
import { nodeFromObject, NodeTable, RECORD_ANNOTATION, type NodeFacts } from '../../../shared/index.ts';
import {
  MAX_BYTES,
  MAX_LISTED,
  MAX_TAINTS,
  registeredNodes,
  registerOf,
  EMPTY_REGISTER,
} from '../../../shared/register/register.ts';

interface Shape {
  readonly labels?: object;
  readonly taints?: readonly object[];
  readonly exceptions?: readonly object[];
  /** The annotation as it is; undefined: a record of ana's. */
  readonly annotation?: string;
}

function recordOf(exceptions: readonly object[] = []): string {
  return JSON.stringify({
    version: 1,
    claims: [
      { owner: 'ana', mode: 'drain', reason: 'new disk', since: '2026-01-05T22:10:00Z', until: '2026-01-06T06:00:00Z' },
    ],
    before: { cordoned: false },
    exceptions,
    initiatedAt: '2026-01-05T22:10:00Z',
  });
}

function held(name: string, { labels, taints, exceptions, annotation = recordOf(exceptions) }: Shape = {}): NodeFacts {
  const metadata = { name, labels, annotations: { [RECORD_ANNOTATION]: annotation } };
  const facts = nodeFromObject({ metadata, spec: { taints } });
  if (facts === undefined) throw new Error('no node');
  return facts;
}

const exception = (until: string, ...rules: readonly string[]) => ({ rules, until, by: 'ana', reason: 'last' });
const WHY = 'in maintenance (drain) since 2026-01-05T22:10:00Z, until 2026-01-06T06:00:00Z, by ana "new disk"';

describe('a node in maintenance', () => {
  test('is listed with whose it is, why and until when', () => {
    expect(registerOf([held('n1')])).toEqual({ nodes: { n1: { why: WHY } }, hostnames: {}, unlisted: 0 });
  });

  test.each(['', 'true', '{}', '"', '{"version":2}'])(
    'counts by the annotation, whatever it holds: %j',
    (annotation) => {
      expect(registerOf([held('n1', { annotation })]).nodes).toEqual({
        n1: { why: 'in maintenance, its record cannot be read' },
      });
    },
  );

  test('is known by its hostname, where that is not its name', () => {
    const labels = (host: string) => ({ labels: { 'kubernetes.io/hostname': host } });
    expect(registerOf([held('n1', labels('ip-1')), held('n2', labels('n2'))]).hostnames).toEqual({ 'ip-1': 'n1' });
  });

  test('has of each rule the exception that ends last, over or not; the floor knows two of them', () => {
    const exceptions = [
      exception('2026-01-05T23:00:00+01:00', 'backup', 'addon'),
      exception('2026-01-05T22:30:00Z', 'backup', 'scan'),
      exception('2000-01-01T00:00:00Z', 'scan'),
    ];
    expect(registerOf([held('n1', { exceptions })]).nodes['n1']?.exceptions).toEqual({
      backup: '2026-01-05T22:30:00.000Z',
      scan: '2026-01-05T22:30:00.000Z',
    });
  });

  test('an end that no clock knows is the last one that every clock does', () => {
    const exceptions = [exception('9999-12-31T23:59:59-12:00', 'scan')];
    expect(registerOf([held('n1', { exceptions })]).nodes['n1']?.exceptions).toEqual({
      scan: '9999-12-31T23:59:59.000Z',
    });
  });

  test('an end before all time is one that is over', () => {
    const exceptions = [exception('0000-01-01T00:00:00+01:00', 'scan')];
    expect(registerOf([held('n1', { exceptions })]).nodes['n1']?.exceptions).toEqual({
      scan: '1970-01-01T00:00:00.000Z',
    });
  });

  test('has the taints that last and keep pods off', () => {
    const lasting = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
    const taints = [
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
      { key: 'soft', effect: 'PreferNoSchedule' },
      lasting,
    ];
    expect(registerOf([held('n1', { taints })]).nodes['n1']?.taints).toEqual([lasting]);
  });

  test('of taints that are too many the rest is one that only who tolerates everything tolerates', () => {
    const taints = Array.from({ length: MAX_TAINTS + 1 }, (_, index) => ({ key: `k${index}`, effect: 'NoExecute' }));
    const listed = registerOf([held('n1', { taints })]).nodes['n1']?.taints ?? [];
    expect(listed).toHaveLength(MAX_TAINTS + 1);
    expect(listed.at(-1)).toEqual({ key: 'kubectl-maint.io/more', value: '', effect: 'NoExecute' });
  });
});

test('it is bounded: so many nodes, and what is beyond is counted', () => {
  const many = Array.from({ length: MAX_LISTED + 7 }, (_, index) => held(`n${index}`, { annotation: '' }));
  const { nodes, unlisted } = registerOf(many);
  expect([Object.keys(nodes).length, unlisted]).toEqual([MAX_LISTED, 7]);
});

test('where lines are too long together, all of them go before a node does', () => {
  const named = (length: number) =>
    Array.from({ length: MAX_LISTED }, (_, index) => held(`${String(index).padStart(5, '0')}${'x'.repeat(length)}`));
  const withoutLines = registerOf(named(100));
  expect(withoutLines.unlisted).toBe(0);
  expect(Object.values(withoutLines.nodes).filter(({ why }) => why !== undefined)).toEqual([]);
  const cut = registerOf(named(248));
  expect(JSON.stringify(cut).length).toBeLessThanOrEqual(MAX_BYTES);
  expect(cut.unlisted).toBeGreaterThan(0);
  expect(Object.keys(cut.nodes).length + cut.unlisted).toBe(MAX_LISTED);
});

test('what it lists is read back, and nothing from what is no register', () => {
  const table = new NodeTable([held('b'), held('a')]);
  expect([...registeredNodes({ spec: registerOf(table.held) })]).toEqual(['a', 'b']);
  expect([...registeredNodes({ spec: EMPTY_REGISTER })]).toEqual([]);
  expect([...registeredNodes({ spec: { nodes: ['x'] } })]).toEqual([]);
});
