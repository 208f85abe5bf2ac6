import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { FREE, maintenanceOf, Workloads } from '../../support/workloads.ts';

/** Writes to one node by others at most every so often, in milliseconds: far more than real controllers do. */
const HAMMER_PAUSE_MS = 5;

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NODES = [
  'hammered',
  'raced',
  'contended',
  'overtaken',
  'unanswered',
  'gone',
  'moved',
  'elsewhere',
  'busy',
  'broken',
  'reset',
  'double',
  'refused',
  'no-right',
];

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: NODES.map((name) => ({ name })),
    users: ['marker', 'mover'].map((name) => ({ name, groups: [] })),
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

describe('somebody else writes the node', () => {
  test('all the time: no write of either side is lost', async () => {
    const node = 'hammered';
    const over = new AbortController();
    const hammering = hammer(node, over.signal);
    const ran = await plugin.maint(['on', node]);
    over.abort();
    const last = await hammering;
    expect(ran).toMatchObject({ code: 0, stdout: `node/${node} cordoned\nnode/${node} drained\n` });
    const now = await world.node(node);
    expect(maintenanceOf(now)).toMatchObject({ label: 'complete', unschedulable: true });
    expect(textAt(now, 'metadata', 'annotations', 'hammer')).toBe(String(last));
  });

  test('between our read and our write: the API server says 409, and the fresh object is marked', async () => {
    const node = 'raced';
    let raced = false;
    await using proxy = await faultProxy(plane, async ({ method, path }) => {
      if (method !== 'PATCH' || !path.startsWith(`/api/v1/nodes/${node}?`) || raced) return undefined;
      raced = true;
      await world.patch(`/api/v1/nodes/${node}`, {
        metadata: { labels: { theirs: 'kept' } },
        spec: { unschedulable: true },
      });
      return undefined;
    });
    const ran = await plugin.maint(['on', node, '--mode=cordon', '--server', proxy.url]);
    expect(ran.code).toBe(0);
    const marks = proxy.seen.filter(
      ({ method, path }) => method === 'PATCH' && path.startsWith(`/api/v1/nodes/${node}?`),
    );
    // A controller that answers the cordon with a taint may win once more.
    expect(marks.length).toBeGreaterThanOrEqual(2);
    const now = await world.node(node);
    expect(textAt(now, 'metadata', 'labels', 'theirs')).toBe('kept');
    // The other writer cordoned it: that is how it was before us.
    expect(maintenanceOf(now)).toMatchObject({ label: 'complete', record: { before: { cordoned: true } } });
  });

  test('before every one of our writes: it gives up, says so, and nothing was evicted', async () => {
    const [namespace, node] = [await world.namespace('contended'), 'contended'];
    await world.deployment('web', { namespace, node }, 1);
    let writes = 0;
    await using proxy = await faultProxy(plane, async ({ method, path }) => {
      if (method !== 'PATCH' || !path.startsWith(`/api/v1/nodes/${node}?`)) return undefined;
      writes += 1;
      await world.patch(`/api/v1/nodes/${node}`, { metadata: { annotations: { theirs: String(writes) } } });
      return undefined;
    });
    const ran = await plugin.maint(['on', node, '--server', proxy.url]);
    expect(ran).toMatchObject({ code: 4, stdout: '' });
    expect(ran.stderr).toContain(
      `unable to mark and cordon node ${node}: node ${node} is written by others all the time: 100 conflicts in a row`,
    );
    expect(await world.podsOn(node)).toHaveLength(1);
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
  });
});

describe('`off` of the same owner overtakes a drain', () => {
  test('what the drain has to say of the node comes too late: no trace of it is left, and the drain exits 5', async () => {
    const [namespace, node] = [await world.namespace('overtaken'), 'overtaken'];
    await world.deployment('web', { namespace, node }, 1);
    await world.budget('web', namespace, 'web', 1);
    const [isSent, isOff] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    await using proxy = await faultProxy(plane, ({ method, path, body }) => {
      const isNews = method === 'PATCH' && path.startsWith(`/api/v1/nodes/${node}/status`) && body.includes('needs 1');
      if (!isNews) return undefined;
      isSent.resolve(undefined);
      return isOff.promise;
    });
    const running = await plugin.start(['on', node, '--server', proxy.url]);
    await isSent.promise;
    expect(await plugin.maint(['off', node, '--skip-health-check'])).toMatchObject({ code: 0 });
    isOff.resolve(undefined);
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 5, stdout: `node/${node} cordoned\n` });
    expect(ran.stderr).toContain(
      `error: the maintenance of node ${node} was ended meanwhile by somebody else; nothing more is evicted\n`,
    );
    expect(maintenanceOf(await world.node(node))).toEqual(FREE);
  });

  test('and its time is up before it has heard of that: it neither says that the node stays in maintenance nor takes anything back', async () => {
    const [namespace, node] = ['overtaken', 'overtaken'];
    const [isBegun, isOff] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    let hasBegun = false;
    await using proxy = await faultProxy(plane, ({ method, path, body }) => {
      if (method !== 'PATCH' || !path.startsWith(`/api/v1/nodes/${node}`)) return undefined;
      if (!hasBegun && !body.includes('needs 1')) return undefined;
      hasBegun = true;
      isBegun.resolve(undefined);
      // However soon its time is up: what it says of the node arrives after the other command has ended.
      return isOff.promise;
    });
    const running = await plugin.start(['on', node, '--timeout=1s', '--rollback', '--server', proxy.url]);
    await isBegun.promise;
    await until('its time is up: it follows the node no more', () => !proxy.isAnswering('/api/v1/nodes?'));
    expect(await plugin.maint(['off', node, '--skip-health-check'])).toMatchObject({ code: 0 });
    isOff.resolve(undefined);
    const ran = await running.ended;
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain(`node/${node} rolled back: somebody else had ended it already\n`);
    expect(ran.stderr).toContain('was ended meanwhile by somebody else');
    expect(ran.stderr).not.toContain('stays marked');
    expect((await world.events(node)).at(-1)).toBe('MaintenanceEnded: ended by admin');
    expect(maintenanceOf(await world.node(node)).conditions).toEqual({});
    await world.remove(`/api/v1/namespaces/${namespace}`);
  });
});

test('a write that nobody answers: it is looked up, and where that cannot be done, it is told', async () => {
  const node = 'unanswered';
  expect(await plugin.maint(['on', node, '--mode=cordon'])).toMatchObject({ code: 0 });
  let isAway = false;
  let mayBeRead = true;
  await using proxy = await faultProxy(plane, ({ method, path }) => {
    if (!path.startsWith(`/api/v1/nodes/${node}`)) return undefined;
    const isWrite = method === 'PATCH';
    if (isWrite) isAway = true;
    return isWrite || (isAway && !mayBeRead) ? { done: () => undefined } : undefined;
  });
  const exception = ['--rules=backup', '--for=30m', '--reason=last'];
  const allow = ['allow', node, ...exception, '--server', proxy.url, '--request-timeout=2s'];
  expect(await plugin.maint(allow)).toMatchObject({ code: 0 });
  expect(proxy.seen.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  expect(maintenanceOf(await world.node(node)).record).toMatchObject({ exceptions: [{ rules: ['backup'] }] });

  [isAway, mayBeRead] = [false, false];
  const ran = await plugin.maint(allow);
  expect(ran).toMatchObject({ code: 4, stdout: '' });
  expect(ran.stderr).toContain(`hint: node ${node} may have been changed all the same: kubectl maint status ${node}`);
});

describe('the answer to an eviction', () => {
  test('404: the pod went by itself, which is what was wanted', async () => {
    const [namespace, node] = [await world.namespace('gone'), 'gone'];
    await world.pod('solo', { namespace, node });
    const answers = await drainWithEvictions(node, ['--force'], async () => {
      await deleteNow(namespace, 'solo');
      return undefined;
    });
    expect(answers.ran).toMatchObject({ code: 0 });
    expect(answers.ran.stdout).toContain(`node/${node} drained`);
    expect(answers.ran.stderr).not.toContain('waits');
    expect(answers.evictions).toHaveLength(1);
  });

  test('409: a pod of the same name on another node is left alone', async () => {
    const [namespace, node] = [await world.namespace('moved'), 'moved'];
    await world.pod('db-0', { namespace, node });
    const { ran, evictions } = await drainWithEvictions(node, ['--force'], async () => {
      await deleteNow(namespace, 'db-0');
      await world.pod('db-0', { namespace, node: 'elsewhere' });
      return undefined;
    });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr).not.toContain('waits');
    expect(evictions).toHaveLength(1);
    const again = await world.get(`/api/v1/namespaces/${namespace}/pods/db-0`);
    expect(textAt(again, 'spec', 'nodeName')).toBe('elsewhere');
    expect(textAt(again, 'metadata', 'deletionTimestamp')).toBeUndefined();
  });

  test('429 without a budget: tried again when the server said', async () => {
    const [namespace, node] = [await world.namespace('busy'), 'busy'];
    await world.deployment('web', { namespace, node }, 1);
    const { ran, evictions } = await drainWithEvictions(node, [], (count) =>
      count > 1
        ? undefined
        : {
            status: 429,
            headers: { 'Retry-After': '1' },
            body: status(429, 'TooManyRequests', 'too many requests, please try again later'),
          },
    );
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr).toContain('waits: too many requests, please try again later');
    expect(evictions).toHaveLength(2);
    const [first = 0, second = 0] = evictions;
    expect(second - first).toBeGreaterThanOrEqual(1000);
  });

  test.each([
    [
      '500',
      'broken',
      { status: 500, body: status(500, 'InternalError', 'failed calling webhook "w": connection refused') },
    ],
    ['a reset connection', 'reset', undefined],
  ])('%s: tried again after a while', async (_what, node, instead) => {
    const namespace = await world.namespace(node);
    await world.deployment('web', { namespace, node }, 2);
    const { ran, evictions } = await drainWithEvictions(node, [], (count) => {
      if (count > 2) return undefined;
      if (instead === undefined) throw new Error('reset');
      return instead;
    });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr).toMatch(instead === undefined ? /waits: .*(reset|hang up)/ : /waits: failed calling webhook/);
    expect(evictions.length).toBeGreaterThan(2);
    expect(await world.podsOn(node)).toEqual([]);
  });

  test('500 because two budgets select the pod: waits, says which rule, and goes on when one of them is gone', async () => {
    const [namespace, node] = [await world.namespace('double'), 'double'];
    await world.deployment('web', { namespace, node }, 1);
    await world.budget('one', namespace, 'web', 0);
    await world.budget('two', namespace, 'web', 0);
    const running = await plugin.start(['on', node]);
    await until('the drain is blocked', () => running.said().includes('waits: '));
    expect(running.said()).toContain(
      'waits: more than one disruption budget selects it, which evictions do not support',
    );
    expect(await world.podsOn(node)).toHaveLength(1);
    await plane.api('DELETE', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/two`);
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  test('403: it does not wait for a right that nobody gives, and exits 4', async () => {
    const [namespace, node] = [await world.namespace('refused'), 'refused'];
    await world.deployment('web', { namespace, node }, 1);
    const why = 'pods "web" is forbidden: User "admin" cannot create resource "pods/eviction"';
    const { ran } = await drainWithEvictions(node, [], () => ({ status: 403, body: status(403, 'Forbidden', why) }));
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain(`error: 1 of 1 pods left on node ${node}: not allowed to evict`);
    expect(ran.stderr).toMatch(/^ {2}pods "web" is forbidden: .*: refused\/web-\S+$/m);
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated', unschedulable: true });
    expect(await world.podsOn(node)).toHaveLength(1);
  });

  test('who may not evict is told before anything is written', async () => {
    const [namespace, node] = [await world.namespace('no-right'), 'no-right'];
    await world.deployment('web', { namespace, node }, 1);
    await world.grant('marker', [
      { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['get', 'list', 'patch'] },
      {
        apiGroups: ['', 'apps', 'policy'],
        resources: ['pods', 'daemonsets', 'poddisruptionbudgets'],
        verbs: ['get', 'list', 'watch'],
      },
    ]);
    const ran = await plugin.maint(['on', node], { user: 'marker' });
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain(
      'error: you may not create pods/eviction in namespace no-right\nhint: nothing was changed',
    );
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
    expect(await world.podsOn(node)).toHaveLength(1);
  });

  test('who may evict, and write no Events, drains and is told of it', async () => {
    const node = 'no-right';
    await world.grant('mover', [
      { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['get', 'list', 'patch'] },
      { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
      { apiGroups: ['', 'apps', 'policy'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
    ]);
    const ran = await plugin.maint(['on', node], { user: 'mover' });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr).toContain('Warning: Events of the node are not written: no right to write Events of nodes');
  });
});

/** Drains through a proxy that is asked what to answer to each eviction; the times at which they came. */
async function drainWithEvictions(
  node: string,
  flags: readonly string[],
  answer: (count: number) => Promise<Instead | undefined> | Instead | undefined,
) {
  const evictions: number[] = [];
  await using proxy = await faultProxy(plane, ({ method, path }) => {
    if (method !== 'POST' || !path.endsWith('/eviction')) return undefined;
    return answer(evictions.push(performance.now()));
  });
  const ran = await plugin.maint(['on', node, '--server', proxy.url, ...flags]);
  return { ran, evictions };
}

interface Instead {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

function status(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

async function deleteNow(namespace: string, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  await plane.api('DELETE', `${path}?gracePeriodSeconds=0`);
  await until(`pod ${name} is gone`, async () => (await world.get(path)) === undefined);
}

/** Counts in an annotation of the node until the signal aborts; the last number that the API server accepted. */
async function hammer(node: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  while (!signal.aborted) {
    await world.patch(`/api/v1/nodes/${node}`, { metadata: { annotations: { hammer: String(count + 1) } } });
    count += 1;
    await new Promise((resolve) => setTimeout(resolve, HAMMER_PAUSE_MS));
  }
  expect(numberAt({ count }, 'count')).toBeGreaterThan(10);
  return count;
}
