import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAlive } from '../../control-plane/bound-process.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginEnvironment, pluginRunner, runProgram, type Ran } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let folder: string;

const GROUPS = ['asks', 'hangs', 'soaks', 'bears', 'opens', 'waits'];
const of = (group: string, letters = 'abcd'): readonly string[] =>
  Array.from(letters).map((letter) => `${group}-${letter}`);
const AT_ONCE = '--healthy-for=0';

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: GROUPS.flatMap((group) => of(group)).map((name) => ({ name })),
    users: [{ name: 'reader', groups: [] }],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  folder = await mkdtemp(join(tmpdir(), 'maint-between-'));
});

afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Nodes of a group that are in maintenance. */
async function held(group: string): Promise<readonly string[]> {
  const labels = await Promise.all(of(group).map(async (name) => maintenanceOf(await world.node(name)).label));
  return of(group).filter((_, index) => labels[index] !== undefined);
}

/** The line that goes on, given to a shell as it was printed. */
async function goOnAsPrinted({ stderr }: Ran): Promise<Ran> {
  const line = /^kubectl maint run .*$/ms.exec(stderr)?.[0] ?? 'false';
  const env = pluginEnvironment(plane.kubeconfig);
  const path = `${join(plane.kubectlPath, '..')}:${env['PATH'] ?? ''}`;
  return runProgram('/bin/sh', ['-c', line.trimEnd()], { ...env, PATH: path });
}

describe('--check', () => {
  test('is asked before each node; where it does not pass the run ends, and the printed line goes on', async () => {
    const fits = join(folder, "it's fine");
    const check = `echo "may $NODE begin, $MAINT_REASON?"; [ $NODE != asks-b ] || [ -e "${fits}" ]`;
    const flags = [AT_ONCE, '--reason=new', '--check', check, '--check-timeout=5s'];
    const ran = await plugin.maint(['run', ...of('asks', 'abc'), ...flags, '--', 'true']);
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain('asks-a check | may asks-a begin, new?\nnode/asks-a cordoned\n');
    expect(ran.stdout).toContain('asks-b check | may asks-b begin, new?\n');
    expect(ran.stdout).not.toContain('asks-c');
    expect(ran.stderr).toContain(
      [
        'error: node asks-b is not begun: the check exited with code 1',
        'stopped: 1 of 3 nodes done',
        'node/asks-a done',
        'node/asks-b not begun',
        'node/asks-c not begun',
        'to go on, once the check passes:',
        '',
      ].join('\n'),
    );
    expect(await held('asks')).toEqual([]);

    await writeFile(fits, '');
    const resumed = await goOnAsPrinted(ran);
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stdout).toContain('asks-c check | may asks-c begin, new?\n');
  });

  test('that hangs is killed with all that it has started, when its time is over', async () => {
    const check = 'echo "hangs $$"; sleep 600';
    const ran = await plugin.maint(['run', 'hangs-a', '--check', check, '--check-timeout=1s', '--', 'true']);
    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain(
      'error: node hangs-a is not begun: the check was stopped after 1s (--check-timeout)\n',
    );
    expect(isAlive(Number(/hangs (\d+)/.exec(ran.stdout)?.[1]))).toBe(false);
  });

  test('is interrupted by Ctrl-C; nothing was changed then', async () => {
    const check = 'trap "echo heard; exit 0" INT; echo asked; while :; do sleep 0.1; done';
    const running = await plugin.start(['run', 'hangs-b', '--check', check, '--', 'echo', 'runs']);
    await until('it is asked', () => running.said().includes('hangs-b check | asked'));
    running.signal('SIGINT');
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(ran.stdout).toBe('hangs-b check | asked\nhangs-b check | heard\n');
    expect(ran.stderr).toContain('interrupted: nothing was changed\n');
    expect(await held('hangs')).toEqual([]);
  });
});

test('--between lies between a node that is back and the next one', async () => {
  const command = ['sh', '-c', 'echo $(date +%s%3N)'];
  const ran = await plugin.maint(['run', ...of('soaks', 'ab'), AT_ONCE, '--between=2s', '--', ...command]);
  expect(ran.code).toBe(0);
  const [first = NaN, second = NaN] = Array.from(ran.stdout.matchAll(/^soaks-. \| (\d+)$/gm), ([, ms]) => Number(ms));
  expect(second - first).toBeGreaterThanOrEqual(2000);
  expect(ran.stderr).toMatch(/^node\/soaks-b is begun in [12]s \(--between\)$/m);
  expect(ran.stderr).not.toContain('node/soaks-a is begun in');
});

test('--max-failures: the run goes on until more have failed; those that failed stay in maintenance, and go on as printed', async () => {
  const mended = join(folder, 'mended');
  const command = ['sh', '-c', `[ -e ${mended} ] || case $NODE in bears-a|bears-c) exit 7;; esac`];
  const ran = await plugin.maint(['run', ...of('bears'), AT_ONCE, '--max-failures=1', '--', ...command]);
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain(
    'node/bears-a failed: the command exited with code 7; the run goes on (1 of --max-failures=1)\n',
  );
  expect(ran.stderr).toContain(
    [
      'error: node bears-a: the command exited with code 7',
      'error: node bears-c: the command exited with code 7',
      'stopped: 1 of 4 nodes done',
      'node/bears-a in maintenance (Complete): the command exited with code 7',
      'node/bears-b done',
      'node/bears-c in maintenance (Complete): the command exited with code 7',
      'node/bears-d not begun',
      'to go on, once what stopped it is mended:',
      'kubectl maint run bears-a bears-c bears-d --healthy-for=0 --max-failures=1 --resume -- ',
    ].join('\n'),
  );
  expect(await held('bears')).toEqual(of('bears', 'ac'));
  await writeFile(mended, '');
  expect(await goOnAsPrinted(ran)).toMatchObject({ code: 0 });
  expect(await held('bears')).toEqual([]);
});

describe('--window', () => {
  const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  /** The name of a day so many days from now, in UTC. */
  const dayIn = (days: number): string => DAYS[(new Date().getUTCDay() + days) % 7] ?? '';

  test('outside no node is begun: exit 5, and a line with all flags to go on with', async () => {
    const flags = [`--window=${dayIn(3)} 02:00-06:00 UTC`, `--window=${dayIn(4)} 02:00-06:00 Europe/Paris`];
    const ran = await plugin.maint(['run', ...of('opens', 'ab'), AT_ONCE, ...flags, '--', 'true']);
    expect(ran).toMatchObject({ code: 5, stdout: '' });
    expect(ran.stderr).toMatch(
      /^error: node opens-a is not begun: no --window is open; the next begins on \w{3} \d{4}-\d\d-\d\d 02:00 UTC$/m,
    );
    expect(ran.stderr).toContain('stopped: 0 of 2 nodes done\nnode/opens-a not begun\nnode/opens-b not begun\n');
    const again = flags.map((flag) => `'${flag}'`).join(' ');
    expect(ran.stderr).toContain(`kubectl maint run opens-a opens-b --healthy-for=0 ${again} --resume -- true\n`);
    expect(await held('opens')).toEqual([]);
  });

  test('inside they are begun, unless the one before has taken longer than what is left', async () => {
    const flags = [`--window=${dayIn(0)},${dayIn(1)},${dayIn(6)} 00:00-24:00 UTC`, '--max-parallel=2'];
    const ran = await plugin.maint(['run', ...of('opens', 'abc'), AT_ONCE, ...flags, '--', 'true']);
    expect(ran).toMatchObject({ code: 0 });
  });

  test('with --wait-window it is waited for, until somebody interrupts', async () => {
    const flags = [`--window=${dayIn(3)} 02:00-06:00 UTC`, '--wait-window'];
    const running = await plugin.start(['run', 'opens-d', ...flags, '--', 'true']);
    await until('it waits', () => /node\/opens-d waits until .* no --window is open/.test(running.said()));
    running.signal('SIGTERM');
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 130, stdout: '' });
    expect(ran.stderr).toContain('interrupted: nothing was changed\n');
  });

  test('one that opens while it is waited for lets the nodes be begun', async () => {
    // A minute is the least that a window says; this one is open soon, and stays so for an hour.
    const minute = (ms: number): string => new Date(Math.ceil(ms / 60_000) * 60_000).toISOString().slice(11, 16);
    const soon = Date.now() + 10_000;
    const flags = [`--window=${minute(soon)}-${minute(soon + 3_600_000)} UTC`, '--wait-window'];
    const ran = await plugin.maint(['run', ...of('waits', 'ab'), AT_ONCE, ...flags, '--', 'date', '-u', '+%H:%M']);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stderr).toMatch(
      new RegExp(`^node/waits-a waits until .* ${minute(soon)} UTC: no --window is open$`, 'm'),
    );
    expect(ran.stderr).not.toContain('node/waits-b waits');
    expect(ran.stdout).toMatch(new RegExp(`^waits-a \\| ${minute(soon)}$`, 'm'));
    expect(ran.stdout).toContain('node/waits-b out of maintenance\n');
  });

  test('one that nobody can read is refused before anything is changed', async () => {
    const ran = await plugin.maint(['run', 'opens-d', '--window=sun 02:00-06:00 Europe/Pari', '--', 'true']);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(
      'names "Europe/Pari", which is no time zone like Europe/Paris or UTC\nhint: write it like',
    );
  });
});

describe('--check-file', () => {
  /** A check file in the folder of the test. */
  const fileWith = async (name: string, ...lines: readonly string[]): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `${lines.join('\n')}\n`);
    return path;
  };

  test('objects have to be as its lines say, in kubectl wait’s words', async () => {
    const namespace = await world.namespace('expects');
    await world.pod('db-0', { namespace, node: 'hangs-d' });
    const file = await fileWith(
      'expects.txt',
      '# what may not be down',
      'nodes --all --for=condition=Ready',
      `no/hangs-c --for=jsonpath='{.status.conditions[?(@.type=="Ready")].status}'=True`,
      `po db-0 -n ${namespace} --for=condition=Ready`,
      `deployments.apps/web -n ${namespace} --for=condition=Available`,
    );
    const flags = [AT_ONCE, '--check-file', file, '--check-timeout=5s'];
    const ran = await plugin.maint(['run', 'hangs-c', ...flags, '--', 'true']);
    expect(ran).toMatchObject({ code: 5, stdout: '' });
    expect(ran.stderr).toContain(
      `error: node hangs-c is not begun: line 5: deployments/web (namespace ${namespace}) does not exist\n`,
    );
    await world.deployment('web', { namespace, node: 'hangs-d' }, 1);
    const wait = ['-n', namespace, 'wait', 'deployment/web', '--for=condition=Available', '--timeout=60s'];
    expect(await plane.kubectl(wait)).toMatchObject({ code: 0 });
    expect(await goOnAsPrinted(ran)).toMatchObject({ code: 0 });
  });

  test.each<[string, string, string]>([
    ['a line that nobody can read', 'pods -n a\nnodes', 'line 1: names no object'],
    ['a type that is not there', '\nfoos --all --for=condition=Ready', 'line 2: the API server has no type "foos"'],
    ['no namespace', 'pods --all --for=condition=Ready', 'line 1: pods have a namespace: -n NAMESPACE or -A'],
  ])('%s is refused before anything is changed', async (name, text, message) => {
    const file = await fileWith(`${name.replaceAll(' ', '-')}.txt`, ...text.split('\n'));
    const ran = await plugin.maint(['run', 'hangs-c', '--check-file', file, '--', 'true']);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(message);
    expect(await held('hangs')).toEqual([]);
  });

  test('objects that the caller may not read are told before anything is changed', async () => {
    const file = await fileWith('secret.txt', 'secrets --all -n default --for=jsonpath={.type}=Opaque');
    await world.grant('reader', [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] }]);
    const ran = await plugin.maint(['run', 'hangs-c', '--check-file', file, '--', 'true'], { user: 'reader' });
    expect(ran).toMatchObject({ code: 4, stdout: '' });
    expect(ran.stderr).toContain('secrets is forbidden');
  });
});
