import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_GRANTS } from '../../../plugin/preflight/grants.ts';
import { listAt, textAt, textsAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { podProcesses, type PodProcesses } from '../../support/in-pod.ts';
import { pluginRunner, type PluginRunner, type Ran, type Running } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let pods: PodProcesses;
let folder: string;

const GROUPS = ['asked', 'moved', 'server', 'back', 'else', 'both'];
const NODES = GROUPS.flatMap((group) => ['a', 'b', 'c'].map((letter) => `${group}-${letter}`));
const of = (group: string, letters = 'abc'): readonly string[] => Array.from(letters).map((one) => `${group}-${one}`);

/** Whoever may make Jobs in that namespace and follow them, and nothing else. */
const LAUNCHER = 'lea';
/** As much, but without a right to logs. */
const BLIND = 'bert';
const PLACE = ['-n', 'ops', '--detach', '--service-account', 'maint'];
const IMAGE = '--image=registry.example/upgrade:3';
const OF_JOBS = { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'get', 'list', 'watch'] };
const OF_PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] };
const OF_LOGS = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: NODES.map((name) => ({ name })),
    users: [
      { name: LAUNCHER, groups: [] },
      { name: BLIND, groups: [] },
    ],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  pods = podProcesses(plane);
  folder = await mkdtemp(join(tmpdir(), 'maint-detach-'));
  await world.namespace('ops');
  for (const name of ['maint', 'unbound'])
    await world.create('/api/v1/namespaces/ops/serviceaccounts', { metadata: { name } });
  await world.create('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
    metadata: { name: 'kubectl-maint-operator' },
    rules: OPERATOR_GRANTS.map(({ group, resource, verbs, names }) => ({
      apiGroups: [group],
      resources: [resource],
      verbs,
      ...(names !== undefined && { resourceNames: names }),
    })),
  });
  await world.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'maint' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'kubectl-maint-operator' },
    subjects: [{ kind: 'ServiceAccount', name: 'maint', namespace: 'ops' }],
  });
  for (const [user, rules] of [
    [LAUNCHER, [OF_JOBS, OF_PODS, OF_LOGS]],
    [BLIND, [OF_JOBS, OF_PODS]],
  ] as const) {
    await world.create('/apis/rbac.authorization.k8s.io/v1/namespaces/ops/roles', { metadata: { name: user }, rules });
    await world.create('/apis/rbac.authorization.k8s.io/v1/namespaces/ops/rolebindings', {
      metadata: { name: user },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user },
      subjects: [{ kind: 'User', name: user }],
    });
  }
});

afterAll(async () => {
  await pods.end();
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The Job that was made, by the line that says so. */
async function jobOf({ stdout, stderr }: Ran): Promise<unknown> {
  const [, name] = /^job\.batch\/(\S+) created \(namespace ops\)$/m.exec(stdout) ?? [];
  if (name === undefined) throw new Error(`no Job was made: ${stdout}${stderr}`);
  return world.get(`/apis/batch/v1/namespaces/ops/jobs/${name}`);
}

const wordsOf = (job: unknown): readonly string[] =>
  textsAt(job, 'spec', 'template', 'spec', 'containers', '0', 'args');

async function jobs(): Promise<number> {
  return listAt(await world.get('/apis/batch/v1/namespaces/ops/jobs'), 'items').length;
}

/** Nodes of a group that are in maintenance, with their state. */
async function held(group: string): Promise<readonly string[]> {
  const states = await Promise.all(
    of(group).map(async (name) => [name, maintenanceOf(await world.node(name)).label] as const),
  );
  return states.flatMap(([name, label]) => (label === undefined ? [] : [`${name} ${label}`]));
}

/** What a command has left behind on each node that it ran on, in order. */
const journal = async (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');

/** Starts the pod of a Job as a process, with the programs of this machine. */
const begin = (job: unknown): Promise<Running> => pods.start(job, { PATH: process.env['PATH'] ?? '' });

describe('the Job', () => {
  test('has names instead of a selector, the caller as owner, and a name for the run; it says how to follow and to stop it', async () => {
    await plane.kubectl(['label', 'node', ...of('asked'), 'pool=asked']);
    const ran = await plugin.maint(['run', '-l', 'pool=asked', ...PLACE, IMAGE, '--reason=it is new', '--', 'true']);
    expect(ran.code, ran.stderr).toBe(0);
    const job = await jobOf(ran);
    const name = textAt(job, 'metadata', 'name') ?? '';
    expect(wordsOf(job)).toEqual([
      'run',
      ...of('asked'),
      '--reason=it is new',
      '--owner=admin',
      `--run-id=${name}`,
      '--resume',
      '--',
      'true',
    ]);
    expect(name).toMatch(/^maint-run-\d{8}t\d{6}-[a-z0-9]{5}$/);
    expect(textAt(job, 'metadata', 'annotations', 'kubectl-maint.io/requested-by')).toBe('admin');
    expect(ran.stderr.split('\n').filter((line) => / it|its log/.test(line))).toEqual([
      `follow it: kubectl maint attach ${name} -n ops`,
      `or its log: kubectl logs -f job/${name} -n ops`,
      `stop it, as Ctrl-C would: kubectl delete job ${name} -n ops`,
    ]);
    expect(await held('asked')).toEqual([]);
  });

  test('a command on the node, or a reboot without one, is asked for there in the same words', async () => {
    const words = async (...more: readonly string[]) => {
      const job = await jobOf(await plugin.maint(['run', 'asked-b', ...PLACE, IMAGE, ...more]));
      return wordsOf(job).filter((word) => !word.startsWith('--run-id='));
    };
    expect(await words('--reboot')).toEqual(['run', 'asked-b', '--reboot', '--owner=admin', '--resume']);
    const onNode = ['--on-node=tools:1', '--profile=netadmin'];
    expect(await words(...onNode, '--', 'ip', 'a')).toEqual([
      'run',
      'asked-b',
      ...onNode,
      '--owner=admin',
      '--resume',
      '--',
      'ip',
      'a',
    ]);
  });

  test('whoever may only make and follow Jobs there may do it; what could not be looked at is told', async () => {
    const ran = await plugin.maint(['on', 'asked-a', ...PLACE, IMAGE], { user: LAUNCHER });
    expect(ran.code, ran.stderr).toBe(0);
    expect(wordsOf(await jobOf(ran))).toEqual(['on', 'asked-a', `--owner=${LAUNCHER}`]);
    expect(ran.stderr).toContain(
      'service account maint has the rights is not known: you may not list clusterrolebindings',
    );
  });
});

/** A command line that is refused: its words, exit code, what is said, and who gives it. */
interface Refusal {
  readonly what: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly says: string;
  readonly user?: string;
}

describe('before anything is made', () => {
  const refused = async ({ args, code, says, user }: Omit<Refusal, 'what'>): Promise<void> => {
    const before = await jobs();
    const ran = await plugin.maint(args, user === undefined ? {} : { user });
    expect(ran).toMatchObject({ code, stdout: '' });
    expect(ran.stderr).toContain(says);
    expect(await jobs()).toBe(before);
  };
  const on = ['on', 'asked-a', '-n', 'ops', '--detach'];

  test.each<Refusal>([
    {
      what: 'rights that are missing',
      args: [...on, '--service-account=maint', IMAGE],
      code: 4,
      says: 'you may not: create jobs in namespace ops, list jobs in namespace ops',
      user: 'developer',
    },
    {
      what: 'no right to logs',
      args: [...on, '--service-account=maint', IMAGE],
      code: 4,
      says: 'you may not: get pods/log in namespace ops; nothing was changed',
      user: BLIND,
    },
    {
      what: 'no such service account',
      args: [...on, '--service-account=nobody', IMAGE],
      code: 2,
      says: 'there is no service account nobody in namespace ops',
    },
    {
      what: 'one that is not bound',
      args: [...on, '--service-account=unbound', IMAGE],
      code: 3,
      says: 'the service account unbound in namespace ops is not bound to the ClusterRole kubectl-maint-operator',
    },
    {
      what: 'no webhook whose image is known',
      args: ['on', 'asked-a', ...PLACE],
      code: 2,
      says: 'the image for the Job is not known: no webhook runs in this cluster',
    },
    {
      what: 'a node that is not there',
      args: ['on', 'nowhere', ...PLACE, IMAGE],
      code: 4,
      says: '"nowhere" not found',
    },
    {
      what: 'a script of this machine',
      args: ['run', 'asked-a', ...PLACE, '--on-node', '--script=kernel.sh'],
      code: 2,
      says: '--script names a file of this machine, which the Job in the cluster does not have',
    },
    {
      what: 'a check file of this machine',
      args: ['run', 'asked-a', ...PLACE, '--on-node', '--check-file=checks.txt', '--', 'true'],
      code: 2,
      says: '--check-file names a file of this machine, which the Job in the cluster does not have',
    },
    {
      what: 'a command for the image of the webhook',
      args: ['run', 'asked-a', ...PLACE, '--', 'true'],
      code: 2,
      says: 'holds no programs',
    },
  ])('$what', refused);

  test('a node that its owner has in maintenance already', async () => {
    await plugin.maint(['on', 'else-c', '--no-drain']);
    await refused({
      args: ['run', 'else-c', ...PLACE, IMAGE, '--', 'true'],
      code: 3,
      says: 'node else-c is in maintenance for admin already',
    });
    await plugin.maint(['off', 'else-c', '--healthy-for=0']);
  });
});

describe('the program in the pod', () => {
  test('is moved in the middle of a command, goes on elsewhere, and carries no command out twice that has ended', async () => {
    const script = `echo "$NODE begun" >>${folder}/moved; [ "$NODE" != moved-b ] || [ -e ${folder}/go ] || sleep 300; echo "$NODE ended" >>${folder}/moved`;
    const command = ['--', 'sh', '-c', script];
    const job = await jobOf(
      await plugin.maint(['run', ...of('moved'), ...PLACE, IMAGE, '--healthy-for=0', ...command]),
    );
    const first = await begin(job);
    await until('the second node has begun', async () => (await journal('moved')).includes('moved-b begun'));
    expect(await held('moved')).toEqual(['moved-b complete']);
    first.signal('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 130 });
    expect(first.said()).toContain(
      `kubectl maint run moved-b moved-c --detach --namespace=ops --service-account=maint ${IMAGE} --healthy-for=0 --owner=admin --run-id=`,
    );
    await writeFile(join(folder, 'go'), '');
    const second = await begin(job);
    expect(await second.ended, second.said()).toMatchObject({ code: 0 });
    expect(second.said()).toContain('done by this run before: moved-a\n');
    expect(await journal('moved')).toBe(
      ['a begun', 'a ended', 'b begun', 'b begun', 'b ended', 'c begun', 'c ended']
        .map((one) => `moved-${one}\n`)
        .join(''),
    );
    expect(await held('moved')).toEqual([]);
    const third = await begin(job);
    expect(await third.ended).toMatchObject({ code: 0 });
    expect(third.said()).toContain('done by this run before: moved-a moved-b moved-c\n');
  });

  test('is moved while a node comes back: its command has ended, and it only comes back', async () => {
    const command = ['--', 'sh', '-c', `echo "$NODE" >>${folder}/back`];
    const job = await jobOf(
      await plugin.maint(['run', ...of('back', 'ab'), ...PLACE, IMAGE, '--healthy-for=2s', ...command]),
    );
    const first = await begin(job);
    await until('the first node returns', async () => (await held('back')).includes('back-a returning'));
    first.signal('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 130 });
    expect(await held('back')).toEqual(['back-a returning']);
    const second = await begin(job);
    expect(await second.ended, second.said()).toMatchObject({ code: 0 });
    expect(await journal('back')).toBe('back-a\nback-b\n');
    expect(await held('back')).toEqual([]);
  });

  test('waits for an API server that is away, and goes on', async () => {
    const wait = `echo "$NODE" >>${folder}/server; while [ ! -e ${folder}/$NODE.go ]; do sleep 0.1; done`;
    const job = await jobOf(
      await plugin.maint(['run', ...of('server'), ...PLACE, IMAGE, '--healthy-for=0', '--', 'sh', '-c', wait]),
    );
    const pod = await begin(job);
    await until('the first command runs', async () => (await journal('server')).includes('server-a'));
    await plane.stopApiServer();
    // The command ends while nobody can be told, and the node has to come back.
    await writeFile(join(folder, 'server-a.go'), '');
    await until('it is said', () => pod.said().includes('waiting for the API server: '));
    await plane.startApiServer();
    for (const node of of('server', 'bc')) await writeFile(join(folder, `${node}.go`), '');
    expect(await pod.ended, pod.said()).toMatchObject({ code: 0 });
    expect(await journal('server')).toBe('server-a\nserver-b\nserver-c\n');
    expect(await held('server')).toEqual([]);
  });

  test('on and off are carried out by the service account, for the owner who asked', async () => {
    const on = await begin(await jobOf(await plugin.maint(['on', ...of('both'), ...PLACE, IMAGE, '--reason=disks'])));
    expect(await on.ended, on.said()).toMatchObject({ code: 0 });
    expect(await held('both')).toEqual(of('both').map((name) => `${name} complete`));
    expect(textAt(await world.node('both-a'), 'metadata', 'annotations', 'kubectl-maint.io/why')).toContain('admin');
    const again = await begin(await jobOf(await plugin.maint(['on', ...of('both'), ...PLACE, IMAGE])));
    expect(await again.ended, again.said()).toMatchObject({ code: 0 });
    const off = await begin(
      await jobOf(await plugin.maint(['off', ...of('both'), ...PLACE, IMAGE, '--healthy-for=0'])),
    );
    expect(await off.ended, off.said()).toMatchObject({ code: 0 });
    expect(await held('both')).toEqual([]);
  });

  test('a run that goes on leaves the nodes of another run of the same owner alone', async () => {
    const job = await jobOf(await plugin.maint(['run', ...of('else', 'ab'), ...PLACE, IMAGE, '--', 'true']));
    await plugin.maint(['on', 'else-a', '--no-drain']);
    const pod = await begin(job);
    expect(await pod.ended).toMatchObject({ code: 3 });
    expect(pod.said()).toContain('node else-a is in maintenance for admin already');
    expect(await held('else')).toEqual(['else-a complete']);
    await plugin.maint(['off', 'else-a', '--healthy-for=0']);
  });
});
