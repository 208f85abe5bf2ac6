/** Who may change a node's record, decided by the real API server without any webhook. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_POLICY, listAt, textAt, TOOLS } from '../../../shared/index.ts';
import { floorObjects } from '../../../webhook/floor/floor.ts';
import { apiCaller, type CallApi } from '../../control-plane/api.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { kubeletUser } from '../../control-plane/users.ts';
import { until } from '../../support/until.ts';

const KEY = 'kubectl-maint.io/maintenance';
const HOOKS = 'kubectl-maint.io/hooks';
const RECORD =
  '{"version":1,"claims":[{"owner":"ana","mode":"drain","since":"2026-01-05T22:10:00Z"}],"before":{"cordoned":false},' +
  '"exceptions":[],"initiatedAt":"2026-01-05T22:10:00Z"}';
const DENIED = "ValidatingAdmissionPolicy 'record.kubectl-maint.io'";

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: [{ name: 'held' }, { name: 'free' }],
    controllerManager: false,
    scheduler: false,
    kwok: false,
    users: [
      { name: 'editor', groups: ['node-editors'] },
      { name: 'operator', groups: ['node-editors', 'operators'] },
      { name: 'operator-of-free', groups: ['node-editors', 'operators-of-free'] },
      kubeletUser('new'),
    ],
  });
  const nodes = {
    apiGroups: [''],
    resources: ['nodes', 'nodes/status'],
    verbs: ['get', 'list', 'create', 'update', 'patch'],
  };
  const set = { apiGroups: ['kubectl-maint.io'], resources: ['maintenances'], verbs: ['set'] };
  const objects = [
    ...granted('node-editors', nodes),
    ...granted('operators', set),
    ...granted('operators-of-free', { ...set, resourceNames: ['free'] }),
    ...floorObjects(TOOLS, DEFAULT_POLICY),
  ];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  expect(await plane.kubectl(['create', '-f', '-'], { input })).toMatchObject({ code: 0 });
  const metadata = { annotations: { [KEY]: RECORD }, labels: { [KEY]: 'complete' } };
  const held = await plane.api('PATCH', '/api/v1/nodes/held', { metadata, spec: { unschedulable: true } });
  expect(held.status).toBe(200);
  // By its words: whoever has no right yet to write nodes is refused as well.
  await until('the guard is in force', async () =>
    (await write('editor', 'held', removes('annotations'))).message.includes(DENIED),
  );
  for (const [user, node] of [
    ['operator', 'held'],
    ['operator-of-free', 'free'],
  ] as const) {
    const may = async () => (await write(user, node, meta('annotations', { [KEY]: RECORD }))).status === 200;
    await until(`${user} may write the record of ${node}`, may);
  }
});
afterAll(() => plane.stop());

function granted(group: string, rule: object): readonly object[] {
  const api = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata: { name: group }, rules: [rule] },
    {
      apiVersion: `${api}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: group },
      roleRef: { apiGroup: api, kind: 'ClusterRole', name: group },
      subjects: [{ apiGroup: api, kind: 'Group', name: group }],
    },
  ];
}

const meta = (key: 'annotations' | 'labels', entries: Record<string, string | null>) => ({
  metadata: { [key]: entries },
});
const removes = (key: 'annotations' | 'labels') => meta(key, { [KEY]: null });

const WAYS = { nodes: '', 'nodes/status': '/status' } as const;
type Way = keyof typeof WAYS;

/** What the API server says: a status code and a message. */
interface Said {
  readonly status: number;
  readonly message: string;
}

/** A merge patch of a Node in a dry run, as a kubelet sends it: without reading first, which it may not. */
async function write(user: string, node: string, patch: object, through: Way = 'nodes'): Promise<Said> {
  return said(await as(user), 'PATCH', `/api/v1/nodes/${node}${WAYS[through]}`, patch);
}

async function said(call: CallApi, method: string, path: string, body: object): Promise<Said> {
  const answer = await call(method, `${path}?dryRun=All`, body);
  return { status: answer.status, message: textAt(answer.body, 'message') ?? '' };
}

const callers = new Map<string, CallApi>();

/** The API with a user's own credential. */
async function as(user: string): Promise<CallApi> {
  const known = callers.get(user);
  if (known !== undefined) return known;
  const kubeconfig: unknown = parse(await readFile(await plane.kubeconfigFor(user), 'utf8'));
  const token = textAt(listAt(kubeconfig, 'users')[0], 'user', 'token') ?? '';
  const caller = apiCaller({ server: plane.server, ca: plane.ca, token });
  callers.set(user, caller);
  return caller;
}

/** What the record and its label can be made into. */
const CHANGES: readonly (readonly [string, object])[] = [
  ['a longer claim', meta('annotations', { [KEY]: RECORD.replace('ana', 'mallory') })],
  ['a record that cannot be read', meta('annotations', { [KEY]: 'x' })],
  ['an empty record', meta('annotations', { [KEY]: '' })],
  ['no record', removes('annotations')],
  ['another state', meta('labels', { [KEY]: 'returning' })],
  ['no state', removes('labels')],
  ['hooks to be undone', meta('annotations', { [HOOKS]: '{"version":1,"steps":[]}' })],
];
const BOTH: readonly Way[] = ['nodes', 'nodes/status'];
const GUARDED = CHANGES.flatMap(([what, patch]) => BOTH.map((through) => ({ what, patch, through })));

describe.each(['system:node:held', 'editor', 'operator-of-free'])('%s, without the verb', (user) => {
  test.each(GUARDED)('may not make it $what, through $through', async ({ patch, through }) => {
    const { status, message } = await write(user, 'held', patch, through);
    expect(message).toContain(DENIED);
    expect(message).toContain(`node-guard: ${user} may not change the maintenance record of node held`);
    expect(message).toContain('the verb set on maintenances.kubectl-maint.io');
    expect(status).toBe(403);
  });

  test('may not uncordon it', async () => {
    const { status, message } = await write(user, 'held', { spec: { unschedulable: null } });
    expect(message).toContain(`node-guard: ${user} may not uncordon node held while it is in maintenance`);
    expect(status).toBe(403);
  });
});

describe.each(['operator', 'admin'])('%s, with the verb', (user) => {
  test.each(GUARDED)('may make it $what, through $through', async ({ patch, through }) => {
    expect(await write(user, 'held', patch, through)).toMatchObject({ status: 200 });
  });

  test('may uncordon it, as far as the guard is concerned', async () => {
    expect(await write(user, 'held', { spec: { unschedulable: null } })).toMatchObject({ status: 200 });
  });
});

test.each([
  ['system:node:free', false],
  ['editor', false],
  ['operator-of-free', true],
  ['operator', true],
])('%s takes the other node into maintenance: %s', async (user, may) => {
  const patch = {
    metadata: { annotations: { [KEY]: RECORD }, labels: { [KEY]: 'initiated' } },
    spec: { unschedulable: true },
  };
  expect((await write(user, 'free', patch)).status).toBe(may ? 200 : 403);
});

const condition = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'alive' };
const HEARTBEATS: readonly (readonly [string, Way, object])[] = [
  ['a condition', 'nodes/status', { status: { conditions: [condition] } }],
  ['images', 'nodes/status', { status: { images: [{ names: ['app:1'], sizeBytes: 1 }] } }],
  ['an annotation of its own', 'nodes/status', meta('annotations', { 'volumes.kubernetes.io/attach-detach': 'true' })],
  ['an annotation of its own', 'nodes', meta('annotations', { 'volumes.kubernetes.io/attach-detach': 'true' })],
  ['a label of its own', 'nodes', meta('labels', { 'kubernetes.io/os': 'linux' })],
  ['a cordon', 'nodes', { spec: { unschedulable: true } }],
  ['nothing at all', 'nodes', {}],
];
const BEATING = ['system:node:held', 'editor', 'operator', 'admin'].flatMap((user) =>
  HEARTBEATS.map(([what, through, patch]) => ({ user, what, through, patch })),
);

test.each(BEATING)('$user writes $what through $through: never guarded', async ({ user, patch, through }) => {
  expect(await write(user, 'held', patch, through)).toMatchObject({ status: 200 });
});

test('a node that is not in maintenance is uncordoned by whoever may write it', async () => {
  expect((await plane.kubectl(['cordon', 'free'], { user: 'editor' })).code).toBe(0);
  expect((await plane.kubectl(['uncordon', 'free'], { user: 'editor' })).code).toBe(0);
});

test.each([
  ['as it is', {}, true],
  ['with a label of its own', { labels: { 'kubernetes.io/hostname': 'new' } }, true],
  ['with a state', { labels: { [KEY]: 'complete' } }, false],
  ['with a record', { annotations: { [KEY]: RECORD } }, false],
  ['with hooks to be undone', { annotations: { [HOOKS]: '{}' } }, false],
])('a kubelet registers its node %s: %s', async (_, metadata, may) => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'new', ...metadata } };
  const { status, message } = await said(await as('system:node:new'), 'POST', '/api/v1/nodes', node);
  expect(message.includes(DENIED)).toBe(!may);
  expect(status).toBe(may ? 201 : 403);
});
