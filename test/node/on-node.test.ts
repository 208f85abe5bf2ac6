/** Commands on real nodes: kubelets and containers that run, end, restart and reboot. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, fieldsAt, listAt, textAt } from '../../shared/index.ts';
import { whyNoRealNodes } from '../real-nodes/able.ts';
import { startRealCluster, type RealCluster } from '../real-nodes/cluster.ts';
import { CHROOT_IMAGE, PRIVILEGES_IMAGE } from '../real-nodes/configuration.ts';
import { chrootImage, privilegesImage } from '../real-nodes/go-image.ts';
import type { RealNode } from '../real-nodes/node.ts';
import { pluginEnvironment, pluginRunner, runProgram, type PluginRunner, type Ran } from '../support/plugin-run.ts';
import { until } from '../support/until.ts';

const NAMESPACE = 'kubectl-maint-run';
const PRIVILEGED = { 'pod-security.kubernetes.io/enforce': 'privileged' };
/** A kubelet that comes back needs seconds; the gate of `off` nothing more. */
const AT_ONCE = ['--healthy-for=0', '--healthy-timeout=90s'];
const ON_NODE = `--on-node=${CHROOT_IMAGE}`;

describe.skipIf(whyNoRealNodes() !== undefined)('commands on real nodes', () => {
  let folder: string;
  let cluster: RealCluster;
  let plugin: PluginRunner;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-on-node-'));
    const building = Promise.all([chrootImage(folder), privilegesImage(folder)]);
    cluster = await startRealCluster(3);
    plugin = pluginRunner(cluster.plane);
    for (const archive of await building) await cluster.load(archive);
    await cluster.plane.api('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels: PRIVILEGED },
    });
  });
  afterAll(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]): Promise<Ran> => plugin.maint(['run', ...args]);

  function nodeCalled(name: string): RealNode {
    const node = cluster.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  /** Names of what runs have made. */
  async function left(): Promise<readonly string[]> {
    const of = async (what: string) =>
      listAt((await cluster.plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/${what}`)).body, 'items').map(
        (object) => textAt(object, 'metadata', 'name') ?? '',
      );
    return [...(await of('pods')), ...(await of('configmaps'))].filter((name) => name !== 'kube-root-ca.crt');
  }

  async function stateOf(node: string): Promise<string | undefined> {
    const { body } = await cluster.plane.api('GET', `/api/v1/nodes/${node}`);
    return textAt(body, 'metadata', 'labels', 'kubectl-maint.io/maintenance');
  }

  /** The line that goes on, given to a shell as it was printed. */
  async function goOnAsPrinted({ stderr }: Ran): Promise<Ran> {
    const line = /^kubectl maint run .*$/ms.exec(stderr)?.[0] ?? 'false';
    const env = pluginEnvironment(cluster.plane.kubeconfig);
    const path = `${join(cluster.plane.kubectlPath, '..')}:${env['PATH'] ?? ''}`;
    return runProgram('/bin/sh', ['-c', line.trimEnd()], { ...env, PATH: path });
  }

  /** Puts a program in a host's place for one of its own, on that node alone. */
  async function stands(node: string, path: string, script: string): Promise<void> {
    const file = join(folder, `${node}-${path.replaceAll('/', '-')}`);
    await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const { code, stderr } = await runProgram(...nodeCalled(node).inside('mount', ['--bind', file, path]), process.env);
    if (code !== 0) throw new Error(stderr);
  }

  const isThere = (file: string) =>
    readFile(file).then(
      () => true,
      () => false,
    );

  const linesOf = ({ stdout }: Ran): readonly string[] => [...(stdout.match(/^real-\d \| .*$/gm) ?? [])];

  test('three nodes, one by one: root on each host, with what a command here has in its environment', async () => {
    const dir = join(folder, 'logs');
    const script =
      'echo "$NODE $NODE_IP,$MAINT_REASON,$MAINT_OWNER"; cat /proc/1/comm; id -u; echo $(echo "$$" | wc -l)';
    const flags = [ON_NODE, ...AT_ONCE, '--reason=a $5 part', '--output-dir', dir];
    const ran = await run('real-1', 'real-2', 'real-3', ...flags, '--', 'sh', '-c', script);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    const ips = await Promise.all(
      ['real-1', 'real-2', 'real-3'].map(async (name) => {
        const { body } = await cluster.plane.api('GET', `/api/v1/nodes/${name}`);
        return textAt(listAt(body, 'status', 'addresses')[0], 'address') ?? '';
      }),
    );
    expect(linesOf(ran)).toEqual(
      [1, 2, 3].flatMap((n) =>
        [`real-${n} ${ips[n - 1] ?? ''},a $5 part,admin`, 'sh', '0', '1'].map((line) => `real-${n} | ${line}`),
      ),
    );
    expect(ran.stdout.match(/^node\/real-\d out of maintenance$/gm)).toEqual(
      [1, 2, 3].map((n) => `node/real-${n} out of maintenance`),
    );
    expect(await readFile(join(dir, 'real-2.stdout'), 'utf8')).toBe(
      `real-2 ${ips[1] ?? ''},a $5 part,admin\nsh\n0\n1\n`,
    );
    expect(await left()).toEqual([]);
  });

  test('one that fails stays in maintenance, with the exit code of its container; the printed line goes on', async () => {
    const mended = join(folder, 'mended');
    const script = `[ "$NODE" != real-2 ] || [ -e ${mended} ] || exit 9; echo done`;
    const ran = await run('real-1', 'real-2', 'real-3', ON_NODE, ...AT_ONCE, '--', 'sh', '-c', script);
    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain('node/real-2 in maintenance (Complete): the command exited with code 9\n');
    expect(ran.stderr).toContain('node/real-3 not begun\n');
    expect(await left()).toEqual([]);
    await writeFile(mended, '');
    const again = await goOnAsPrinted(ran);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(linesOf(again)).toEqual(['real-2 | done', 'real-3 | done']);
  });

  test('a script is carried over and run there with its arguments; a program that is not there is told', async () => {
    const script = join(folder, 'kernel update.sh');
    await writeFile(script, '#!/bin/sh\nset -u\necho "$0 $# $1"; exit 0\n');
    const ran = await run('real-1', ON_NODE, ...AT_ONCE, '--script', script, '--', 'a  b');
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(linesOf(ran)).toEqual(['real-1 | /run/kubectl-maint/kernel_update.sh 1 a  b']);
    expect(ran.stderr).toContain("node/real-1 runs: kernel_update.sh 'a  b' (on the node)\n");
    const missing = await run('real-1', ON_NODE, ...AT_ONCE, '--', 'no-such-program');
    expect(missing.code).toBe(5);
    expect(linesOf(missing)).toEqual([expect.stringContaining('no-such-program') as string]);
    expect(missing.stderr).toContain('the command exited with code 127');
    const baseline = await run('real-1', '--resume', ON_NODE, '--profile=baseline', ...AT_ONCE, '--', '/bin/none');
    expect(baseline.code).toBe(5);
    expect(baseline.stderr).toMatch(/the command could not be started: .*\/bin\/none/);
    expect(await plugin.maint(['off', 'real-1', '--healthy-for=0'])).toMatchObject({ code: 0 });
    expect(await left()).toEqual([]);
  });

  /** What `kubectl debug` gives to a program on the first node. */
  async function debugged(profile: string): Promise<unknown> {
    const line = ['debug', 'node/real-1', `--profile=${profile}`, `--image=${PRIVILEGES_IMAGE}`, '--', '/privileges'];
    const { stdout, stderr } = await cluster.plane.kubectl(line);
    const [, pod] = /Creating debugging pod (\S+)/.exec(stdout + stderr) ?? [];
    if (pod === undefined) throw new Error(stderr);
    const path = `/api/v1/namespaces/default/pods/${pod}`;
    await until('it has told', async () => {
      const { body } = await cluster.plane.api('GET', path);
      return textAt(body, 'status', 'phase') === 'Succeeded';
    });
    const { stdout: told } = await cluster.plane.kubectl(['logs', pod]);
    await cluster.plane.api('DELETE', path);
    return JSON.parse(told);
  }

  test('each profile gives what kubectl debug gives by that name, but for the processes of the host and its root', async () => {
    const program = join(folder, 'privileges', 'privileges');
    const host = async (kind: string) =>
      (await runProgram(...nodeCalled('real-1').inside('readlink', [`/proc/1/ns/${kind}`]), process.env)).stdout.trim();
    const given = async (profile: string) => {
      const line =
        profile === 'sysadmin' ? [ON_NODE, '--', program] : [`--on-node=${PRIVILEGES_IMAGE}`, '--', '/privileges'];
      const ran = await run('real-1', ...AT_ONCE, `--profile=${profile}`, ...line);
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      const told: unknown = JSON.parse(linesOf(ran)[0]?.replace('real-1 | ', '') ?? '');
      return told;
    };
    const shared = { user: 0, network: await host('net') };

    const sysadmin = await given('sysadmin');
    const theirs = await debugged('sysadmin');
    const ALL = at(theirs, 'capabilities');
    expect(theirs).toMatchObject({ ...shared, hostRoot: true });
    // Where the host's root is the root there is none below it.
    expect(sysadmin).toEqual({ ...fieldsAt(theirs), hostRoot: false });

    const netadmin = await given('netadmin');
    const theirNetadmin = await debugged('netadmin');
    expect(netadmin).toMatchObject({ ...shared, capabilities: at(theirNetadmin, 'capabilities'), hostRoot: false });
    expect(at(netadmin, 'capabilities')).not.toBe(ALL);
    expect(theirNetadmin).toMatchObject({ ...shared, processes: at(theirs, 'processes') });
    expect(at(netadmin, 'processes')).not.toBe(at(theirs, 'processes'));

    const baseline = await given('baseline');
    expect(baseline).toMatchObject({
      user: 0,
      capabilities: at(await debugged('baseline'), 'capabilities'),
      hostRoot: false,
    });
    expect(at(baseline, 'capabilities')).not.toBe(at(netadmin, 'capabilities'));
    expect(at(baseline, 'network')).not.toBe(shared.network);
    expect(at(baseline, 'processes')).not.toBe(at(theirs, 'processes'));
    expect(await left()).toEqual([]);
  });

  test('what it leaves in the background ends with it', async () => {
    const pidFile = join(folder, 'background');
    const script = `setsid sleep 3456 & echo $! >${pidFile}; echo begun`;
    expect(await run('real-1', ON_NODE, ...AT_ONCE, '--', 'sh', '-c', script)).toMatchObject({ code: 0 });
    const pid = (await readFile(pidFile, 'utf8')).trim();
    await until('it is gone', async () => {
      const { stdout } = await runProgram(
        ...nodeCalled('real-1').inside('ps', ['-o', 'args=', '-p', pid]),
        process.env,
      );
      return !stdout.includes('3456');
    });
  });

  test('an interruption ends its processes with grace, a second one at once, and the time it may take as well', async () => {
    const heeds = `trap 'echo heard; exit 4' TERM; echo begun; while :; do sleep 0.1; done`;
    const first = await plugin.start(['run', 'real-1', ON_NODE, ...AT_ONCE, '--', 'sh', '-c', heeds]);
    await until('it runs', () => first.said().includes('real-1 | begun'));
    first.signal('SIGINT');
    const ended = await first.ended;
    expect(ended.code, ended.stderr).toBe(130);
    expect(linesOf(ended)).toEqual(['real-1 | begun', 'real-1 | heard']);
    expect(ended.stderr).toContain('in maintenance (Complete): interrupted, the command exited with code 4');

    const deaf = `trap 'echo heard' TERM; echo begun; while :; do sleep 0.1; done`;
    const second = await plugin.start(['run', 'real-1', '--resume', ON_NODE, ...AT_ONCE, '--', 'sh', '-c', deaf]);
    await until('it runs', () => second.said().includes('real-1 | begun'));
    second.signal('SIGTERM');
    await until('it goes on', () => second.said().includes('real-1 | heard'));
    second.signal('SIGTERM');
    const killed = await second.ended;
    expect(killed.code, killed.stderr).toBe(130);
    expect(killed.stderr).toContain('interrupted, the command exited with code 137 (SIGKILL');

    const limit = ['--command-timeout=2s', '--resume', ...AT_ONCE];
    const late = await run('real-1', ON_NODE, ...limit, '--', 'sh', '-c', heeds);
    expect(late.code).toBe(5);
    expect(late.stderr).toContain('the command was stopped after 2s (--command-timeout)');
    expect(await left()).toEqual([]);
    expect(await plugin.maint(['off', 'real-1', '--healthy-for=0'])).toMatchObject({ code: 0 });
  });

  test('a kubelet that restarts in the middle costs no line and gives none twice', async () => {
    const LINES = 120;
    const script = `i=0; while [ $i -lt ${LINES} ]; do i=$((i + 1)); echo "line $i"; sleep 0.05; done`;
    const running = await plugin.start(['run', 'real-2', ON_NODE, ...AT_ONCE, '--', 'sh', '-c', script]);
    await until('it runs', () => running.said().includes('line 20\n'));
    await nodeCalled('real-2').restartKubelet();
    const ran = await running.ended;
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(linesOf(ran)).toEqual(Array.from({ length: LINES }, (_, index) => `real-2 | line ${index + 1}`));
  });

  test("a reboot is proved: by itself, by the host's own systemctl, which the node has here from us", async () => {
    const asked = join(folder, 'asked');
    await stands('real-3', '/usr/bin/systemctl', `echo "$*" >${asked}.new; mv ${asked}.new ${asked}; sleep 600`);
    const running = await plugin.start(['run', 'real-3', ON_NODE, '--reboot', ...AT_ONCE]);
    await until('systemctl is called', () => isThere(asked));
    expect(await readFile(asked, 'utf8')).toBe('reboot\n');
    await nodeCalled('real-3').reboot('11111111-2222-3333-4444-555555555555');
    const ran = await running.ended;
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stderr).toContain('node/real-3 runs: systemctl reboot (on the node)\n');
    expect(ran.stderr).toContain('node/real-3 has rebooted: its boot id is another one');
    expect(ran.stdout).toContain('node/real-3 out of maintenance\n');
    expect(await left()).toEqual([]);
  });

  test('the kernel update of docs/run.md: one node reboots, the second lies about it and stays in maintenance, the third is not begun', async () => {
    const kernel = join(folder, 'kernel.sh');
    const [, text = ''] = /^`kernel\.sh`:\n\n((?: {4}.*\n)+)/m.exec(await readFile('docs/run.md', 'utf8')) ?? [];
    await writeFile(kernel, text.replaceAll(/^ {4}/gm, ''));
    const asked = join(folder, 'kernel-asked');
    for (const node of ['real-1', 'real-2']) await stands(node, '/usr/bin/apt-get', 'echo "apt-get $*"');
    await stands('real-1', '/usr/bin/systemctl', `touch ${asked}; sleep 600`);
    await stands('real-2', '/usr/bin/systemctl', 'echo rebooting now');
    const flags = [ON_NODE, '--reboot', '--healthy-for=0', '--healthy-timeout=30s', '--reason=kernel 6.1.99'];
    const running = await plugin.start(['run', 'real-1', 'real-2', 'real-3', ...flags, '--script', kernel]);
    await until('the first one is asked to reboot', () => isThere(asked));
    await nodeCalled('real-1').reboot('66666666-7777-8888-9999-000000000000');
    const ran = await running.ended;
    expect(ran.code, ran.stderr).toBe(5);
    expect(linesOf(ran)).toContain('real-1 | apt-get install -y -q --only-upgrade linux-image-amd64');
    expect(ran.stderr).toContain('node/real-1 has rebooted: its boot id is another one after ');
    expect(ran.stdout).toContain('node/real-1 out of maintenance\n');
    expect(linesOf(ran).at(-1)).toBe('real-2 | rebooting now');
    expect(ran.stderr).toMatch(
      /^error: node real-2: the command ended well, but it has not rebooted within 30s: its boot id is \S+ still$/m,
    );
    expect(ran.stderr).toContain('stopped: 1 of 3 nodes done\n');
    expect(ran.stderr).toContain('node/real-3 not begun\n');
    expect(await stateOf('real-2')).toBe('complete');
    expect(await left()).toEqual([]);
    const fails = await run('real-2', '--resume', ON_NODE, '--reboot', ...AT_ONCE, '--', 'false');
    expect(fails.stderr).toContain('error: node real-2: the command exited with code 1\n');
    expect(await plugin.maint(['off', 'real-2', '--healthy-for=0'])).toMatchObject({ code: 0 });
  });

  test('containers that end and a kubelet that restarts are no reboot', async () => {
    const node = nodeCalled('real-2');
    const flags = [ON_NODE, '--reboot', '--healthy-for=0', '--healthy-timeout=20s'];
    const running = await plugin.start(['run', 'real-2', ...flags, '--', 'sh', '-c', 'echo begun; sleep 600']);
    await until('it runs', () => running.said().includes('real-2 | begun'));
    await node.reboot();
    const ran = await running.ended;
    expect(ran.code, ran.stderr).toBe(5);
    expect(ran.stderr).toMatch(/the command exited with code 137 .*, but it has not rebooted within 20s/);
    expect(await plugin.maint(['off', 'real-2', '--healthy-for=0'])).toMatchObject({ code: 0 });
  });

  test('a pod that a killed run has left is found: while it runs nothing else is begun, then it is told and removed', async () => {
    const over = join(folder, 'over');
    const script = `echo begun; while [ ! -e ${over} ]; do sleep 0.1; done; exit 6`;
    const killed = await plugin.start(['run', 'real-1', ON_NODE, ...AT_ONCE, '--', 'sh', '-c', script]);
    await until('it runs', () => killed.said().includes('real-1 | begun'));
    killed.signal('SIGKILL');
    await killed.ended;
    const refused = await run('real-1', '--resume', ON_NODE, ...AT_ONCE, '--', 'echo', 'again');
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain(`error: node real-1 runs the command of a run of admin since `);
    expect(refused.stderr).toContain(`kubectl delete pod -n ${NAMESPACE} run-real-1`);
    await writeFile(over, '');
    await until('it has ended', async () => {
      const { body } = await cluster.plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/pods/run-real-1`);
      return textAt(body, 'status', 'phase') === 'Failed';
    });
    const ran = await run('real-1', '--resume', ON_NODE, ...AT_ONCE, '--', 'echo', 'again');
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stderr).toContain(
      'node/real-1 the command of an earlier run of admin exited with code 6; its pod run-real-1, left since ',
    );
    expect(linesOf(ran)).toEqual(['real-1 | again']);
    expect(await left()).toEqual([]);
  });
});
