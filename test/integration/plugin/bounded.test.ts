import { afterAll, beforeAll, expect, test } from 'vitest';
import { isObject, numberAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { auditLog, type AuditLog } from '../../support/audit-log.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

/** What commands ask of the API server, as its own audit log has it: work grows with the nodes, and not with their square. */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let log: AuditLog;

const pool = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `${name}-${index + 1}`, labels: { pool: name } }));

beforeAll(async () => {
  // Every call of ours when it has ended; a watch with the others.
  log = await auditLog(['admin'], ['RequestReceived', 'ResponseStarted']);
  plane = await startControlPlane({
    nodes: [...pool('few', 5), ...pool('turn', 12), { name: 'spare' }],
    apiServerArgs: log.apiServerArgs,
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(async () => {
  await plane.stop();
  await log.remove();
});

interface Call {
  readonly verb: string;
  readonly uri: string;
  /** When it came, and when it had ended, in ms. */
  readonly from: number;
  readonly to: number;
}

/** The calls of the plugin that the API server has written down so far. */
async function calls(): Promise<readonly Call[]> {
  return (await log.events())
    .filter((event) => textAt(event, 'userAgent')?.startsWith('kubectl-maint/'))
    .map((event) => ({
      verb: textAt(event, 'verb') ?? '',
      uri: textAt(event, 'requestURI') ?? '',
      from: Date.parse(textAt(event, 'requestReceivedTimestamp') ?? ''),
      to: Date.parse(textAt(event, 'stageTimestamp') ?? ''),
    }));
}

/** Runs a command, and counts what it takes. */
async function costOf(args: readonly string[]) {
  const before = (await calls()).length;
  await using proxy = await faultProxy(plane, () => undefined);
  const [verb = '', ...more] = args;
  const ran = await plugin.maint([verb, '--server', proxy.url, ...more]);
  expect(ran).toMatchObject({ code: 0 });
  const made = async (): Promise<readonly Call[]> => (await calls()).slice(before);
  // Of a watch that is given up the API server hears a moment later.
  await until('all is written down', async () => (await made()).length === proxy.seen.length);
  return { calls: await made(), bytes: proxy.bytes() };
}

/** Calls of a run: for each node with a pod or two that move, and those that are made once (docs/benchmarks.md). */
const [A_NODE, ONCE] = [34, 22];

/** A pod for each node of a pool. */
async function fill(name: string, replicas: number): Promise<void> {
  const labels = { app: name };
  const spread = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' };
  const topologySpreadConstraints = [{ ...spread, labelSelector: { matchLabels: labels } }];
  const containers = [{ name: 'web', image: 'web' }];
  await world.create('/apis/apps/v1/namespaces/default/deployments', {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { nodeSelector: { pool: name }, topologySpreadConstraints, containers },
      },
    },
  });
  const path = `/apis/apps/v1/namespaces/default/deployments/${name}`;
  await until(
    'its pods are Ready',
    async () => numberAt(await world.get(path), 'status', 'readyReplicas') === replicas,
  );
}

/** What is read of all nodes, and what of each of them. */
const FOLLOWED = {
  // Those in maintenance are read after each mark: few, and as of that moment.
  nodes: /^\/api\/v1\/nodes\?(?!.*(?:fieldSelector|labelSelector))/,
  pods: /^\/api\/v1\/pods\?(?!.*spec\.nodeName%3D)/,
  budgets: /^\/apis\/policy\/v1\/poddisruptionbudgets\?/,
  'what was kept off': /^\/api\/v1\/(?:namespaces\/default\/)?events\?fieldSelector/,
};

test('`run` over ten times the nodes takes ten times the calls and bytes; what it reads of all nodes it reads once', async () => {
  const line = (name: string) => ['run', '-l', `pool=${name}`, '--max-parallel=5', '--healthy-for=0', '--', 'true'];
  await fill('few', 5);
  const few = await costOf(line('few'));
  await plane.addNodes(pool('many', 50));
  await fill('many', 50);
  const many = await costOf(line('many'));
  expect(many.calls.length).toBeLessThan(12 * few.calls.length);
  expect(many.bytes).toBeLessThan(12 * few.bytes);
  expect(many.calls.length).toBeLessThanOrEqual(50 * A_NODE + ONCE);
  for (const [what, uri] of Object.entries(FOLLOWED)) {
    const reads = many.calls.filter((call) => ['list', 'watch'].includes(call.verb) && uri.test(call.uri));
    // One that counts, one that lists and one that watches, of two kinds of Events as well.
    expect(reads.length, `${what}: ${reads.map((one) => one.uri).join(' ')}`).toBeLessThanOrEqual(4);
  }
  // Before a node is called drained its own pods are listed once more.
  const own = many.calls.filter(({ uri }) => uri.includes('spec.nodeName%3D'));
  expect(own.every(({ verb }) => verb === 'list')).toBe(true);
});

test('`on` over a few nodes of many watches the pods of as many as are drained at once', async () => {
  const { calls: made } = await costOf(['on', '-l', 'pool=few', '--max-parallel=2', '--max-unavailable=100%']);
  const watches = made.filter(({ verb, uri }) => verb === 'watch' && uri.startsWith('/api/v1/pods?'));
  expect(watches).toHaveLength(5);
  const open = watches.map(({ from }) => watches.filter((other) => other.from <= from && from < other.to).length);
  // The API server hears of the end of one a moment after the next has begun.
  expect(Math.max(...open)).toBeLessThanOrEqual(4);
  // Each batch looks at all nodes, and does not read all of them.
  const ofAllNodes = made.filter(({ verb, uri }) => verb === 'list' && /^\/api\/v1\/nodes\?limit=\d+$/.test(uri));
  expect(ofAllNodes.length).toBeLessThan(3);
});

test('`on` over many of the nodes, batch by batch, watches all pods once', async () => {
  const { calls: made } = await costOf(['on', '-l', 'pool=turn', '--max-parallel=2', '--max-unavailable=100%']);
  const watches = made.filter(({ verb, uri }) => verb === 'watch' && uri.startsWith('/api/v1/pods?'));
  expect(watches.every(({ uri }) => !uri.includes('spec.nodeName%3D'))).toBe(true);
  expect(watches.length).toBeLessThan(3);
});

test('`status --watch` reads what no watch tells every ten seconds, however much changes', async () => {
  const before = (await calls()).length;
  const running = await plugin.start(['status', 'turn-1', '--watch', '-o', 'json']);
  await until('it shows the node', () => running.said().includes('"turn-1"'));
  for (let change = 1; change <= 10; change += 1) {
    const exception = { rules: ['scan'], until: '2100-01-01T00:00:00Z', by: 'a', reason: `${change} of 10` };
    const { record } = maintenanceOf(await world.node('turn-1'));
    if (!isObject(record)) throw new Error('it is in maintenance');
    const annotations = { 'kubectl-maint.io/maintenance': JSON.stringify({ ...record, exceptions: [exception] }) };
    await world.patch('/api/v1/nodes/turn-1', { metadata: { annotations } });
    await until('it shows the change', () => running.said().includes(`${change} of 10`));
  }
  running.signal('SIGINT');
  await running.ended;
  const made = (await calls()).slice(before).filter(({ uri }) => uri.includes('/volumeattachments'));
  expect(made.length).toBeLessThanOrEqual(2);
});
