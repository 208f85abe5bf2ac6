/**
 * Silences of nodes in maintenance through the real API server's proxy, made at a stand-in of Alertmanager. The real one is
 * asked by test/neighbours/alertmanager.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { ALERTMANAGER, endOf, serveAlertmanager, silencesAt } from '../../support/alertmanager.ts';
import type { Arrived } from '../../support/fault-proxy.ts';
import { killedAt } from '../../support/killed-at.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { silenceStandIn, type SilenceStandIn } from '../../support/silence-stand-in.ts';
import { until } from '../../support/until.ts';
import { FREE, maintenanceOf, Workloads } from '../../support/workloads.ts';

const NODES = ['kill-before', 'kill-after', 'whole', 'kept', 'run', 'ended', 'down', 'rights', 'address'];

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let folder: string;
let alertmanager: SilenceStandIn;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubectl-maint-silences-'));
  alertmanager = await silenceStandIn();
  plane = await startControlPlane({
    nodes: NODES.map((name) => ({ name })),
    users: [
      { name: 'ana', groups: ['system:masters'] },
      { name: 'cleo', groups: [] },
    ],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  await serveAlertmanager(plane, world, alertmanager.port);
  // Whoever may everything with nodes, and may look at everything that is an object.
  await world.grant('cleo', [
    { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['*'] },
    { apiGroups: [''], resources: ['services', 'pods'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['pods/eviction', 'events'], verbs: ['create'] },
    { apiGroups: ['kubectl-maint.io'], resources: ['maintenances'], verbs: ['set'] },
  ]);
}, 120_000);

afterAll(async () => {
  await plane.stop();
  await alertmanager[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const OFF = ['--owner=ana', '--skip-health-check', '--trust-hook-records'];

/** A file with one silence of the node's own label, which lasts for so long. */
async function hookFile(node: string, length: string, label = node): Promise<string> {
  const path = join(folder, `${node}.json`);
  const steps = [
    { name: 'quiet', silence: { matchers: [{ name: label, value: '$(NODE)' }], for: length }, onFailure: 'warn' },
  ];
  const hooks = [{ name: 'alerts', at: 'before-drain', steps }];
  await writeFile(path, JSON.stringify({ apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenanceHooks', hooks }));
  return path;
}

/** A command that has to end well. */
async function well(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const ran = await plugin.maint(args);
  expect(`${ran.code ?? ''} ${ran.stderr}`).toMatch(/^0 /);
  return ran;
}

const recordOf = async (node: string): Promise<string | undefined> =>
  textAt(await world.node(node), 'metadata', 'annotations', 'kubectl-maint.io/hooks');

describe('killed at every write, on the way in and on the way back', () => {
  /** What changes a node or a silence; dry runs, Events, conditions and questions about rights change none. */
  const isWrite = ({ method, path }: Arrived): boolean =>
    path.includes('/proxy/')
      ? method !== 'GET'
      : method === 'PATCH' && !path.includes('dryRun=') && !path.includes('/status?');

  test.concurrent.each(['before', 'after'] as const)(
    '%s it is done: after off no silence is left',
    // Some ten writes, and six commands of a second and more for each.
    { timeout: 500_000 },
    async (when) => {
      const node = `kill-${when}`;
      const label = `label_${when}`;
      const takes = ['on', node, '--owner=ana', '--hooks', await hookFile(node, '1h', label)];
      const returns = ['off', node, ...OFF];
      const isSilent = async (): Promise<boolean> => (await silencesAt(alertmanager.url)).has(label);
      const isHeld = async (): Promise<boolean> => maintenanceOf(await world.node(node)).record !== undefined;
      let kills = 0;
      for (let write = 1; ; write += 1) {
        // Killed on the way in, and brought back from there.
        const isIn = (await killedAt(takes, { write, when, isWrite }, plane)) === 'killed';
        if (await isHeld()) await well(returns);
        expect(await isSilent()).toBe(false);
        expect(await recordOf(node)).toBeUndefined();
        // Killed on the way in, gone on with, and killed on the way back.
        await killedAt(takes, { write, when, isWrite }, plane);
        const before = alertmanager.made(label);
        const wasSilent = await isSilent();
        await well(takes);
        expect(await isSilent()).toBe(true);
        if (wasSilent) expect(alertmanager.made(label)).toBe(before);
        const isOut = (await killedAt(returns, { write, when, isWrite }, plane)) === 'killed';
        if (await isHeld()) await well(returns);
        expect(await isSilent()).toBe(false);
        expect(await recordOf(node)).toBeUndefined();
        kills += Number(isIn) + Number(isOut);
        if (!isIn && !isOut) break;
      }
      expect(kills).toBeGreaterThan(8);
    },
  );
});

test('three labels, until the announced end, and with who and why; the plan and status say so', async () => {
  const plan = await well(['on', 'whole', '--prepare=alertmanager', '--dry-run']);
  expect(plan.stderr).toContain(
    `  before-drain alertmanager/node: silences node="whole", alertname!~"KubectlMaint.*" at ${ALERTMANAGER}; it is expired on return\n`,
  );
  const args = ['on', 'whole', '--owner=ana', '--reason=disk', '--prepare=alertmanager'];
  await well([...args, '--for=3h']);
  const first = await silencesAt(alertmanager.url);
  expect(first.get('node')).toMatchObject({ createdBy: 'ana' });
  expect(textAt(first.get('node'), 'comment')).toMatch(
    /^node whole is in maintenance: disk \(kubectl-maint [0-9a-f]{8}\)$/,
  );
  expect(first.get('instance')).toMatchObject({ matchers: [{ value: 'whole(:[0-9]+)?', isRegex: true }, {}] });
  for (const label of ['node', 'instance', 'nodename'])
    expect(endOf(first.get(label)) - Date.now(), label).toBeGreaterThan(2.9 * 3_600_000);
  const status = await well(['status', 'whole', '-o', 'json']);
  expect(JSON.parse(status.stdout)).toMatchObject({
    items: [{ hooks: [{ hook: 'alertmanager', step: 'node', done: true }, {}, {}] }],
  });
  expect((await well(['status', 'whole'])).stdout).toContain(
    `alertmanager/node: the silence node="whole" at ${ALERTMANAGER} is expired`,
  );
  // The same command again, with another end: the same silences last longer.
  const made = alertmanager.made('node');
  await well([...args, '--for=5h']);
  const again = await silencesAt(alertmanager.url);
  expect(endOf(again.get('node')) - Date.now()).toBeGreaterThan(4.9 * 3_600_000);
  expect(textAt(again.get('node'), 'id')).toBe(textAt(first.get('node'), 'id'));
  expect(alertmanager.made('node')).toBe(made);
  expect((await well(args)).stderr).toContain('hook alertmanager/node has nothing to do');
  expect((await well(['off', 'whole', ...OFF])).stdout).toContain('node/whole hook alertmanager/node undone\n');
  for (const label of ['node', 'instance', 'nodename'])
    expect((await silencesAt(alertmanager.url)).has(label)).toBe(false);
});

test('a silence is extended while a drain goes on, and ends by itself when nobody extends it', async () => {
  const namespace = await world.namespace('kept');
  await world.deployment('web', { namespace, node: 'kept' }, 1);
  await world.budget('web', namespace, 'web', 1);
  const running = await plugin.start(['on', 'kept', '--owner=ana', '--hooks', await hookFile('kept', '8s')]);
  const now = async (): Promise<unknown> => (await silencesAt(alertmanager.url)).get('kept');
  await until('it is silent', async () => (await now()) !== undefined);
  const first = await now();
  await until('it is extended', async () => endOf(await now()) > endOf(first));
  expect(textAt(await now(), 'id')).toBe(textAt(first, 'id'));
  running.signal('SIGKILL');
  await running.ended;
  await until('it has ended by itself', async () => (await now()) === undefined);
  // Whoever goes on makes a new one.
  const again = await plugin.start(['on', 'kept', '--owner=ana', '--hooks', await hookFile('kept', '8s')]);
  await until('it is silent again', async () => (await now()) !== undefined);
  again.signal('SIGINT');
  await again.ended;
  await well(['off', 'kept', ...OFF]);
  expect(await now()).toBeUndefined();
});

test('a silence is extended while the command of a run goes on', async () => {
  const marker = join(folder, 'go-on');
  const script = 'until [ -e "$1" ]; do sleep 0.1; done';
  const file = await hookFile('run', '8s');
  const args = ['run', 'run', '--owner=ana', '--hooks', file, ...OFF.slice(1), '--', 'sh', '-c', script, 'sh', marker];
  const running = await plugin.start(args);
  const now = async (): Promise<unknown> => (await silencesAt(alertmanager.url)).get('run');
  await until('it is silent, and the node drained', async () => {
    const { label } = maintenanceOf(await world.node('run'));
    return label === 'complete' && (await now()) !== undefined;
  });
  const first = await now();
  await until('it is extended', async () => endOf(await now()) > endOf(first));
  await writeFile(marker, '');
  const ran = await running.ended;
  expect(`${ran.code ?? ''} ${ran.stderr}`).toMatch(/^0 /);
  expect(await now()).toBeUndefined();
});

test('one that a person has ended stays so, and it is said; off has nothing to undo', async () => {
  const namespace = await world.namespace('ended');
  await world.deployment('web', { namespace, node: 'ended' }, 1);
  await world.budget('web', namespace, 'web', 1);
  const running = await plugin.start(['on', 'ended', '--owner=ana', '--hooks', await hookFile('ended', '8s')]);
  const now = async (): Promise<unknown> => (await silencesAt(alertmanager.url)).get('ended');
  await until('it is silent', async () => (await now()) !== undefined);
  await fetch(`${alertmanager.url}/api/v2/silence/${textAt(await now(), 'id') ?? ''}`, { method: 'DELETE' });
  await until('it is told', () =>
    running.said().includes(`its silence at ${ALERTMANAGER} has ended before the maintenance, and stays so`),
  );
  expect(await now()).toBeUndefined();
  running.signal('SIGINT');
  await running.ended;
  expect((await well(['off', 'ended', ...OFF])).stderr).toContain(
    `hook alerts/quiet has nothing to undo: the silence at ${ALERTMANAGER} has ended already`,
  );
});

test('an Alertmanager that is down keeps no node from its maintenance, nor from its return', async () => {
  const args = ['on', 'down', '--owner=ana', '--prepare=alertmanager'];
  alertmanager.isDown = true;
  const ran = await well(args);
  expect(ran.stderr).toContain(
    `hook alertmanager/node failed: GET ${ALERTMANAGER}/api/v2/silences was answered with status 503: down`,
  );
  alertmanager.isDown = false;
  await well(args);
  alertmanager.isDown = true;
  const back = await well(['off', 'down', ...OFF]);
  expect(back.stderr).toContain('hook alertmanager/node failed: it could not be undone');
  expect(maintenanceOf(await world.node('down'))).toEqual(FREE);
  expect((await plugin.maint(['status'])).stderr).toContain('node down is out of maintenance, and not undone there');
  alertmanager.isDown = false;
  expect((await well(['off', 'down', ...OFF])).stdout).toContain('node/down hook alertmanager/node undone\n');
  expect((await silencesAt(alertmanager.url)).has('node')).toBe(false);
});

test('without the right to its proxy nothing is begun; with it, for that one name, all is done', async () => {
  const args = ['on', 'rights', '--owner=cleo', '--prepare=alertmanager'];
  const refused = await plugin.maint(args, { user: 'cleo' });
  expect(refused.code).toBe(4);
  for (const verb of ['get', 'create', 'delete'])
    expect(refused.stderr).toContain(
      `you may not ${verb} services/proxy/alertmanager-operated:9093 in namespace monitoring`,
    );
  expect(maintenanceOf(await world.node('rights'))).toEqual(FREE);
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/monitoring';
  const [apiGroup, name] = ['rbac.authorization.k8s.io', 'silences'];
  await world.create(`${rbac}/roles`, {
    metadata: { name },
    rules: [
      {
        apiGroups: [''],
        resources: ['services/proxy'],
        resourceNames: ['alertmanager-operated:9093'],
        verbs: ['get', 'create', 'delete'],
      },
    ],
  });
  await world.create(`${rbac}/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup, kind: 'Role', name },
    subjects: [{ apiGroup, kind: 'User', name: 'cleo' }],
  });
  const ran = await plugin.maint(args, { user: 'cleo' });
  expect(`${ran.code ?? ''} ${ran.stderr}`).toMatch(/^0 /);
  expect((await silencesAt(alertmanager.url)).get('node')).toMatchObject({ createdBy: 'cleo' });
  const back = await plugin.maint(['off', 'rights', '--owner=cleo', ...OFF.slice(1)], { user: 'cleo' });
  expect(back.stdout).toContain('node/rights hook alertmanager/node undone\n');
});

test('its place may be named, as an address of its own as well; otherwise there has to be one', async () => {
  const named = `--prepare=alertmanager=${alertmanager.url}`;
  const { stderr } = await well(['on', 'address', '--owner=ana', named]);
  expect(stderr).not.toContain('failed');
  expect((await silencesAt(alertmanager.url)).has('node')).toBe(true);
  await well(['off', 'address', ...OFF]);
  expect((await silencesAt(alertmanager.url)).has('node')).toBe(false);
  await world.create('/api/v1/namespaces/monitoring/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'second', labels: { 'operated-alertmanager': 'true' } },
    spec: { ports: [{ name: 'web', port: 9093 }] },
  });
  const ran = await plugin.maint(['on', 'address', '--owner=ana', '--prepare=alertmanager']);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(
    `which is the Service of Alertmanager? ${ALERTMANAGER} and monitoring/second:9093 have the label operated-alertmanager=true`,
  );
  await world.remove('/api/v1/namespaces/monitoring/services/second');
  const other = await plugin.maint(['on', 'address', '--prepare=alertmanager=http://ana:secret@am.example']);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('must be NAMESPACE/SERVICE:PORT, or an address');
  expect(maintenanceOf(await world.node('address'))).toEqual(FREE);
});
