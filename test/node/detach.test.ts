/** What is carried out away from the terminal: a Job whose own node is drained in the middle, and an API server that goes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWebhookImage, thisArchitecture } from '../../packaging/image/image.ts';
import { ON_NODE_GRANTS, OPERATOR_GRANTS } from '../../plugin/preflight/grants.ts';
import { listAt, textAt, type Grant } from '../../shared/index.ts';
import { whyNoRealNodes } from '../real-nodes/able.ts';
import { startRealCluster, type RealCluster } from '../real-nodes/cluster.ts';
import { CHROOT_IMAGE } from '../real-nodes/configuration.ts';
import { chrootImage } from '../real-nodes/go-image.ts';
import { pluginRunner, type PluginRunner } from '../support/plugin-run.ts';
import { until } from '../support/until.ts';

const IMAGE = 'localhost/maint-webhook:test';
const PLACE = ['--detach', '--service-account=maint', '-n', 'ops'];
/** The image's one program stands for a command: it says where it runs, and takes a while. */
const SLOW = ['--', 'node', '-e', "console.log('at ' + process.env.NODE); setTimeout(() => console.log('done'), 4000)"];
/** Where commands on nodes have their pods. */
const ON_NODE = 'kubectl-maint-run';
const JOBS = '/apis/batch/v1/namespaces/ops/jobs';

describe.skipIf(whyNoRealNodes() !== undefined)('away from the terminal', () => {
  let folder: string;
  let cluster: RealCluster;
  let plugin: PluginRunner;
  let names: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-detach-test-'));
    const image = { name: IMAGE, folder: join(folder, 'image'), architectures: [thisArchitecture()] };
    const building = Promise.all([buildWebhookImage(image), chrootImage(folder)]);
    cluster = await startRealCluster(3);
    plugin = pluginRunner(cluster.plane);
    names = cluster.nodes.map(({ name }) => name);
    const [webhook, chroot] = await building;
    for (const archive of [webhook.archive, chroot]) await cluster.load(archive);
    const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const rbac = 'rbac.authorization.k8s.io';
    await apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ops', labels: restricted } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'maint', namespace: 'ops' } },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRole',
        metadata: { name: 'kubectl-maint-operator' },
        rules: rulesOf(OPERATOR_GRANTS),
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'maint' },
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'kubectl-maint-operator' },
        subjects: [{ kind: 'ServiceAccount', name: 'maint', namespace: 'ops' }],
      },
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: ON_NODE, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'Role',
        metadata: { name: 'kubectl-maint-on-node', namespace: ON_NODE },
        rules: rulesOf(ON_NODE_GRANTS),
      },
    ]);
  });
  afterAll(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function apply(items: readonly object[]): Promise<void> {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { code, stderr } = await cluster.plane.kubectl(['apply', '-f', '-'], { input });
    if (code !== 0) throw new Error(stderr);
  }

  const rulesOf = (grants: readonly Grant[]): readonly object[] =>
    grants.map(({ group, resource, verbs, names: only }) => ({
      apiGroups: [group],
      resources: [resource],
      verbs,
      ...(only !== undefined && { resourceNames: only }),
    }));

  /** Begins an operation in the cluster; the name of its Job. */
  async function detach(...args: readonly string[]): Promise<string> {
    const ran = await plugin.maint(args);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    return /^job\.batch\/(\S+) created/m.exec(ran.stdout)?.[1] ?? '';
  }

  /** The nodes of the Job's pods that have begun, in the order in which attach saw them. */
  async function nodeOf(job: string): Promise<string | undefined> {
    const query = `labelSelector=batch.kubernetes.io%2Fjob-name%3D${job}`;
    const { body } = await cluster.plane.api('GET', `/api/v1/namespaces/ops/pods?${query}`);
    const running = listAt(body, 'items').find((pod) => textAt(pod, 'status', 'phase') === 'Running');
    return textAt(running, 'spec', 'nodeName');
  }

  async function inMaintenance(): Promise<readonly string[]> {
    const { body } = await cluster.plane.api('GET', '/api/v1/nodes?labelSelector=kubectl-maint.io%2Fmaintenance');
    return listAt(body, 'items').map((node) => textAt(node, 'metadata', 'name') ?? '');
  }

  const count = (text: string, part: string): number => text.split(part).length - 1;

  test('a run goes through every node, its own among them: it is moved, and no node is done twice', async () => {
    const job = await detach('run', ...names, ...PLACE, `--image=${IMAGE}`, '--healthy-for=1s', ...SLOW);
    const attached = await plugin.maint(['attach', job, '-n', 'ops']);
    expect(attached, attached.stdout + attached.stderr).toMatchObject({ code: 0 });
    const { stdout, stderr } = attached;
    expect(stderr).toMatch(/was moved away from node real-\d \(EvictionByEvictionAPI\)/);
    expect(stderr).toMatch(/goes on on node real-\d, in pod /);
    for (const name of names) {
      expect(count(stdout, `${name} | at ${name}\n`)).toBe(1);
      expect(count(stdout, `${name} | done\n`)).toBe(1);
    }
    expect(stdout).toContain('done by this run before: ');
    expect(await inMaintenance()).toEqual([]);
    expect(textAt((await cluster.plane.api('GET', `${JOBS}/${job}`)).body, 'status', 'completionTime')).toBeDefined();
  });

  test('an API server that goes and comes back in the middle stops neither the run nor who follows it', async () => {
    const job = await detach('run', names[0] ?? '', ...PLACE, `--image=${IMAGE}`, '--healthy-for=1s', ...SLOW);
    const attached = await plugin.start(['attach', job, '-n', 'ops']);
    await until('the command runs', () => attached.said().includes(' | at '));
    await cluster.plane.stopApiServer();
    await cluster.plane.startApiServer();
    const ended = await attached.ended;
    expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
    expect(count(ended.stdout, ' | at ')).toBe(1);
    expect(count(ended.stdout, ' | done\n')).toBe(1);
    expect(await inMaintenance()).toEqual([]);
  });

  test('who leaves leaves it alone; a Job that is deleted stops as by Ctrl-C, and the node stays as it is', async () => {
    const command = ['--', 'node', '-e', 'setTimeout(() => 0, 600_000)'];
    const job = await detach('run', names[0] ?? '', ...PLACE, `--image=${IMAGE}`, ...command);
    const leaver = await plugin.start(['attach', job, '-n', 'ops']);
    const stayer = await plugin.start(['attach', '--all', '-n', 'ops']);
    await until('both hear that it runs', () => [leaver, stayer].every((one) => one.said().includes(' runs: node')));
    leaver.signal('SIGINT');
    expect(await leaver.ended).toMatchObject({ code: 130, stderr: `left: job ${job} goes on in namespace ops\n` });
    expect(await nodeOf(job)).toBeDefined();
    expect(await cluster.plane.kubectl(['delete', 'job', job, '-n', 'ops'])).toMatchObject({ code: 0 });
    const stopped = await stayer.ended;
    expect(stopped).toMatchObject({ code: 130 });
    expect(stopped.stdout).toContain(`${job} | interrupted: 0 of 1 nodes done\n`);
    expect(stopped.stdout).toContain(`${job} | kubectl maint run ${names[0] ?? ''} --detach --namespace=ops`);
    expect(stopped.stderr).toContain(`job ${job} was deleted`);
    expect(await inMaintenance()).toEqual([names[0]]);
  });

  test('a command on the node itself: with the rights of the service account, which are told where they are missing', async () => {
    const onNode = [
      `--on-node=${CHROOT_IMAGE}`,
      '--healthy-for=1s',
      '--',
      'sh',
      '-c',
      'echo "root on $NODE: $(id -u)"',
    ];
    const line = ['run', names[1] ?? '', ...PLACE, `--image=${IMAGE}`, ...onNode];
    const refused = await plugin.maint(['attach', await detach(...line), '-n', 'ops']);
    expect(refused, refused.stderr).toMatchObject({ code: 3 });
    expect(refused.stdout).toContain(`create pods in namespace ${ON_NODE}`);
    expect(refused.stdout).toContain('kubectl-maint-on-node');

    const binding = ['--role=kubectl-maint-on-node', '--serviceaccount=ops:maint'];
    const bound = await cluster.plane.kubectl(['create', 'rolebinding', 'maint', '-n', ON_NODE, ...binding]);
    expect(bound).toMatchObject({ code: 0 });
    const attached = await plugin.maint(['attach', await detach(...line), '-n', 'ops']);
    expect(attached, attached.stdout + attached.stderr).toMatchObject({ code: 0 });
    expect(attached.stdout).toContain(`${names[1] ?? ''} | root on ${names[1] ?? ''}: 0\n`);
    expect(await inMaintenance()).not.toContain(names[1]);
  });

  test('off is carried out there, too, and what has ended is listed', async () => {
    const job = await detach('off', names[0] ?? '', ...PLACE, `--image=${IMAGE}`, '--healthy-for=1s');
    expect(await plugin.maint(['attach', job, '-n', 'ops'])).toMatchObject({ code: 0 });
    expect(await inMaintenance()).toEqual([]);
    const { stdout } = await plugin.maint(['attach', '-A']);
    expect(stdout).toMatch(new RegExp(`^ops +${job} +Complete +\\S+ +admin +kubectl maint off `, 'm'));
  });

  test('a failure is the exit code of the Job and of who follows it', async () => {
    const job = await detach(
      'run',
      names[1] ?? '',
      ...PLACE,
      `--image=${IMAGE}`,
      '--',
      'node',
      '-e',
      'process.exit(7)',
    );
    const attached = await plugin.maint(['attach', job, '-n', 'ops']);
    expect(attached).toMatchObject({ code: 5 });
    expect(attached.stdout).toContain(`error: node ${names[1] ?? ''}: the command exited with code 7\n`);
  });
});
