import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject, listAt, numberAt, textAt } from '../../../shared/facts/json.ts';
import { certificatesIn } from '../../../webhook/tls/authority.ts';
import { secretFromAuthorities } from '../../../webhook/controller/certificates/authority-secret.ts';
import { AUTHORITY_LIFE_MS, issueAuthority } from '../../../webhook/tls/issue.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import {
  CA_SECRET_PATH,
  DIALS_ENDPOINTS,
  installRegistration,
  installService,
  NAMESPACE,
  REGISTRATION_PATH,
  startReplica,
  type Replica,
} from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import { VELERO_CRD, tryVolumeBackup } from '../../support/velero.ts';

/** Several webhooks behind one Service of a real API server: they share an authority, and keep their registration right. */

const [HELD, FREE, LATE] = ['node-1', 'node-2', 'node-3'];

let plane: ControlPlane;
let replicas: [Replica, Replica];

/** What the API server says of a backup of a node: `denied` in our words, `allowed`, or what went wrong. */
async function backupOf(node: string): Promise<string> {
  const { status, body } = await tryVolumeBackup(plane, node);
  if (status === 201) return 'allowed';
  const message = textAt(body, 'message') ?? '';
  return status === 403 && message.includes(`node ${node}, which is in maintenance`)
    ? 'denied'
    : `${status} ${message}`;
}

async function hold(node: string, isHeld: boolean): Promise<void> {
  const record = JSON.stringify({
    version: 1,
    claims: [{ owner: 'ana', mode: 'cordon', since: '2026-01-05T22:00:00Z' }],
    before: { cordoned: false },
    initiatedAt: '2026-01-05T22:00:00Z',
  });
  const { status, body } = await plane.api('PATCH', `/api/v1/nodes/${node}`, {
    metadata: {
      annotations: { 'kubectl-maint.io/maintenance': isHeld ? record : null },
      labels: { 'kubectl-maint.io/maintenance': isHeld ? 'complete' : null },
    },
    spec: { unschedulable: isHeld ? true : null },
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

async function registration(): Promise<unknown> {
  return (await plane.api('GET', REGISTRATION_PATH)).body;
}

async function bundles(): Promise<ReadonlySet<string>> {
  return new Set(
    listAt(await registration(), 'webhooks').map((entry) => textAt(entry, 'clientConfig', 'caBundle') ?? ''),
  );
}

async function authority(): Promise<string> {
  return textAt((await plane.api('GET', CA_SECRET_PATH)).body, 'data', 'ca.crt') ?? '';
}

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: [HELD, FREE, LATE].map((name) => ({ name })),
    apiServerArgs: DIALS_ENDPOINTS,
  });
  const applied = await plane.kubectl(['apply', '-f', VELERO_CRD]);
  expect(applied.stderr).toBe('');
  await installService(plane);
  // At once: the first to write the Secret wins, and the other one takes what it finds.
  replicas = await Promise.all([startReplica(plane, 'a'), startReplica(plane, 'b')]);
  await until('the API of Velero is served', async () => (await backupOf(FREE)) === 'allowed');
});

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop(0)));
  await plane.stop();
});

test('two that start at once share one authority, which the registration trusts', async () => {
  expect(await authority()).not.toBe('');
  const decoded = (text: string) => certificatesIn(Buffer.from(text, 'base64').toString());
  const trusted = await bundles();
  expect([...trusted].map(decoded)).toEqual([decoded(await authority())]);
});

test('a node in maintenance is kept free of backups, the others are not', async () => {
  await hold(HELD, true);
  await until('backups are denied', async () => (await backupOf(HELD)) === 'denied');
  expect(await backupOf(FREE)).toBe('allowed');
});

describe('the Secret of the authority', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['deleted', () => plane.api('DELETE', CA_SECRET_PATH)],
    ['emptied', () => plane.api('PATCH', CA_SECRET_PATH, { data: null })],
    [
      'swapped for garbage',
      () => plane.api('PATCH', CA_SECRET_PATH, { data: { 'ca.crt': btoa('no'), 'ca.key': btoa('no') } }),
    ],
  ])('%s is written anew as it was, and nothing fails meanwhile', async (_what, spoil) => {
    const before = await authority();
    await spoil();
    await until('the authority is back', async () => (await authority()) === before);
    expect(await backupOf(HELD)).toBe('denied');
    expect(await backupOf(FREE)).toBe('allowed');
  });
});

describe('the registration', () => {
  const FOREIGN = { key: 'control-plane', operator: 'NotIn', values: ['true'] };

  test('edited is repaired and counted; a foreign selector stays', async () => {
    const webhooks = listAt(await registration(), 'webhooks').map((entry) => ({
      ...(isObject(entry) ? entry : {}),
      rules: [{ apiGroups: ['x.io'], apiVersions: ['*'], resources: ['x'], operations: ['CREATE'] }],
      namespaceSelector: { matchExpressions: [FOREIGN] },
    }));
    await plane.api('PATCH', REGISTRATION_PATH, { webhooks });
    await until('backups are denied again', async () => (await backupOf(HELD)) === 'denied');
    for (const entry of listAt(await registration(), 'webhooks')) {
      expect(listAt(entry, 'namespaceSelector', 'matchExpressions')).toEqual([
        FOREIGN,
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [NAMESPACE] },
      ]);
    }
    const told = (await Promise.all(replicas.map((replica) => replica.metrics()))).join('\n');
    expect(told).toMatch(/maint_webhook_registration_repairs_total\{drift="entry"\} [1-9]/);
    expect(told).toMatch(/maint_webhook_registration_repairs_total\{drift="namespace_selector"\} [1-9]/);
  });

  test('deleted is told, and trusted again when it is installed again', async () => {
    await plane.api('DELETE', REGISTRATION_PATH);
    for (const replica of replicas) {
      await until('it is told', async () => (await replica.metrics()).includes('maint_webhook_registration_missing 1'));
      expect(await replica.isReady()).toBe(true);
    }
    expect(await backupOf(HELD)).toBe('allowed');
    await installRegistration(plane);
    await until('backups are denied again', async () => (await backupOf(HELD)) === 'denied');
    for (const replica of replicas) expect(await replica.metrics()).toContain('maint_webhook_registration_missing 0');
  });
});

test('a burst of a thousand at once is answered to the last, and so are probes meanwhile', async () => {
  const burst = Promise.all(
    Array.from({ length: 1000 }, async (_, index) => {
      const [node, word] = index % 2 === 0 ? [HELD, 'denied'] : [FREE, 'allowed'];
      const said = await backupOf(node);
      return said === word ? [] : [said];
    }),
  );
  for (const replica of replicas) expect(await replica.isReady()).toBe(true);
  expect((await burst).flat()).toEqual([]);
});

test('what was refused is an Event on the node, with a count', async () => {
  const { status } = await plane.api('POST', '/apis/velero.io/v1/namespaces/default/podvolumebackups', {
    apiVersion: 'velero.io/v1',
    kind: 'PodVolumeBackup',
    metadata: { name: 'real', namespace: 'default' },
    spec: { node: HELD, pod: { namespace: 'default', name: 'db-0' } },
  });
  expect(status).toBe(403);
  await until('the Event', async () => {
    const { body } = await plane.api('GET', '/api/v1/namespaces/default/events?fieldSelector=reason%3DWorkDenied');
    return listAt(body, 'items').some(
      (event) => textAt(event, 'involvedObject', 'name') === HELD && numberAt(event, 'count') === 1,
    );
  });
});

/** Backups of nodes at a steady rate, with what has to be said of each, until it is ended; keeps what was not so. */
function load(perSecond: number, expected: Map<string, string>) {
  const wrong: string[] = [];
  const calls: Promise<void>[] = [];
  const timer = setInterval(() => {
    const nodes = [...expected];
    const [node, word] = nodes[calls.length % nodes.length] ?? ['', ''];
    calls.push(
      backupOf(node).then((said) => {
        if (said !== word) wrong.push(`${new Date().toISOString()} ${node}: ${said}`);
      }),
    );
  }, 1000 / perSecond);
  return {
    end: async () => {
      clearInterval(timer);
      await Promise.all(calls);
      return { wrong, count: calls.length };
    },
  };
}

test('a rolling restart, a new authority and a watch that stalls at once, under load: no call fails, no verdict is wrong', async () => {
  await using proxy = await faultProxy(plane, () => undefined);
  const expected = new Map([
    [HELD, 'denied'],
    [FREE, 'allowed'],
  ]);
  const running = load(50, expected);
  const third = await startReplica(plane, 'c', { server: proxy.url });
  proxy.stall('/api/v1/nodes?');
  // The third replica never hears of it, and is asked all the same.
  await hold(LATE, true);
  expected.set(LATE, 'denied');

  // Two thirds of its life are over: it gets a successor.
  const now = Date.now();
  const aged = await issueAuthority(now - AUTHORITY_LIFE_MS * 0.7);
  const { body: secret } = await plane.api('GET', CA_SECRET_PATH);
  const place = { namespace: NAMESPACE, name: 'kubectl-maint-ca' };
  const old = await authority();
  await plane.api(
    'PUT',
    CA_SECRET_PATH,
    secretFromAuthorities({ current: aged, next: undefined, old: undefined, steppedAt: now }, place, secret),
  );
  await until('a new authority signs', async () => ![old, btoa(aged.certificate)].includes(await authority()));

  const [a, b] = replicas;
  const next = await startReplica(plane, 'a2');
  await a.stop(1500);
  const last = await startReplica(plane, 'b2');
  await b.stop(1500);
  replicas = [next, last];
  await third.stop(1500);

  const { wrong, count } = await running.end();
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(100);
});
