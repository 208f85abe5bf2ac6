/** The commands of README.md, docs/process.md and docs/floor.md for a webhook beside the cluster, as they stand there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { WITH_PROCESS } from '../../support/carried-out.ts';
import { listedNodes } from '../../support/floor.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import { Reader } from '../../support/reader.ts';
import { until } from '../../support/until.ts';

let plane: ControlPlane;
let folder: string;
let reader: Reader;
/** Where the one that was started last serves. */
let port = '';

beforeAll(async () => {
  plane = await startControlPlane({ nodes: 3, controllerManager: false, scheduler: false });
  folder = await mkdtemp(join(tmpdir(), 'maint-beside-'));
  reader = new Reader(WITH_PROCESS, { plane, folder }, [
    // Free ports, a state of its own, and nobody who still calls it when it ends.
    [/webhook\.example\.com:9443/g, () => `127.0.0.1:${port}`],
    [/webhook\.example\.com/g, '127.0.0.1'],
    [
      /maint-webhook serve/g,
      'maint-webhook serve --port=0 --health-port=0 --metrics-port=0 --drain-seconds=0 --state-dir=state',
    ],
    [/--kubeconfig FILE/g, '--kubeconfig "$KUBECONFIG"'],
    [/ \[.*\]/g, ''],
  ]);
});
afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true });
});

const SERVES = {
  says: /"msg":"serving"/,
  goesOn: true,
  after: (said: string) => {
    port = /"port":(\d+)/.exec(said)?.[1] ?? '';
  },
} as const;
const IS_REGISTERED = { says: 'validatingwebhookconfiguration.admissionregistration.k8s.io/kubectl-maint ' };

/** Policies that are refused at first, until the API server knows the register. */
const POLICIES = {
  again: true,
  says: /^validatingadmissionpolicy\S+\/backup\.kubectl-maint\.io (?:created|configured|unchanged)$/m,
} as const;

test('README.md: a webhook as a process', async () => {
  await reader.follows('README.md', {
    'maint-webhook serve': SERVES,
    'maint-webhook configuration': IS_REGISTERED,
    'maint-webhook verify': { says: /^work\.kubectl-maint\.io is answered by 127\.0\.0\.1:/m },
    'maint-webhook policies': {
      ...POLICIES,
      after: async () => {
        const on = await pluginRunner(plane).maint(['on', 'node-1', '--mode=cordon']);
        expect(on, on.stderr).toMatchObject({ code: 0 });
        await until('the register lists the node', async () => (await listedNodes(plane))?.join() === 'node-1');
      },
    },
  });
});

test('docs/process.md: one that is started again is trusted at once, as its authority is the same', async () => {
  await reader.follows('docs/process.md', {
    'maint-webhook serve': SERVES,
    'maint-webhook configuration': IS_REGISTERED,
  });
});

test('docs/floor.md: without the chart', async () => {
  await reader.follows('docs/floor.md', { 'maint-webhook policies': POLICIES });
});

test('no command was passed over', () => {
  expect(reader.left).toEqual([]);
});
