/** A Backup of Velero over three nodes of which one is in maintenance, and what Velero tells of it: docs/backups.md. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { startVelero, VOLUMES_WITHIN_MS, type Velero } from './stage.ts';

const NODES = ['node-1', 'node-2', 'node-3'];
const HELD = 'node-1';
const SPEC = { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true, storageLocation: 'default', ttl: '1h' };

let plane: ControlPlane;
let plugin: PluginRunner;
let webhook: WebhookProcess;
let velero: Velero;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.length });
  plugin = pluginRunner(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  velero = await startVelero(plane, NODES);
  await plane.kubectl(['create', 'namespace', 'shop']);
  const cache = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'cache', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'cache' } },
      template: {
        metadata: { labels: { app: 'cache' } },
        spec: {
          automountServiceAccountToken: false,
          containers: [{ name: 'cache', image: 'cache', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
          volumes: [{ name: 'data', emptyDir: {} }],
        },
      },
    },
  };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(cache) });
  await until('a pod with data runs on each node', async () => (await pods()).length === NODES.length);
  for (const pod of await pods()) await velero.kubelet.fill(pod, 'data', 'rows', `rows of ${nodeOf(pod)}`);
});

afterAll(async () => {
  await velero.end();
  await webhook.stop();
  await plane.stop();
});

async function pods(): Promise<readonly unknown[]> {
  const { body } = await plane.api('GET', '/api/v1/namespaces/shop/pods');
  return listAt(body, 'items').filter((pod) => textAt(pod, 'status', 'phase') === 'Running');
}

function nodeOf(pod: unknown): string {
  return textAt(pod, 'spec', 'nodeName') ?? '';
}

/** From the start of a Backup to its end, which Velero writes in whole seconds. */
function tookMs(backup: unknown): number {
  const at = (field: string): number => Date.parse(textAt(backup, 'status', field) ?? '');
  return at('completionTimestamp') - at('startTimestamp');
}

async function phases(backup: string): Promise<Readonly<Record<string, string>>> {
  const pieces = [...(await velero.pieces(backup))];
  return Object.fromEntries(pieces.map(([node, piece]) => [node, textAt(piece, 'status', 'phase') ?? '']));
}

describe('while a node is in maintenance', () => {
  let backup: unknown;

  beforeAll(async () => {
    const ran = await plugin.maint(['on', HELD, '--reason=disk', '--owner=ana']);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    backup = await velero.carriedOut('backups', 'nightly-1', SPEC);
  });

  test('its piece is refused; of the others those are done that Velero had come to before', async () => {
    const done = await phases('nightly-1');
    expect(Object.keys(done)).not.toContain(HELD);
    expect(Object.values(done).filter((phase) => phase !== 'Completed')).toEqual([]);
  });

  test('the Backup is PartiallyFailed, when the time for volumes is over', () => {
    expect(textAt(backup, 'status', 'phase')).toBe('PartiallyFailed');
    expect(tookMs(backup)).toBeGreaterThanOrEqual(VOLUMES_WITHIN_MS - 1000);
  });

  test.each(['logs', 'results'] as const)('the refusal stands in its %s in our words', async (what) => {
    const text = await velero.kept('nightly-1', what);
    expect(text).toContain(`is for node ${HELD}, which is in maintenance`);
    expect(text).toContain('denied the request');
  });
});

describe('after its return', () => {
  test('off tells what was missed, and the next Backup has all pieces', async () => {
    const off = await plugin.maint(['off', HELD, '--owner=ana', '--healthy-for=0s']);
    expect(off, off.stderr).toMatchObject({ code: 0 });
    expect(off.stderr).toMatch(/^ {2}backup \(velero\): .* \(Backup velero\/nightly-1\): .*; lost: start it again$/m);
    const backup = await velero.carriedOut('backups', 'nightly-2', SPEC);
    expect(await phases('nightly-2')).toEqual({ 'node-1': 'Completed', 'node-2': 'Completed', 'node-3': 'Completed' });
    expect(textAt(backup, 'status', 'phase')).toBe('Completed');
    expect(tookMs(backup)).toBeLessThan(VOLUMES_WITHIN_MS);
  });
});
