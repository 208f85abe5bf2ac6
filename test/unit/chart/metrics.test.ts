/** The chart's alerts and dashboard against the metrics that webhook and controller really have. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_POLICY, listAt, NodeTable, nodeFromObject, RECORD_ANNOTATION, textAt } from '../../../shared/index.ts';
import { controllerMetrics, type ControllerMetricsPorts } from '../../../webhook/controller/metrics.ts';
import { createMetrics } from '../../../webhook/metrics.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

function heldNode(name: string, until: string | undefined): object {
  const claims = [{ owner: 'ana', mode: 'drain', since: '2026-03-01T08:00:00Z', until }];
  const record = {
    version: 1,
    claims,
    before: { cordoned: false },
    exceptions: [],
    initiatedAt: '2026-03-01T08:00:00Z',
  };
  return { metadata: { name, annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) } } };
}

function metricsOf(nodes: readonly object[]): Promise<string> {
  const table = new NodeTable(nodes.map(nodeFromObject).filter((node) => node !== undefined));
  const certificate = { certificate: '', key: '', notBefore: 0, notAfter: 0 };
  const gauged = {
    nodes: { size: nodes.length, nodeIndex: table, interruptions: 0, age: () => 0 },
    certificates: { current: () => certificate, signerNotAfter: () => undefined },
    config: DEFAULT_POLICY,
    inFlight: () => 0,
    now: () => NOW,
  };
  return createMetrics(gauged).render();
}

test('nodes are overdue once the end that their claims announce has passed', async () => {
  const text = await metricsOf([
    heldNode('late', '2026-03-01T11:59:59Z'),
    heldNode('early', '2026-03-01T12:00:01Z'),
    heldNode('open', undefined),
    { metadata: { name: 'unreadable', annotations: { [RECORD_ANNOTATION]: '{' } } },
    { metadata: { name: 'free' } },
  ]);
  expect(text).toMatch(/^maint_webhook_nodes_in_maintenance 4$/m);
  expect(text).toMatch(/^maint_webhook_nodes_overdue 1$/m);
});

test('which nodes keep scans off the cluster, and since when, is told of the longest ten', async () => {
  const text = await metricsOf([heldNode('late', '2026-03-01T11:00:00Z'), heldNode('open', undefined)]);
  expect(text).toMatch(/^maint_webhook_scans_kept_off_seconds{node="late"} 14400$/m);
  expect(text).toMatch(/^maint_webhook_scans_kept_off_seconds{node="open"} 14400$/m);
  expect(text).toMatch(/^maint_webhook_overdue_seconds{node="late"} 3600$/m);
  expect(text).not.toContain('overdue_seconds{node="open"}');
  const many = await metricsOf(Array.from({ length: 40 }, (_, index) => heldNode(`n${index}`, undefined)));
  expect(many.match(/^maint_webhook_scans_kept_off_seconds{/gm)).toHaveLength(10);
});

function controlled(registration?: ReturnType<ControllerMetricsPorts['registration']>): Promise<string> {
  const maintenances = { deletedInMaintenance: 0 };
  return controllerMetrics({ leads: () => true, registration: () => registration, maintenances }).render();
}

test('that nobody is asked about a node in maintenance is told', async () => {
  const registration = { missing: false, unarmed: true, drifts: new Map([['entry', 2]] as const) };
  expect(await controlled(registration)).toMatch(/^maint_controller_registration_unarmed 1$/m);
  expect(await controlled(registration)).toMatch(/^maint_controller_registration_repairs_total{drift="entry"} 2$/m);
  expect(await controlled()).toMatch(/^maint_controller_registration_unarmed 0$/m);
});

describe('what is asked of Prometheus', () => {
  /** Of the API server (k8s apiserver pkg/admission/metrics). */
  const API_SERVER = [
    'apiserver_admission_webhook_admission_duration_seconds_bucket',
    'apiserver_admission_webhook_fail_open_count',
    'apiserver_admission_webhook_rejection_count',
  ];

  test.each([
    ['alerts', 'alerts.yaml', 13],
    ['the dashboard', 'dashboard.json', 14],
  ])('%s ask for metrics that exist', async (_, file, count) => {
    const source: unknown = parse(await readFile(`charts/kubectl-maint/files/${file}`, 'utf8'));
    const expressions = [
      ...listAt(source, 'groups').flatMap((group) => listAt(group, 'rules')),
      ...listAt(source, 'panels').flatMap((panel) => listAt(panel, 'targets')),
    ].map((one) => textAt(one, 'expr') ?? '');
    expect(expressions).toHaveLength(count);
    const known = [...`${await metricsOf([])}${await controlled()}`.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(
      ([, name = '', type]) => (type === 'histogram' ? [`${name}_bucket`] : [name]),
    );
    const asked = expressions.flatMap((text) => {
      const names = text.match(/\b(?:maint_webhook|maint_controller|apiserver)_\w+/g) ?? [];
      expect(names, text).not.toEqual([]);
      return names;
    });
    expect(asked.filter((name) => ![...known, ...API_SERVER].includes(name))).toEqual([]);
  });

  test('alerts say what is wrong and what to do, with a severity', async () => {
    const source: unknown = parse(await readFile('charts/kubectl-maint/files/alerts.yaml', 'utf8'));
    for (const rule of listAt(source, 'groups').flatMap((group) => listAt(group, 'rules'))) {
      const name = textAt(rule, 'alert') ?? '';
      expect(textAt(rule, 'labels', 'severity'), name).toMatch(/^(warning|critical)$/);
      expect(textAt(rule, 'annotations', 'summary'), name).toMatch(/\.$/);
      expect(textAt(rule, 'annotations', 'description'), name).toMatch(/\.$/);
    }
  });
});
