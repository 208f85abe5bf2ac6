/** What commands on nodes ask of a cluster. Its nodes have no kubelets here: the test says what theirs would. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ON_NODE_GRANTS, OPERATOR_GRANTS } from '../../../plugin/preflight/grants.ts';
import { listAt, textAt, type Grant } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { grantTo } from '../../support/granted.ts';
import { type PluginRunner, pluginRunner, type Ran, type RunOptions } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

const NAMESPACE = 'kubectl-maint-run';
const IMAGE = '--on-node=example.com/tools:1';
const NODES = ['a', 'b', 'lin', 'win', 'boot', 'lie', 'local', 'dark', 'ill', 'next'];
/** Those whose kubelet may die. */
const MORTAL = ['dark', 'ill'];
/** Operators without one of the rights that commands on nodes need, by what they are called. */
const LACKING: readonly (readonly [user: string, right: string, grants: readonly Grant[]])[] = [
  ['no-pods', `create pods in namespace ${NAMESPACE}`, without('pods')],
  ['no-logs', `get pods/log in namespace ${NAMESPACE}`, without('pods/log')],
  ['no-scripts', `create configmaps in namespace ${NAMESPACE}`, without('configmaps')],
];

function without(resource: string): readonly Grant[] {
  return [...OPERATOR_GRANTS, ...ON_NODE_GRANTS.filter((grant) => grant.resource !== resource)];
}

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let folder: string;

beforeAll(async () => {
  const users = [...LACKING.map(([name]) => ({ name, groups: [] })), { name: 'able', groups: [] }];
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name, mortal: MORTAL.includes(name) })), users });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  folder = await mkdtemp(join(tmpdir(), 'maint-on-node-'));
  for (const [user, , grants] of LACKING) await grantTo(plane, user, grants);
  await grantTo(plane, 'able', [...OPERATOR_GRANTS, ...ON_NODE_GRANTS]);
});

afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

const AT_ONCE = '--healthy-for=0';
const run = (args: readonly string[], options?: RunOptions): Promise<Ran> => plugin.maint(['run', ...args], options);

/** Nodes that are in maintenance. */
async function held(): Promise<readonly string[]> {
  const states = await Promise.all(
    NODES.map(async (name) => (maintenanceOf(await world.node(name)).label === undefined ? [] : [name])),
  );
  return states.flat();
}

async function refused(args: readonly string[], code: number, ...words: readonly string[]): Promise<void> {
  await refusedFor({}, args, code, ...words);
}

async function refusedFor(options: RunOptions, args: readonly string[], code: number, ...words: readonly string[]) {
  const ran = await run(args, options);
  expect(ran, ran.stderr).toMatchObject({ code, stdout: '' });
  for (const word of words) expect(ran.stderr).toContain(word);
  expect(await held()).toEqual([]);
}

async function makeNamespace(name: string, level: string): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': level };
  await plane.api('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
}

/** Reports a boot id, as a kubelet does. */
async function boots(node: string, bootID: string): Promise<void> {
  await world.patch(`/api/v1/nodes/${node}/status`, { status: { nodeInfo: { bootID } } });
}

/** Reports what has become of the command's container, as a kubelet does. */
async function reports(node: string, state: object, phase: string): Promise<void> {
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/run-${node}/status`;
  const container = { name: 'command', image: 'x', imageID: 'x', ready: false, restartCount: 0, state };
  await world.patch(path, { status: { phase, containerStatuses: [container] } });
}

async function podOf(node: string): Promise<unknown> {
  const { status, body } = await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/pods/run-${node}`);
  return status === 200 ? body : undefined;
}

describe('before anything is changed', () => {
  test('a namespace that is not there, or lets no such pod in, is refused with the words that make one', async () => {
    const make = `kubectl create namespace ${NAMESPACE} && kubectl label namespace ${NAMESPACE} pod-security.kubernetes.io/enforce=privileged`;
    await refused(['a', 'b', IMAGE, '--', 'true'], 3, `there is no namespace ${NAMESPACE}`, make);
    await makeNamespace('strict', 'baseline');
    await refused(
      ['a', 'b', IMAGE, '--namespace=strict', '--', 'true'],
      3,
      'the pod of the command would be refused',
      'violates PodSecurity "baseline:latest"',
      'kubectl label namespace strict-privileged pod-security.kubernetes.io/enforce=privileged',
    );
    await makeNamespace(NAMESPACE, 'privileged');
    const ran = await run(['a', 'b', IMAGE, '--dry-run=client', '--', 'echo', 'a b']);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain("node/a runs: echo 'a b' (on the node) (dry run)\n");
  });

  test.each(LACKING)('%s: who may not %s is refused by name', async (user, right) => {
    const script = join(folder, 'a.sh');
    await writeFile(script, '#!/bin/sh\n');
    const args = user === 'no-scripts' ? ['--script', script] : ['--', 'true'];
    await refusedFor({ user }, ['a', 'b', IMAGE, ...args], 3, 'error: you may not ', right, 'kubectl-maint-on-node');
  });

  test('Windows nodes are refused with a sentence, and scripts that could not run there', async () => {
    await world.patch('/api/v1/nodes/win/status', { status: { nodeInfo: { operatingSystem: 'windows' } } });
    await refused(['lin', 'win', IMAGE, '--', 'true'], 2, "node win: it runs windows, where there is no host's root");
    const script = join(folder, 'bare.sh');
    await writeFile(script, 'echo hello\n');
    await refused(['a', IMAGE, '--script', script], 2, '--script: the file does not begin with #!');
    await refused(['a', '--script', script], 2, '--script carries a file over to the node, which takes --on-node');
    await refused(['a', '--reboot', '--', 'true'], 2, 'no boot id is reported for a');
  });
});

test('a command: its pod is made when the node is drained, its exit code counts, and nothing of it stays', async () => {
  const script = join(folder, 'upgrade.sh');
  await writeFile(script, '#!/bin/sh\necho hello\n');
  const running = await plugin.start(['run', 'a', IMAGE, AT_ONCE, '--reason=new', '--script', script], {
    user: 'able',
  });
  await until('its pod is there', async () => (await podOf('a')) !== undefined);
  expect(await held()).toEqual(['a']);
  const maps = await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/configmaps/run-a`);
  expect(maps.body).toMatchObject({ metadata: { ownerReferences: [{ kind: 'Node', name: 'a' }] }, immutable: true });
  const other = await run(['a', '--owner=other', IMAGE, '--', 'true']);
  expect(other).toMatchObject({ code: 3, stdout: '' });
  expect(other.stderr).toContain('error: node a is taken through by a run of able (1 of 1: running)');
  await reports('a', { terminated: { exitCode: 3 } }, 'Failed');
  const ran = await running.ended;
  expect(ran.code, ran.stderr).toBe(5);
  expect(ran.stderr).toContain('node/a in maintenance (Complete): the command exited with code 3\n');
  expect(ran.stderr).toContain(
    `kubectl maint run a --on-node=example.com/tools:1 ${AT_ONCE} --reason=new --script=${script} --resume\n`,
  );
  expect(await podOf('a')).toBeUndefined();
  expect((await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/configmaps/run-a`)).status).toBe(404);
  expect(await plugin.maint(['off', 'a', '--all', AT_ONCE])).toMatchObject({ code: 0 });
});

test('the record says who runs it on behalf of another, which is what its pod is known by', async () => {
  const running = await plugin.start(['run', 'b', '--owner=CHG-1', '--run-id=night', IMAGE, AT_ONCE, '--', 'true'], {
    user: 'able',
  });
  await until('its pod is there', async () => (await podOf('b')) !== undefined);
  const record: unknown = JSON.parse(
    textAt(await world.node('b'), 'metadata', 'annotations', 'kubectl-maint.io/maintenance') ?? '',
  );
  const [claim] = listAt(record, 'claims');
  expect(claim).toMatchObject({ owner: 'CHG-1', by: 'able' });
  expect(await podOf('b')).toMatchObject({
    metadata: {
      labels: { 'kubectl-maint.io/run': textAt(claim, 'id')?.replace(/^night\//, '') },
      annotations: { 'kubectl-maint.io/owner': 'CHG-1' },
    },
  });
  await reports('b', { terminated: { exitCode: 0 } }, 'Succeeded');
  const ran = await running.ended;
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
});

describe('a reboot', () => {
  test('is another boot id; the command that it has ended has not failed', async () => {
    await boots('boot', 'one');
    const running = await plugin.start(['run', 'boot', IMAGE, '--reboot', AT_ONCE], { user: 'able' });
    await until('its pod is there', async () => (await podOf('boot')) !== undefined);
    expect(await podOf('boot')).toMatchObject({
      spec: { containers: [{ command: ['chroot', '/host', 'systemctl', 'reboot'] }] },
    });
    await reports('boot', { terminated: { exitCode: 143 } }, 'Failed');
    await until('it is waited for', () =>
      running.said().includes('waits for its reboot: it is Ready, with the same boot id'),
    );
    await boots('boot', 'two');
    const ran = await running.ended;
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stderr).toContain('node/boot has rebooted: its boot id is another one after ');
    expect(ran.stdout).toContain('node/boot out of maintenance\n');
  });

  test('that is none stops the run, and its line goes on without a command of this machine', async () => {
    for (const node of ['lie', 'lin']) await boots(node, 'one');
    const flags = [IMAGE, '--reboot', AT_ONCE, '--healthy-timeout=2s'];
    const running = await plugin.start(['run', 'lie', 'lin', ...flags], { user: 'able' });
    await until('its pod is there', async () => (await podOf('lie')) !== undefined);
    await reports('lie', { terminated: { exitCode: 0 } }, 'Succeeded');
    const ran = await running.ended;
    expect(ran.code, ran.stderr).toBe(5);
    expect(ran.stderr).toContain(
      'node/lie in maintenance (Complete): the command ended well, but it has not rebooted within 2s: its boot id is one still\n',
    );
    expect(ran.stderr).toContain('node/lin not begun\n');
    expect(ran.stderr.trimEnd().split('\n').at(-1)).toBe(['kubectl maint run lie lin', ...flags, '--resume'].join(' '));
    expect(await plugin.maint(['off', 'lie', AT_ONCE], { user: 'able' })).toMatchObject({ code: 0 });
  });

  test('by a command of this machine is proved as well', async () => {
    await boots('local', 'one');
    const asked = join(folder, 'asked');
    // As ssh ends when the machine at its other end goes down.
    const command = ['sh', '-c', `touch ${asked}; exit 255`];
    const running = await plugin.start(['run', 'local', '--reboot', AT_ONCE, '--', ...command]);
    await until('it is waited for', () => running.said().includes('waits for its reboot'));
    await boots('local', 'two');
    expect(await running.ended).toMatchObject({ code: 0 });
    const fails = await run(['local', '--reboot', AT_ONCE, '--', 'sh', '-c', 'exit 7']);
    expect(fails.code).toBe(5);
    expect(fails.stderr).toContain('error: node local: the command exited with code 7\n');
    expect(await plugin.maint(['off', 'local', AT_ONCE])).toMatchObject({ code: 0 });
  });

  test.each([
    ['dark', undefined, 'complete', 'the command exited with code 255, but it has not come back within 3s'],
    ['ill', 'two', 'returning', 'gave up waiting for node ill: not Ready'],
  ])(
    'after which %s does not come back (boot id then: %s) stops the run, and the node stays in maintenance',
    async (node, bootId, state, why) => {
      for (const one of [node, 'next']) await boots(one, 'one');
      const down = join(folder, `${node}-is-down`);
      // As ssh ends when the machine at its other end goes down.
      const command = ['sh', '-c', `while [ -d ${folder} ] && [ ! -e ${down} ]; do sleep 0.1; done; exit 255`];
      const flags = ['--reboot', AT_ONCE, '--healthy-timeout=3s'];
      const running = await plugin.start(['run', node, 'next', ...flags, '--', ...command]);
      await until('the command runs', () => running.said().includes(`node/${node} runs: `));
      await plane.silenceNode(node);
      if (bootId !== undefined) await boots(node, bootId);
      await writeFile(down, '');
      const ran = await running.ended;
      expect(ran.code, ran.stderr).toBe(5);
      expect(ran.stderr).toMatch(new RegExp(`^error: node ${node}: ${why}`, 'm'));
      expect(ran.stderr).toContain('stopped: 0 of 2 nodes done\n');
      expect(ran.stderr).toContain('node/next not begun\n');
      const again = ['run', node, 'next', ...flags, '--resume', '--'].join(' ');
      expect(ran.stderr).toContain(`to go on, once what stopped it is mended:\nkubectl maint ${again} `);
      const { label, record } = maintenanceOf(await world.node(node));
      expect(label).toBe(state);
      expect(listAt(record, 'claims')).toMatchObject([{ run: { number: 1, of: 2, step: 'stopped' } }]);
      expect(await held()).toEqual([node]);
      expect(await plugin.maint(['off', node, '--skip-health-check'])).toMatchObject({ code: 0 });
    },
  );
});
