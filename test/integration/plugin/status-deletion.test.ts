/** What `status` says of the end of a node: whether it may be deleted, how it is, and what it may not read. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { like } from '../../support/like.ts';
import { type PluginRunner, pluginRunner, type RunOptions } from '../../support/plugin-run.ts';
import { Workloads } from '../../support/workloads.ts';

const ROLE = { 'node-role.kubernetes.io/control-plane': '' };
const HELD = ['control-1', 'volume', 'shared', 'silent', 'free', 'excepted'];

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  plane = await startControlPlane({
    controllerManager: false,
    scheduler: false,
    nodes: [
      { name: 'control-1', labels: ROLE },
      { name: 'control-2', labels: ROLE },
      { name: 'volume' },
      { name: 'shared' },
      { name: 'silent', silent: true },
      { name: 'free' },
      { name: 'excepted' },
      { name: 'karpenters', taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }] },
      { name: 'idle' },
    ],
    users: [{ name: 'lea', groups: [] }],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  const on = await plugin.maint(['on', ...HELD, '--mode=cordon', '--allow-last-node', '--owner', 'ana']);
  expect(on, on.stderr).toMatchObject({ code: 0 });
  expect(await plugin.maint(['on', 'shared', '--mode=cordon', '--owner', 'ben'])).toMatchObject({ code: 0 });
  await world.attachment('csi-1', 'volume', 'pv-db');
  await world.grant('lea', [{ apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list'] }]);
});

afterAll(() => plane.stop());

/** The items of `-o json`, by name. */
async function statuses(options?: RunOptions): Promise<ReadonlyMap<string, unknown>> {
  const { code, stdout } = await plugin.maint(['status', '-ojson'], options);
  expect(code).toBe(0);
  return new Map(listAt(JSON.parse(stdout), 'items').map((item) => [textAt(item, 'name') ?? '', item]));
}

describe('whether the node may be deleted', () => {
  test.each<[node: string, deletion: object]>([
    ['free', { verdict: 'safe', blockers: [] }],
    [
      'volume',
      { verdict: 'blocked', blockers: [{ kind: 'volumes', text: '1 volume still attached', names: ['pv-db'] }] },
    ],
    [
      'shared',
      { verdict: 'blocked', blockers: [{ kind: 'claims', text: '2 owners work on it', names: ['ana', 'ben'] }] },
    ],
    [
      'control-1',
      {
        verdict: 'blocked',
        blockers: [
          {
            kind: 'control-plane',
            text: '1 of 2 control-plane nodes would be left Ready, and 2 are needed',
            names: [],
          },
        ],
      },
    ],
  ])('%s', async (node, deletion) => {
    expect(at((await statuses()).get(node), 'deletion')).toEqual(deletion);
  });

  test('in the table', async () => {
    const { stdout } = await plugin.maint(['status', 'control-1', 'free', 'shared', 'volume']);
    const cells = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)[10]);
    expect(cells).toEqual(['DELETION', 'blocked: quorum', 'safe', 'blocked: 2 owners', 'blocked: 1 volume']);
  });
});

test('a node whose kubelet is silent: not Ready, no heartbeat', async () => {
  expect((await statuses()).get('silent')).toMatchObject({
    ready: false,
    heartbeat: null,
    health: [like(/^not Ready/), 'no heartbeat (no Lease in kube-node-lease)'],
  });
});

test('what is lifted, and for how long', async () => {
  const allow = 'allow excepted --rules backup --for 30m --reason restore'.split(' ');
  const allowed = await plugin.maint(allow);
  expect(allowed, allowed.stderr).toMatchObject({ code: 0 });
  expect((await plugin.maint(['status', 'excepted', '--no-headers'])).stdout).toMatch(/ safe +backup for (?:29|30)m$/m);
  const exceptions = [{ rules: ['backup'], by: 'admin', reason: 'restore' }];
  expect((await statuses()).get('excepted')).toMatchObject({ exceptions });
});

test('a node that another tool takes out of service is listed with it, and left to it', async () => {
  const { stdout, stderr } = await plugin.maint(['status']);
  expect(stdout).toMatch(/^karpenters +Cordoned .* Karpenter /m);
  expect(stdout).not.toContain('idle');
  expect(stderr).not.toContain('--adopt');
});

describe('a node that was deleted in the middle of a maintenance', () => {
  beforeAll(async () => {
    // As the webhook writes it.
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    for (const name of ['returned', 'gone']) {
      await world.create('/api/v1/namespaces/default/events', {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { generateName: `${name}.`, namespace: 'default' },
        involvedObject: { apiVersion: 'v1', kind: 'Node', name, uid: 'of-the-deleted-one' },
        type: 'Warning',
        reason: 'MaintenanceLost',
        message: 'deleted while in maintenance',
        source: { component: 'kubectl-maint' },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      });
    }
    await world.create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'returned' } });
  });
  afterAll(() => world.remove('/api/v1/nodes/returned'));

  test('and came back, is told with what to do; one that is gone is not', async () => {
    const { stderr } = await plugin.maint(['status']);
    expect(stderr).toMatch(
      /^Warning: node returned was deleted in the middle of a maintenance \(\S+Z\) and is back without its record: it takes work; to go on: kubectl maint on returned$/m,
    );
    expect(stderr).not.toContain('node gone');
    const { stdout } = await plugin.maint(['status', '-ojson']);
    expect(at(JSON.parse(stdout), 'lost')).toEqual([{ name: 'returned', lostAt: like(/Z$/) }]);
  });

  test('and is not asked about, is not told', async () => {
    expect((await plugin.maint(['status', 'idle'])).stderr).toBe('');
  });
});

test('lines are cut where that is asked for', async () => {
  const { stdout } = await plugin.maint(['status', '--width', '30']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => [line.length, line.endsWith('…')])).toEqual(lines.map(() => [30, true]));
});

describe('someone who may read nodes and pods, and nothing else', () => {
  const lea = { user: 'lea' };

  test('sees them; the rest is <unknown>, and never safe; one line names the rights, one the policy', async () => {
    const { code, stdout, stderr } = await plugin.maint(['status', 'free', '-o', 'wide'], lea);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^free +Complete .* 0 +True +<unknown> +<unknown> +<none> +<unknown> +<none>/m);
    expect(stderr).toBe(
      'Warning: some of it is <unknown>: no right to get leases.coordination.k8s.io, ' +
        'get validatingwebhookconfigurations.admissionregistration.k8s.io, list events, ' +
        'list validatingadmissionpolicybindings.admissionregistration.k8s.io, ' +
        'list volumeattachments.storage.k8s.io\n' +
        'Warning: the policy of the cluster is not known, you may not get validatingwebhookconfigurations: ' +
        'the defaults are assumed (the ClusterRole kubectl-maint-viewer may read it)\n',
    );
  });

  test('as null for programs, and what blocks blocks all the same', async () => {
    const found = await statuses(lea);
    expect(found.get('free')).toMatchObject({ podsLeft: 0, heartbeat: null, deletion: { verdict: 'unknown' } });
    expect(found.get('shared')).toMatchObject({ deletion: { verdict: 'blocked', blockers: [{ kind: 'claims' }] } });
  });

  test('may not watch, and is told', async () => {
    const { code, stderr } = await plugin.maint(['status', '-w'], lea);
    expect(code).toBe(4);
    expect(stderr).toContain('cannot watch resource "nodes"');
  });
});
