/** `doctor` on a real API server: a replica behind its Service, the floor, Velero's API, a DaemonSet; then one thing after the other breaks. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VIEWER_GRANTS } from '../../../plugin/preflight/grants.ts';
import { CHECKS } from '../../../plugin/verbs/doctor/checks/registry.ts';
import { fieldsAt, listAt, RECORD_ANNOTATION, STATE_LABEL, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor, listedNodes } from '../../support/floor.ts';
import { like } from '../../support/like.ts';
import { type PluginRunner, pluginRunner, type RunOptions } from '../../support/plugin-run.ts';
import {
  DIALS_ENDPOINTS,
  installDeployments,
  installFence,
  installService,
  REGISTRATION_PATH,
  type Replica,
  startController,
  startReplica,
  type Controller,
} from '../../support/replicas.ts';
import { tryVolumeBackup, VELERO_CRD } from '../../support/velero.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const HELD = 'node-1';
const NODES = ['node-1', 'node-2', 'node-3'];

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let controller: Controller;
let replica: Replica;
let version: string;

beforeAll(async () => {
  version = textAt(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')), 'version') ?? '';
  plane = await startControlPlane({
    nodes: NODES.map((name) => ({ name, labels: { agents: 'yes' } })),
    apiServerArgs: DIALS_ENDPOINTS,
    users: [{ name: 'vera', groups: [] }],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  const crd = await plane.kubectl(['apply', '-f', VELERO_CRD]);
  expect(crd.stderr).toBe('');
  await installFloor(plane);
  await installService(plane);
  await installFence(plane);
  controller = await startController(plane, { failurePolicy: 'Ignore' });
  replica = await startReplica(plane, 'only');
  await installDeployments(plane);
  await world.namespace('agents');
  await world.daemonSet('agent', 'agents', 'agents', NODES.length);
});
afterAll(() => plane.stop());

/** What doctor says, as JSON, with a line for each item. */
async function doctor(options?: RunOptions): Promise<{ code: number | null; lines: string[]; stderr: string }> {
  const { code, stdout, stderr: told } = await plugin.maint(['doctor', '-o', 'json'], options);
  // Where the machine is busy it says what it waits for.
  const stderr = told.replaceAll(/^still asking: .*\n/gm, '');
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({ apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'DoctorReport' });
  const items = listAt(report, 'items');
  // Whatever is not as it should be says what to do.
  for (const item of items)
    expect(textAt(item, 'todo') === undefined).toBe(['ok', 'skipped'].includes(textAt(item, 'status') ?? ''));
  const lines = items.map((item) => ['status', 'check', 'message'].map((field) => textAt(item, field) ?? '').join(' '));
  return { code, lines, stderr };
}

const notOk = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('ok '));
const of = (check: string, lines: readonly string[]) => lines.filter((line) => line.split(' ')[1] === check);

/** Whether the API server refuses a Velero backup of the node. */
async function isArmed(): Promise<boolean> {
  const { body } = await tryVolumeBackup(plane, HELD);
  return textAt(body, 'message')?.includes('ValidatingAdmissionPolicy') === true;
}

/** Waits until the register lists these nodes, as the controller has heard of them. */
async function areListed(...nodes: readonly string[]): Promise<void> {
  await until(`${nodes.join()} are listed`, async () => (await listedNodes(plane))?.join() === nodes.join());
}

test('nothing is in maintenance: all is well, and it is said that nothing could be tried', async () => {
  const { code, lines, stderr } = await doctor();
  expect(notOk(lines)).toEqual(
    Object.entries({
      backup: 'kubectl maint on tries it by itself',
      scan: 'kubectl maint on tries it by itself',
      addon: 'run doctor again while one is',
      placement: 'run doctor again while one is',
    }).map(
      ([rule, when]) => `skipped canary-${rule} not tried: no node is in maintenance, so nothing is refused; ${when}`,
    ),
  );
  expect(of('canary-node-guard', lines)).toEqual([
    `ok canary-node-guard an unreadable record for node ${HELD} is denied by the webhook, in its own words`,
  ]);
  expect(code).toBe(0);
  expect(stderr).not.toContain('Warning');
});

describe('a node is in maintenance', () => {
  beforeAll(async () => {
    const on = await plugin.maint(['on', HELD, '--mode=cordon', '--owner', 'ops']);
    expect(on, on.stderr).toMatchObject({ code: 0 });
    await until('the floor has seen it', isArmed);
  });

  test('every check is fine: Velero, kube-bench and a DaemonSet are kept off, by webhook and by floor', async () => {
    const { code, lines } = await doctor();
    expect(notOk(lines)).toEqual([]);
    expect(lines).toEqual(
      expect.arrayContaining([
        `ok canary-backup a backup by affinity for node ${HELD} is denied by the webhook, in its own words`,
        `ok canary-backup a backup by name for node ${HELD} is denied by the floor, in its own words`,
        `ok canary-backup Velero's pod for a volume for node ${HELD} is denied by the floor, in its own words`,
        `ok canary-scan a script that runs kube-bench for node ${HELD} is denied by the webhook, in its own words`,
        `ok canary-scan a scan by label for node ${HELD} is denied by the floor, in its own words`,
        `ok canary-addon a change of DaemonSet agents/agent, which runs on node ${HELD}, is warned of by the webhook, in its own words`,
        `ok canary-placement an ordinary pod by name for node ${HELD} is warned of by the webhook, in its own words`,
        `ok records nodes: 3; in maintenance: ${HELD}`,
        'ok replicas 2 of 2 replicas of the webhook ready, on 2 nodes',
        `ok versions webhook, controller, chart and this plugin are ${version}`,
      ]),
    );
    expect(new Set(lines.map((line) => line.split(' ')[1]))).toEqual(new Set(CHECKS.map(({ id }) => id)));
    expect(code).toBe(0);
  });

  test('nothing is left behind: no canary exists, and no node has changed', async () => {
    const before = await world.node(HELD);
    await doctor();
    expect(textAt(await world.node(HELD), 'metadata', 'annotations', RECORD_ANNOTATION)).toBe(
      textAt(before, 'metadata', 'annotations', RECORD_ANNOTATION),
    );
    expect(listAt(await world.get('/api/v1/namespaces/default/pods'), 'items')).toEqual([]);
    expect(await world.events(HELD)).not.toEqual(expect.arrayContaining([like('WorkDenied')]));
  });

  test('a viewer sees everything but what the API server would ask of somebody who writes', async () => {
    const rules = VIEWER_GRANTS.map(({ group, resource, verbs, names }) => ({
      apiGroups: [group],
      resources: [resource],
      verbs,
      ...(names !== undefined && { resourceNames: names }),
    }));
    await world.grant('vera', rules);
    let said = await doctor({ user: 'vera' });
    await until('the role works', async () => {
      said = await doctor({ user: 'vera' });
      return of('records', said.lines)[0]?.startsWith('ok') === true;
    });
    expect(said.code).toBe(0);
    const tried = ['latency', 'canary-node-guard', 'canary-backup', 'canary-scan', 'canary-addon', 'canary-placement'];
    expect(new Set(notOk(said.lines).map((line) => line.split(' ')[1]))).toEqual(new Set([...tried, 'rights']));
    expect(of('canary-node-guard', said.lines)[0]).toContain('you may not patch nodes');
    expect(of('canary-backup', said.lines)[0]).toContain('you may not create pods');
  });

  test('without any right every line says which one is missing, and what cannot be done is a failure', async () => {
    const { code, lines, stderr } = await doctor({ user: 'developer' });
    expect(code).toBe(5);
    expect(stderr).toBe('');
    expect(of('records', lines)).toEqual(['warn records not known: you may not list nodes']);
    expect(of('certificates', lines)).toEqual([
      'warn certificates not known: you may not get validatingwebhookconfigurations',
    ]);
    expect(of('rights', lines)).toContain('fail rights status: you may not get nodes, list nodes');
    expect(notOk(lines).filter((line) => line.startsWith('fail') && !line.startsWith('fail rights'))).toEqual([]);
  });

  test('traces without a record, and an end that has passed', async () => {
    const record = {
      version: 1,
      claims: [{ owner: 'ben', mode: 'cordon', since: '2026-01-05T22:10:00Z', until: '2026-01-06T00:00:00Z' }],
      before: { cordoned: false },
      exceptions: [{ rules: ['backup'], until: '2026-01-05T23:00:00Z', by: 'ben', reason: 'restore' }],
      initiatedAt: '2026-01-05T22:10:00Z',
    };
    await world.patch('/api/v1/nodes/node-2', { metadata: { labels: { [STATE_LABEL]: 'complete' } } });
    await world.patch('/api/v1/nodes/node-3', {
      metadata: {
        labels: { [STATE_LABEL]: 'complete' },
        annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) },
      },
      spec: { unschedulable: true },
    });
    await areListed(HELD, 'node-3');
    const { code, lines } = await doctor();
    expect(code).toBe(0);
    expect(notOk(lines)).toEqual([
      like(/^warn records node node-2 has no record .* traces of one: label kubectl-maint.io\/maintenance$/),
      like(/^warn overdue node node-3 was to be back for ben .* ago \(2026-01-06T00:00:00Z\)$/),
      like(/^warn overdue scans have been kept off the whole cluster for \S+ because of node node-3, overdue for /),
    ]);
    const [whole, forStrangers] = await Promise.all(
      [[], ['--redact']].map(async (flags) => (await plugin.maint(['doctor', '-o', 'json', ...flags])).stdout),
    );
    expect(whole).toMatch(/node-1.*agents\/agent.*node-2.*node-3.* for ben /s);
    expect(forStrangers).not.toMatch(/node-\d|\bagents\b|\bben\b/);
    expect(forStrangers).toMatch(/NODE-1.*NAMESPACE-1\/agent.*NODE-2.*NODE-3.* for OWNER-1 /s);
    const statuses = (report: string | undefined) =>
      listAt(JSON.parse(report ?? ''), 'items').map((item) => [textAt(item, 'check'), textAt(item, 'status')]);
    expect(statuses(forStrangers)).toEqual(statuses(whole));
    const label = { labels: { [STATE_LABEL]: null } };
    await world.patch('/api/v1/nodes/node-2', { metadata: label });
    await world.patch('/api/v1/nodes/node-3', {
      metadata: { ...label, annotations: { [RECORD_ANNOTATION]: null } },
      spec: { unschedulable: null },
    });
    await areListed(HELD);
  });

  test('a floor in parts: a binding is missing, then everything of it', async () => {
    await world.remove(`${ADMISSION}/validatingadmissionpolicybindings/backup.kubectl-maint.io`);
    await until('backups are left to the webhook', async () => !(await isArmed()));
    const half = await doctor();
    expect(half.code).toBe(5);
    expect(of('floor', half.lines)).toEqual([like('fail floor the policy backup.kubectl-maint.io has no binding')]);
    expect(of('canary-backup', half.lines)).toEqual([
      like('ok canary-backup a backup by affinity'),
      like(/^warn canary-backup a backup by name .* is denied by the webhook alone/),
      like(/^warn canary-backup Velero's pod for a volume .* is denied by the webhook alone/),
    ]);
    const parts = ['backup', 'scan', 'record'].map((part) => `${part}.kubectl-maint.io`);
    await plane.kubectl(['delete', 'validatingadmissionpolicies,validatingadmissionpolicybindings', ...parts]);
    const none = await doctor();
    expect(none.code).toBe(0);
    expect(of('floor', none.lines)).toEqual(parts.map((part) => like(`warn floor the policy ${part} is missing`)));
  });

  test('the fence of the controller is gone', async () => {
    await world.remove(`${ADMISSION}/validatingadmissionpolicybindings/fence.kubectl-maint.io`);
    const { code, lines } = await doctor();
    expect(code).toBe(5);
    expect(of('controller', lines)).toEqual([
      like('fail controller the policy fence.kubectl-maint.io has no binding that denies'),
    ]);
  });

  describe('and no webhook answers', () => {
    beforeAll(async () => {
      await replica.stop(0);
      await controller.stop();
    });

    /** Nobody is left to repair it: every entry but the guard of nodes. */
    async function whereACallFails(failurePolicy: 'Fail' | 'Ignore'): Promise<void> {
      const { body } = await plane.api('GET', REGISTRATION_PATH);
      const webhooks = listAt(body, 'webhooks').map((entry) =>
        textAt(entry, 'name')?.startsWith('node-guard.') === true ? entry : { ...fieldsAt(entry), failurePolicy },
      );
      await world.patch(REGISTRATION_PATH, { webhooks });
      // The API server hears of it a moment later.
      await until(`calls that fail are told to ${failurePolicy}`, async () => {
        const pod = { metadata: { name: 'asked' }, spec: { containers: [{ name: 'c', image: 'c' }] } };
        const { status, body } = await plane.api('POST', '/api/v1/namespaces/default/pods?dryRun=All', pod);
        const isFailed = textAt(body, 'message')?.includes('failed calling webhook') === true;
        return failurePolicy === 'Fail' ? isFailed : status === 201;
      });
    }

    test('calls that fail closed are told as such', async () => {
      await whereACallFails('Fail');
      const { code, lines } = await doctor();
      expect(code).toBe(5);
      expect(of('canary-node-guard', lines)).toEqual([
        `fail canary-node-guard an unreadable record for node ${HELD} passes: the webhook does not refuse it`,
      ]);
      expect(of('canary-scan', lines)[0]).toMatch(/^fail canary-scan the API server cannot call the webhook/);
      expect(of('latency', lines)).toEqual(['warn latency not known: no call of the webhook could be timed']);
    });

    test('calls that fail open let everything pass', async () => {
      await whereACallFails('Ignore');
      const { lines } = await doctor();
      expect(lines.filter((line) => line.startsWith('fail canary-')).map((line) => line.split(' ')[1])).toEqual([
        'canary-node-guard',
        ...['canary-backup', 'canary-backup', 'canary-backup'],
        ...['canary-scan', 'canary-scan'],
        'canary-addon',
        'canary-placement',
      ]);
    });

    test('an unreadable record, and no registration at all; in lines for people', async () => {
      await world.remove(REGISTRATION_PATH);
      await world.patch('/api/v1/nodes/node-3', { metadata: { annotations: { [RECORD_ANNOTATION]: 'nonsense' } } });
      const { code, stdout } = await plugin.maint(['doctor']);
      expect(code).toBe(5);
      expect(stdout).toMatch(/^fail +webhook +the ValidatingWebhookConfiguration kubectl-maint is missing/m);
      expect(stdout).toMatch(/^ {28}-> install the chart: helm install kubectl-maint/m);
      expect(stdout).toMatch(/^fail {5}records {12}the record of node node-3 cannot be read, .*: is not JSON$/m);
      expect(stdout).toMatch(/^ {28}-> to give it up: kubectl annotate node node-3 kubectl-maint.io\/maintenance- /m);
      expect(stdout).toMatch(/^\d+ ok, 3 skipped, \d+ warn, \d+ fail$/m);
    });
  });
});

test('an API server that cannot be reached is no report: exit 4, and nothing on stdout', async () => {
  const ran = await plugin.maint(['doctor', '--server', 'https://127.0.0.1:1']);
  expect(ran).toMatchObject({ code: 4, stdout: '' });
  expect(ran.stderr).toMatch(/^error: /m);
});
