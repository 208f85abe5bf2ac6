/** What each verb says follows from the policy that a running webhook really has: beside it stands what the API server says. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, fieldsAt, listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor } from '../../support/floor.ts';
import { like } from '../../support/like.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { REGISTRATION_PATH } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';

const HEAD = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenancePolicy' };
const DUMPER = 'registry.example.com/dumper';
const OWN_TOOL = {
  id: 'our-dumper',
  title: 'Our database dumps',
  patterns: [{ work: 'backup', match: { kinds: ['batch/Job', '/Pod'], images: [DUMPER] }, afterDenial: 'retried' }],
};
const HELD = 'held';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-in-force-'));
  plane = await startControlPlane({
    nodes: [HELD, 'other', 'spare'].map((name) => ({ name })),
    users: [{ name: 'vera', groups: [] }],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  await world.namespace('shop');
  await world.grant('vera', [
    { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    { apiGroups: ['kubectl-maint.io'], resources: ['maintenances'], verbs: ['set'] },
  ]);
});
afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A running webhook with a policy, and the policies of the API server that go with it. */
function withPolicy(policy: object): void {
  let webhook: WebhookProcess;
  beforeAll(async () => {
    const file = join(folder, 'policy.json');
    await writeFile(file, JSON.stringify({ ...HEAD, ...policy }));
    await installFloor(plane, `--policy=${file}`);
    webhook = await startWebhook(plane, [`--policy=${file}`]);
    await webhook.register();
  });
  afterAll(async () => {
    expect(await plugin.maint(['off', HELD, '--healthy-for', '0'])).toMatchObject({ code: 0 });
    const ours = ['-l', 'app.kubernetes.io/name=kubectl-maint'];
    await plane.kubectl(['delete', 'validatingadmissionpolicies,validatingadmissionpolicybindings', ...ours]);
    await webhook.stop();
  });
}

const job = (name: string, node: string, image: string, labels: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'shop', labels },
  spec: {
    template: {
      metadata: { labels },
      spec: {
        restartPolicy: 'Never',
        nodeSelector: { 'kubernetes.io/hostname': node },
        containers: [{ name: 'c', image }],
      },
    },
  },
});
const LABELLED = { 'kubectl-maint.io/work': 'backup' };
const BENCH = 'docker.io/aquasec/kube-bench:v0.9';

/** What the API server says to an object, as `check` puts it. */
async function reallySaid(object: object): Promise<'allow' | 'warn' | 'deny'> {
  const ran = await plane.kubectl(['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(object) });
  if (ran.code !== 0) return 'deny';
  return ran.stderr.includes('Warning: ') ? 'warn' : 'allow';
}

/** What `check` says of objects: decision, tool, and how sure it is. */
async function checked(objects: readonly object[]) {
  const file = join(folder, 'objects.json');
  await writeFile(file, objects.map((object) => JSON.stringify(object)).join('\n'));
  const { stdout, stderr } = await plugin.maint(['check', '-f', file, '-ojson']);
  expect(stderr).toBe('');
  return listAt(JSON.parse(stdout), 'items').map((item) => [textAt(item, 'decision'), at(item, 'tool')]);
}

/** Lines of `doctor` about a check. */
async function diagnosed(check: string): Promise<readonly string[]> {
  const { stdout } = await plugin.maint(['doctor', '-ojson']);
  return listAt(JSON.parse(stdout), 'items')
    .filter((item) => textAt(item, 'check') === check)
    .map((item) => `${textAt(item, 'status') ?? ''} ${textAt(item, 'message') ?? ''}`);
}

/** Takes the node into maintenance; what is told of it, and what its policies keep off once they have heard. */
async function taken(floor: object): Promise<string> {
  const on = await plugin.maint(['on', HELD, '--mode=cordon']);
  expect(on, on.stderr).toMatchObject({ code: 0 });
  await until('the floor has heard of the node', async () => (await reallySaid(floor)) !== 'allow');
  return on.stderr;
}

describe('scans are let pass, and a tool of one’s own is known', () => {
  withPolicy({ rules: { scan: { mode: 'off' } }, tools: [OWN_TOOL] });

  test('on says so rule by rule, and check, status and doctor with it, as the API server does', async () => {
    const dump = job('dump', HELD, `${DUMPER}:1`);
    const bench = job('bench', HELD, BENCH);
    const said = await taken(dump);
    expect(said).toContain(`kept off ${HELD} from now on: backups, add-on changes\n`);
    expect(said).toContain('not kept off, by the policy of this cluster: scans\n');
    expect(said).not.toContain('of the whole cluster');

    expect(await checked([dump, bench])).toEqual([
      ['deny', 'our-dumper'],
      ['allow', 'kube-bench'],
    ]);
    expect([await reallySaid(dump), await reallySaid(bench)]).toEqual(['deny', 'allow']);

    const status = await plugin.maint(['status', '-ojson']);
    expect(at(JSON.parse(status.stdout), 'enforcement')).toMatchObject({
      keeping: [
        { work: 'backup', how: 'refused' },
        { work: 'scan', how: 'passes' },
        { work: 'addon', how: 'held' },
      ],
      assumed: null,
    });
    expect((await plugin.maint(['status'])).stderr).toContain('not kept off, by the policy of this cluster: scans');

    expect(await diagnosed('canary-scan')).toEqual(['skipped not tried: the configuration has the rule in mode off']);
    expect((await diagnosed('canary-backup')).filter((line) => !line.startsWith('ok '))).toEqual([]);
    expect(await diagnosed('policy')).toEqual([like('scan')]);
  });

  test('a running backup of that tool is not evicted', async () => {
    const pod = { metadata: { name: 'dumping', namespace: 'shop' } };
    const spec = { nodeName: 'other', restartPolicy: 'Never', containers: [{ name: 'c', image: `${DUMPER}:1` }] };
    await world.create('/api/v1/namespaces/shop/pods', { apiVersion: 'v1', kind: 'Pod', ...pod, spec });
    await until('it runs', async () => {
      return textAt(await world.get('/api/v1/namespaces/shop/pods/dumping'), 'status', 'phase') === 'Running';
    });
    const plan = await plugin.maint(['on', 'other', '--force', '--dry-run=client', '-ojson']);
    const events = plan.stdout.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
    expect(events.find((event) => textAt(event, 'type') === 'planned')).toMatchObject({
      evict: [],
      waitFor: [{ namespace: 'shop', name: 'dumping' }],
    });
    await world.remove('/api/v1/namespaces/shop/pods/dumping');
  });
});

describe('backups are only warned of, and scans are looked at node by node', () => {
  withPolicy({ rules: { backup: { mode: 'warn' }, scan: { scope: 'node' } } });

  test('on says so rule by rule, and check, status and doctor with it, as the API server does', async () => {
    const backup = job('nightly', HELD, 'any:1', LABELLED);
    const [there, elsewhere] = [job('bench', HELD, BENCH), job('bench-2', 'other', BENCH)];
    const said = await taken(there);
    expect(said).toContain(`kept off ${HELD} from now on: scans, add-on changes\n`);
    expect(said).toContain('only warned of, by the policy of this cluster: backups\n');
    expect(said).not.toContain('of the whole cluster');

    expect(await checked([backup, there, elsewhere])).toEqual([
      ['warn', 'labelled'],
      ['deny', 'kube-bench'],
      ['allow', 'kube-bench'],
    ]);
    expect([await reallySaid(backup), await reallySaid(there), await reallySaid(elsewhere)]).toEqual([
      'warn',
      'deny',
      'allow',
    ]);

    const status = await plugin.maint(['status', '-ojson']);
    expect(at(JSON.parse(status.stdout), 'enforcement', 'keeping')).toMatchObject([
      { work: 'backup', how: 'warned' },
      { work: 'scan', how: 'refused', scope: 'node' },
      { work: 'addon', how: 'held' },
    ]);
    expect((await plugin.maint(['status'])).stderr).toContain('only warned of, by the policy of this cluster: backups');

    const canaries = [...(await diagnosed('canary-backup')), ...(await diagnosed('canary-scan'))];
    expect(canaries.filter((line) => !line.startsWith('ok '))).toEqual([]);
    expect(canaries).toContainEqual(like('is warned of by the webhook, in its own words'));
  });

  test('who may not read it is told so by every verb, and that the defaults are assumed', async () => {
    const words = 'the policy of the cluster is not known, you may not get validatingwebhookconfigurations';
    const file = join(folder, 'backup.json');
    await writeFile(file, JSON.stringify(job('nightly', HELD, 'any:1', LABELLED)));
    const as = { user: 'vera' };
    const check = await plugin.maint(['check', '-f', file], as);
    expect(check).toMatchObject({ code: 3, stderr: like(words), stdout: like('Denied') });
    expect(check.stderr).toContain('the defaults are assumed');
    expect((await plugin.maint(['on', HELD, '--mode=cordon'], as)).stderr).toContain(words);
    expect((await plugin.maint(['status', '-owide'], as)).stderr).toContain(words);
    const doctor = await plugin.maint(['doctor'], as);
    expect(doctor.stdout).toMatch(/^warn +policy +.*you may not get validatingwebhookconfigurations/m);
    expect(await plugin.maint(['off', HELD, '--skip-health-check'], as)).toMatchObject({ code: 0 });
  });
});

describe('the namespace is exempt', () => {
  withPolicy({});

  test('check, on and status say that the webhook is not asked there; what the floor knows is refused nevertheless', async () => {
    const [nightly, bench] = [job('nightly', HELD, 'any:1', LABELLED), job('bench', HELD, BENCH)];
    const asked = listAt((await plane.api('GET', REGISTRATION_PATH)).body, 'webhooks');
    const matchExpressions = [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['shop'] }];
    const webhooks = asked.map((entry) => ({ ...fieldsAt(entry), namespaceSelector: { matchExpressions } }));
    expect((await plane.api('PATCH', REGISTRATION_PATH, { webhooks })).status).toBe(200);

    const hole = 'the webhook is not asked about namespace shop: ';
    expect(await taken(nightly)).toContain(hole);
    expect((await plugin.maint(['status'])).stderr).toContain(hole);
    await until('API servers have heard of it', async () => (await reallySaid(bench)) === 'allow');
    expect(await reallySaid(nightly)).toBe('deny');
    expect(await checked([nightly, bench])).toEqual([
      ['deny', 'labelled'],
      ['warn', 'kube-bench'],
    ]);
  });
});
