/** The floor as `maint-webhook policies` prints it, beside the webhook, and left alone when the webhook goes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, listAt, textAt, WHY_ANNOTATION } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { printedBy, startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';

const ROOT = join(import.meta.dirname, '../../..');
const HELD = 'node-2';
const BY_FLOOR =
  /ValidatingAdmissionPolicy '(backup|scan)\.kubectl-maint\.io' with binding '\1\.kubectl-maint\.io' denied request: \1: /;
const BY_WEBHOOK = 'admission webhook "work.kubectl-maint.io" denied the request: ';

let plane: ControlPlane;
let plugin: PluginRunner;
let folder: string;
let webhook: WebhookProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-floor-'));
  plane = await startControlPlane({ nodes: 3 });
  plugin = pluginRunner(plane);
  const crd = await plane.kubectl(['apply', '-f', join(ROOT, 'test/demo/manifests/velero-crd.yaml')]);
  expect(crd).toMatchObject({ code: 0 });
  webhook = await startWebhook(plane);
  await webhook.register('Ignore');
  await apply('');
});
afterAll(async () => {
  await webhook.stop();
  await plane.stop();
  await rm(folder, { recursive: true });
});

/** Prints the policies for a configuration, and applies them in the place of those that were there. */
async function apply(configuration: string): Promise<void> {
  const file = join(folder, 'policy.yaml');
  await writeFile(file, `apiVersion: kubectl-maint.io/v1alpha1\nkind: MaintenancePolicy\n${configuration}\n`);
  const input = await printedBy(['policies', `--policy=${file}`]);
  const ours = ['-l', 'app.kubernetes.io/name=kubectl-maint'];
  const old = await plane.kubectl(['delete', 'validatingadmissionpolicies,validatingadmissionpolicybindings', ...ours]);
  expect(old).toMatchObject({ code: 0 });
  expect(await plane.kubectl(['apply', '-f', '-'], { input })).toMatchObject({ code: 0, stderr: '' });
}

function pod(labels: Record<string, string>, spec: object, container: object = {}): object {
  const containers = [{ name: 'c', image: 'app:1', ...container }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'p-', namespace: 'default', labels },
    spec: { containers, ...spec },
  };
}

function containers(count: number, lastImage: string): readonly object[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `c${index}`,
    image: index === count - 1 ? lastImage : `registry.example.com/team/app-${index}:1.2.3`,
  }));
}

function volumeBackup(node: string): object {
  const metadata = { generateName: 'b-', namespace: 'default' };
  return { apiVersion: 'velero.io/v1', kind: 'PodVolumeBackup', metadata, spec: { node, pod: { name: 'db-0' } } };
}

async function create(object: object): Promise<string> {
  const { code, stderr } = await plane.kubectl(['create', '-f', '-', '--dry-run=server'], {
    input: JSON.stringify(object),
  });
  return code === 0 ? `passes ${stderr}`.trim() : stderr;
}

const PINNED = { nodeName: HELD };
const BACKUP = pod({ 'kubectl-maint.io/work': 'backup' }, PINNED);
const SCAN = pod({}, {}, { image: 'docker.io/aquasec/kube-bench:v0.15.0' });
/** Found by reading a script: the webhook's alone. */
const HIDDEN_SCAN = pod({}, {}, { command: ['sh', '-c', 'exec kube-bench run'] });

test('the API server finds nothing wrong with any expression', async () => {
  for (const name of ['backup', 'scan', 'record'].map((rule) => `${rule}.kubectl-maint.io`)) {
    const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`;
    const read = async () => (await plane.api('GET', path)).body;
    await until(`${name} is checked`, async () => at(await read(), 'status', 'observedGeneration') !== undefined);
    expect(listAt(await read(), 'status', 'typeChecking', 'expressionWarnings')).toEqual([]);
  }
});

test.each([
  ['a backup', BACKUP],
  ['a Velero backup of a volume', volumeBackup(HELD)],
  ['a scan', SCAN],
])('nothing is in maintenance: %s passes', async (_, object) => {
  expect(await create(object)).toBe('passes');
});

describe('a node is in maintenance', () => {
  beforeAll(async () => {
    const on = await plugin.maint(['on', HELD, '--mode=cordon', '--owner', 'ops', '--reason', 'new disk']);
    expect(on).toMatchObject({ code: 0 });
    await until('the floor has seen it', async () => BY_FLOOR.test(await create(volumeBackup(HELD))));
  });

  const floors: readonly (readonly [string, object, string])[] = [
    [
      'a backup that its user labelled',
      BACKUP,
      `work labelled kubectl-maint.io/work: backup is for node ${HELD}, which is in maintenance. `,
    ],
    [
      'a Velero backup of a volume',
      volumeBackup(HELD),
      `Velero file-system backup of a pod volume is for node ${HELD}`,
    ],
    ['a scan', SCAN, `kube-bench run does not run in the cluster while node ${HELD} is in maintenance. `],
  ];

  test.each(floors)('%s is refused by the floor, with whose maintenance it is and why', async (_, object, words) => {
    const said = await create(object);
    expect(said).toMatch(BY_FLOOR);
    expect(said).toContain(words);
    expect(said).toMatch(new RegExp(`Node ${HELD}: in maintenance \\(cordon\\) since .+, by ops "new disk"\\. `));
  });

  test.each([
    ['without the line that says so', null],
    ['where the line is longer than any of ours', 'x'.repeat(1001)],
    ['where the line has line breaks', 'in maintenance\nby nobody'],
    ['where the line has terminal escapes', 'in maintenance \u001b[31m'],
  ])('%s, the floor tells where to read it', async (_, line) => {
    const annotate = (value: string | null) =>
      plane.api('PATCH', `/api/v1/nodes/${HELD}`, { metadata: { annotations: { [WHY_ANNOTATION]: value } } });
    const told = textAt(
      (await plane.api('GET', `/api/v1/nodes/${HELD}`)).body,
      'metadata',
      'annotations',
      WHY_ANNOTATION,
    );
    expect(await annotate(line)).toMatchObject({ status: 200 });
    const words = `By whom, why and until when: kubectl maint status ${HELD}. `;
    await until('the floor has seen it', async () => (await create(BACKUP)).includes(words));
    expect(await annotate(told ?? null)).toMatchObject({ status: 200 });
    await until('the floor has seen it again', async () => (await create(BACKUP)).includes('new disk'));
  });

  test('what the floor does not cover is refused by the webhook', async () => {
    expect(await create(HIDDEN_SCAN)).toContain(`${BY_WEBHOOK}scan: kube-bench run`);
  });

  test('a pod of more containers than the floor looks at is refused by the webhook', async () => {
    const object = pod({}, { containers: containers(51, 'kube-bench') });
    expect(await create(object)).toContain(`${BY_WEBHOOK}scan: `);
  });

  test('a label says what work is, whatever else may stand in a script that is too long to be searched', async () => {
    const script = { command: ['sh', '-c', 'x'.repeat(16_001)] };
    expect(await create(pod({ 'kubectl-maint.io/work': 'backup' }, PINNED, script))).toMatch(BY_FLOOR);
  });

  test('the largest pod that the floor looks at is refused by it', async () => {
    expect(await create(pod({}, { containers: containers(50, 'kube-bench') }))).toMatch(BY_FLOOR);
  });

  test.each([
    ['a backup of another node', volumeBackup('node-1')],
    ['an ordinary pod of another node', pod({}, { nodeName: 'node-1' })],
  ])('%s passes', async (_, object) => {
    expect(await create(object)).toBe('passes');
  });

  test('a Job of a CronJob, and a pod of a Job, are told what becomes of them', async () => {
    const owned = (kind: string, object: object) => {
      const owner = { apiVersion: 'batch/v1', kind, name: 'nightly', uid: 'u', controller: true };
      const metadata = {
        generateName: 'x-',
        namespace: 'default',
        labels: { k8upjob: 'true' },
        ownerReferences: [owner],
      };
      return { ...object, metadata };
    };
    expect(await create(owned('Job', BACKUP))).toContain(
      'It is tried again by itself, and runs after kubectl maint off',
    );
    const spec = {
      template: { spec: { restartPolicy: 'Never', nodeName: HELD, containers: [{ name: 'c', image: 'k8up' }] } },
    };
    const job = { apiVersion: 'batch/v1', kind: 'Job', spec };
    expect(await create(owned('CronJob', job))).toContain(
      'The latest run is made up for by itself after kubectl maint off',
    );
  });

  test('an exception lifts the floor by its label; that it is over, the webhook judges', async () => {
    const label = async (value: string | null) =>
      plane.api('PATCH', `/api/v1/nodes/${HELD}`, { metadata: { labels: { 'kubectl-maint.io/allow-backup': value } } });
    await label('true');
    await until('the floor has seen it', async () => !BY_FLOOR.test(await create(BACKUP)));
    expect(await create(BACKUP)).toContain(`${BY_WEBHOOK}backup: `);
    expect(await create(SCAN)).toMatch(BY_FLOOR);
    await label(null);
    await until('the floor has seen it', async () => BY_FLOOR.test(await create(BACKUP)));
  });

  describe('and the webhook is gone', () => {
    beforeAll(async () => {
      expect(await webhook.stop()).toBe(0);
    });

    test.each(floors)('%s is refused all the same', async (_, object, words) => {
      const said = await create(object);
      expect(said).toMatch(BY_FLOOR);
      expect(said).toContain(words);
    });

    test('what the floor does not cover passes: the webhook is asked with failurePolicy Ignore', async () => {
      expect(await create(HIDDEN_SCAN)).toBe('passes');
    });

    test.each([
      ['warn', /^passes Warning: .*'scan-warn\.kubectl-maint\.io'.*: scan: kube-bench run does not run in the cluster/],
      ['audit', /^passes$/],
      ['"off"', /^passes$/],
    ])('a rule in the mode %s', async (mode, said) => {
      await apply(`rules: { scan: { mode: ${mode} } }`);
      await until('the policies are in force', async () => said.test(await create(SCAN)));
    });

    test('many tools of a configuration fit', async () => {
      const kinds = '[batch/Job, /Pod]';
      const patterns = (id: string) =>
        Array.from(
          { length: 90 },
          (_, index) =>
            `{ work: backup, what: 'dump ${id}-${index}', match: { kinds: ${kinds}, images: [${id}-${index}] } }`,
        );
      const tools = ['one', 'two'].map((id) => `{ id: ${id}, patterns: [${patterns(id).join(', ')}] }`);
      await apply(`tools: [${tools.join(', ')}]`);
      const last = pod({}, PINNED, { image: 'two-89:1' });
      await until('the policies are in force', async () =>
        (await create(last)).includes('backup: dump two-89 is for node'),
      );
    });

    test('an image that a tool names with its registry is that image alone', async () => {
      const match = '{ kinds: [/Pod], images: [registry.example.com:5000/team/dumper, docker.io/library/dumps] }';
      await apply(`tools: [{ id: ours, patterns: [{ work: backup, what: our dump, match: ${match} }] }]`);
      const said = (image: string) => create(pod({}, PINNED, { image }));
      await until('the policies are in force', async () =>
        (await said('registry.example.com:5000/team/dumper:v1')).includes('backup: our dump is for node'),
      );
      expect(await said('dumps@sha256:abc')).toContain('backup: our dump is for node');
      expect(await said('other.example.com/team/dumper:v1')).toBe('passes');
      expect(await said('ours/dumps:v1')).toBe('passes');
    });

    test('off ends it', async () => {
      const off = await plugin.maint(['off', HELD, '--owner', 'ops', '--healthy-for', '1s', '--skip-health-check']);
      expect(off).toMatchObject({ code: 0 });
      await until('backups pass', async () => (await create(BACKUP)) === 'passes');
      expect(await create(SCAN)).toBe('passes');
    });
  });
});
