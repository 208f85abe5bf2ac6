/** Silences of a node in maintenance at Alertmanager's own API, through the API server's proxy: docs/hooks.md. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSilence, expireSilence, extendSilence, silencesWith } from '../../../plugin/hooks/steps/alertmanager.ts';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { endOf, serveAlertmanager, silencesAt } from '../../support/alertmanager.ts';
import { killedAt } from '../../support/killed-at.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { ownAddress } from '../../support/service-endpoints.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';
import { programOf, startNeighbour, type NeighbourProcess } from '../process.ts';

const NODE = 'node-1';
const TAKES = ['on', NODE, '--owner=ana', '--reason=disk', '--prepare=alertmanager'];
const RETURNS = ['off', NODE, '--owner=ana', '--skip-health-check', '--trust-hook-records'];

let plane: ControlPlane;
let plugin: PluginRunner;
let alertmanager: NeighbourProcess;
let url: string;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: 2 });
  plugin = pluginRunner(plane);
  alertmanager = startNeighbour(plane, programOf('alertmanager', 'silences'), {
    as: 'alertmanager',
    args: [`${ownAddress()}:0`],
  });
  const said = /^listening on (\S+):(\d+)$/m;
  await until('Alertmanager listens', async () => said.test(await alertmanager.said()));
  const [, host = '', port = ''] = said.exec(await alertmanager.said()) ?? [];
  url = `http://${host}:${port}`;
  await serveAlertmanager(plane, new Workloads(plane), Number(port));
}, 120_000);

afterAll(async () => {
  await alertmanager.end();
  await plane.stop();
});

/** Alerts of a node in the ways in which exporters name it, one of another node, and one of ours. */
const ALERTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  KubeNodeNotReady: { node: NODE },
  NodeFilesystemSpaceFillingUp: { instance: `${NODE}:9100` },
  NodeClockSkew: { nodename: NODE },
  OfAnother: { instance: `${NODE}1:9100`, node: 'node-2' },
  KubectlMaintNoScans: { node: NODE },
};

async function fireAlerts(): Promise<void> {
  const alerts = Object.entries(ALERTS).map(([alertname, labels]) => ({ labels: { alertname, ...labels } }));
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) });
  expect(answer.status).toBe(200);
}

/** The names of the alerts that nobody hears of. */
async function silenced(): Promise<readonly string[]> {
  const all: unknown = await (await fetch(`${url}/api/v2/alerts`)).json();
  expect(listAt(all)).toHaveLength(Object.keys(ALERTS).length);
  return listAt(all)
    .filter((alert) => textAt(alert, 'status', 'state') === 'suppressed')
    .map((alert) => textAt(alert, 'labels', 'alertname') ?? '')
    .sort();
}

const OF_THE_NODE = ['KubeNodeNotReady', 'NodeClockSkew', 'NodeFilesystemSpaceFillingUp'];

test('alerts of the node are silent while it is in maintenance, those of others and ours are not', async () => {
  await fireAlerts();
  expect(await silenced()).toEqual([]);
  const ran = await plugin.maint([...TAKES, '--for=2h']);
  expect(ran.stdout, ran.stderr).toContain(`node/${NODE} hook alertmanager/nodename done\n`);
  expect(await silenced()).toEqual(OF_THE_NODE);
  const first = await silencesAt(url);
  expect(first.get('node')).toMatchObject({ createdBy: 'ana' });
  expect(endOf(first.get('node')) - Date.now()).toBeGreaterThan(1.9 * 3_600_000);
  // Extended under the ids that they have.
  await plugin.maint([...TAKES, '--for=4h']);
  const again = await silencesAt(url);
  for (const label of ['node', 'instance', 'nodename']) {
    expect(textAt(again.get(label), 'id')).toBe(textAt(first.get(label), 'id'));
    expect(endOf(again.get(label)) - Date.now()).toBeGreaterThan(3.9 * 3_600_000);
  }
  const back = await plugin.maint(RETURNS);
  expect(back.stdout, back.stderr).toContain(`node/${NODE} hook alertmanager/node undone\n`);
  expect(await silenced()).toEqual([]);
  expect((await silencesAt(url)).size).toBe(0);
});

test('killed right after a silence was made, before the node says so: it is found again, and ended', async () => {
  const isSilence = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
    method === 'POST' && path.includes('/proxy/api/v2/silences');
  expect(await killedAt(TAKES, { write: 1, when: 'after', isWrite: isSilence }, plane)).toBe('killed');
  const made = await silencesAt(url);
  expect([...made.keys()]).toEqual(['node']);
  // Going on makes no second one.
  expect((await plugin.maint(TAKES)).stdout).toContain(`node/${NODE} hook alertmanager/nodename done\n`);
  expect(textAt((await silencesAt(url)).get('node'), 'id')).toBe(textAt(made.get('node'), 'id'));
  expect(await silenced()).toEqual(OF_THE_NODE);
  const back = await plugin.maint(RETURNS);
  expect(back.code, back.stderr).toBe(0);
  expect((await silencesAt(url)).size).toBe(0);
  expect(await silenced()).toEqual([]);
});

test('one that somebody ends at the moment at which it is extended stays ended', async () => {
  const ports = {
    cluster: { send: () => Promise.reject(new Error('it has an address')) },
    signal: AbortSignal.timeout(10_000),
  };
  const matchers = [{ name: 'node', value: NODE, isRegex: false, isEqual: true }];
  const inAnHour = Date.now() + 3_600_000;
  await createSilence(url, { matchers, createdBy: 'ana', comment: 'of a test (here)' }, inAnHour, ports);
  const [seen] = await silencesWith({ server: url, filter: `node="${NODE}"`, marker: '(here)' }, ports);
  if (seen === undefined) throw new Error('it was not found');
  expect(await silencesWith({ server: url, filter: 'node="node-2"', marker: '(here)' }, ports)).toEqual([]);
  await expireSilence(url, seen, ports);
  await extendSilence(url, seen, inAnHour, ports);
  expect((await silencesAt(url)).size).toBe(0);
  expect(await expireSilence(url, seen, ports)).toBe(true);
  expect(await expireSilence(url, { id: crypto.randomUUID() }, ports)).toBe(false);
});
