/** The floor as `maint-webhook policies` prints it, beside the webhook, and left alone when the webhook goes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { at, listAt, REGISTER_NAME, registerPath } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor, listedNodes } from '../../support/floor.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { minorOf } from '../../support/kubernetes-version.ts';
import { BY_AGENT, BY_POD, VELERO_CRD, volumeBackup, writePhases } from '../../support/velero.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';

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
  const crd = await plane.kubectl(['apply', '-f', VELERO_CRD]);
  expect(crd).toMatchObject({ code: 0 });
  await apply('');
  webhook = await startWebhook(plane);
  await webhook.register('Ignore');
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
  const ours = ['-l', 'app.kubernetes.io/name=kubectl-maint'];
  const old = await plane.kubectl(['delete', 'validatingadmissionpolicies,validatingadmissionpolicybindings', ...ours]);
  expect(old).toMatchObject({ code: 0 });
  await installFloor(plane, `--policy=${file}`);
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

async function create(object: object): Promise<string> {
  const { code, stderr } = await plane.kubectl(['create', '-f', '-', '--dry-run=server'], {
    input: JSON.stringify(object),
  });
  return code === 0 ? `passes ${stderr}`.trim() : stderr;
}

const PINNED = { nodeName: HELD };
const BACKUP = pod({ 'kubectl-maint.io/work': 'backup' }, PINNED);
const SCAN = pod({ 'kubectl-maint.io/work': 'scan' }, {});
/** Known by what runs: the webhook's alone. */
const BY_IMAGE = pod({}, {}, { image: 'docker.io/aquasec/kube-bench:v0.15.0' });

/** Until 1.35 what is checked before the register's definition is published has no parameter, and is not checked again. */
const PARAMS_UNKNOWN = "undeclared reference to 'params'";
const hasParamsAlways = minorOf(inject('kubernetes')) >= 36;

test('the API server finds nothing wrong with any expression', async () => {
  for (const name of ['backup', 'scan', 'record'].map((rule) => `${rule}.kubectl-maint.io`)) {
    const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`;
    const read = async () => (await plane.api('GET', path)).body;
    await until(`${name} is checked`, async () => at(await read(), 'status', 'observedGeneration') !== undefined);
    const found = listAt(await read(), 'status', 'typeChecking', 'expressionWarnings');
    expect(hasParamsAlways ? found : found.filter((one) => !JSON.stringify(one).includes(PARAMS_UNKNOWN))).toEqual([]);
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
      `pod that carries out a Velero pod volume backup is for node ${HELD}`,
    ],
    [
      'a scan that its user labelled',
      SCAN,
      `work labelled kubectl-maint.io/work: scan does not run in the cluster while node ${HELD} is in maintenance. `,
    ],
  ];

  test.each(floors)('%s is refused by the floor, with whose maintenance it is and why', async (_, object, words) => {
    const said = await create(object);
    expect(said).toMatch(BY_FLOOR);
    expect(said).toContain(words);
    expect(said).toMatch(new RegExp(`Node ${HELD}: in maintenance \\(cordon\\) since .+, by ops "new disk"\\. `));
  });

  test('what the floor does not cover is refused by the webhook', async () => {
    expect(await create(BY_IMAGE)).toContain(`${BY_WEBHOOK}scan: kube-bench run`);
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

  test('an exception lifts the floor, for the rules that it names', async () => {
    const allow = ['allow', HELD, '--rules', 'backup', '--for', '1h', '--reason', 'last'];
    expect(await plugin.maint(allow)).toMatchObject({ code: 0 });
    expect(await create(BACKUP)).toBe('passes');
    expect(await create(SCAN)).toMatch(BY_FLOOR);
    expect(await plugin.maint(['allow', HELD, '--revoke'])).toMatchObject({ code: 0 });
    await until('the floor has seen it', async () => BY_FLOOR.test(await create(BACKUP)));
  });

  describe('and the webhook is gone', () => {
    beforeAll(async () => {
      const allow = ['allow', HELD, '--rules', 'scan', '--for', '1h', '--reason', 'last'];
      expect(await plugin.maint(allow)).toMatchObject({ code: 0 });
      expect(await webhook.stop()).toBe(0);
    });

    test('an exception ends by itself', async () => {
      expect(await create(SCAN)).toBe('passes');
      // Nobody keeps the register any more: it ends when it says so.
      const exceptions = { scan: new Date(Date.now() + 2000).toISOString() };
      const change = { spec: { nodes: { [HELD]: { exceptions } } } };
      expect(await plane.api('PATCH', registerPath(REGISTER_NAME), change)).toMatchObject({ status: 200 });
      await until('it is over', async () => BY_FLOOR.test(await create(SCAN)));
    });

    test.each(floors)('%s is refused all the same', async (_, object, words) => {
      const said = await create(object);
      expect(said).toMatch(BY_FLOOR);
      expect(said).toContain(words);
    });

    test('a piece of Velero is made, and refused when its agent begins to work on the volume itself', async () => {
      expect(await writePhases(plane, HELD, BY_POD)).toBe('');
      expect(await writePhases(plane, 'node-1', BY_AGENT)).toBe('');
      const said = await writePhases(plane, HELD, BY_AGENT);
      expect(said).toMatch(BY_FLOOR);
      expect(said).toContain(`Velero file-system backup of a pod volume is for node ${HELD}`);
    });

    test('what the floor does not cover passes: the webhook is asked with failurePolicy Ignore', async () => {
      expect(await create(BY_IMAGE)).toBe('passes');
    });

    test.each([
      [
        'warn',
        /^passes Warning: .*'scan-warn\.kubectl-maint\.io'.*: scan: work labelled \S+ scan does not run in the cluster/,
      ],
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
            `{ work: backup, what: 'dump ${id}-${index}', match: { kinds: ${kinds}, labels: { dump: [${id}-${index}] } } }`,
        );
      const tools = ['one', 'two'].map((id) => `{ id: ${id}, patterns: [${patterns(id).join(', ')}] }`);
      await apply(`tools: [${tools.join(', ')}]`);
      const last = pod({ dump: 'two-89' }, PINNED);
      await until('the policies are in force', async () =>
        (await create(last)).includes('backup: dump two-89 is for node'),
      );
    });

    test('off is heard when somebody keeps the register again; until then it is as it was', async () => {
      const off = await plugin.maint(['off', HELD, '--owner', 'ops', '--healthy-for', '1s', '--skip-health-check']);
      expect(off).toMatchObject({ code: 0 });
      expect(await listedNodes(plane)).toEqual([HELD]);
      expect(await create(SCAN)).toMatch(BY_FLOOR);
      webhook = await startWebhook(plane);
      await until('backups pass', async () => (await create(BACKUP)) === 'passes');
      expect(await create(SCAN)).toBe('passes');
    });
  });
});
