/** Helm 4 that changes a DaemonSet while a node is held: what its user sees with and without `--wait` (docs/gitops.md). */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { helmFor, type Helm } from '../../support/helm.ts';
import { pluginRunner, type PluginRunner, type Ran } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';

const [HELD, OTHER] = ['held', 'other'];
/** Long enough for a change of two pods on a busy machine, where nothing is held; and short, where it is waited for in vain. */
const WITHIN = '--timeout=60s';
const IN_VAIN = '--timeout=8s';

const DAEMON_SET = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: 'agent:{{ .Values.version }}' }] }
`;

let plane: ControlPlane;
let plugin: PluginRunner;
let webhook: WebhookProcess;
let helm: Helm;
let chart: string;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: [HELD, OTHER].map((name) => ({ name })) });
  plugin = pluginRunner(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  helm = await helmFor(plane.kubeconfig);
  chart = join(plane.folder, 'agent');
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), JSON.stringify({ apiVersion: 'v2', name: 'agent', version: '1.0.0' }));
  await writeFile(join(chart, 'templates', 'agent.yaml'), DAEMON_SET);
  expect(await upgrade(1, '--install', '--create-namespace', '--wait', WITHIN)).toMatchObject({ code: 0 });
  expect(await plugin.maint(['on', HELD])).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await helm.end();
  await webhook.stop();
  await plane.stop();
});

const upgrade = (version: number, ...flags: readonly string[]): Promise<Ran> =>
  helm.run('upgrade', 'agent', chart, '--set', `version=${version}`, ...flags);

/** The version that runs on each node. */
async function running(): Promise<Readonly<Record<string, string>>> {
  const { body } = await plane.api('GET', '/api/v1/pods?labelSelector=app=agent');
  const living = listAt(body, 'items').filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined);
  return Object.fromEntries(
    living.map((pod) => {
      const image = textAt(listAt(pod, 'spec', 'containers')[0], 'image') ?? '';
      return [textAt(pod, 'spec', 'nodeName') ?? '', image.replace('agent:', '')];
    }),
  );
}

async function comesToRun(held: number, other: number): Promise<void> {
  const wanted = JSON.stringify({ [HELD]: String(held), [OTHER]: String(other) });
  let last = '';
  const runs = async (): Promise<boolean> => {
    last = JSON.stringify(Object.fromEntries(Object.entries(await running()).sort()));
    return last === wanted;
  };
  await until(`version ${held} runs on the held node, ${other} beside it`, runs, { seen: () => last });
}

async function statusOfRelease(): Promise<string | undefined> {
  const { stdout } = await helm.run('status', 'agent', '-o', 'json');
  return textAt(JSON.parse(stdout), 'info', 'status');
}

describe('while a node is held', () => {
  test('an upgrade without --wait succeeds, and every other node gets it', async () => {
    expect(await upgrade(2)).toMatchObject({ code: 0 });
    await comesToRun(1, 2);
    expect(await statusOfRelease()).toBe('deployed');
  });

  test.each(['--wait', '--wait=legacy'])('with %s it gives up at its timeout; the change stays', async (wait) => {
    const version = wait === '--wait' ? 3 : 4;
    const ran = await upgrade(version, wait, IN_VAIN);
    expect(ran.code, ran.stderr).toBe(1);
    await comesToRun(1, version);
    expect(await statusOfRelease()).toBe('failed');
  });

  test('with --rollback-on-failure the change is taken back everywhere', async () => {
    const ran = await upgrade(5, '--rollback-on-failure', IN_VAIN);
    expect(ran.code, ran.stderr).toBe(1);
    await comesToRun(1, 2);
  });
});

test('after off an upgrade with --wait succeeds', async () => {
  expect(await plugin.maint(['off', HELD, '--healthy-for=0s'])).toMatchObject({ code: 0 });
  const ran = await upgrade(6, '--wait', WITHIN);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  await comesToRun(6, 6);
});
