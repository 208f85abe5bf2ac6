import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellLine } from '../../../plugin/terminal/shell-line.ts';
import { eventAboutNode, eventsPath } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { nodeObject } from '../../control-plane/nodes.ts';
import { isAlive } from '../../control-plane/bound-process.ts';
import { type PluginRunner, pluginEnvironment, pluginRunner, runProgram, type Ran } from '../../support/plugin-run.ts';
import { startOnTerminal, type Typed } from '../../support/terminal.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let folder: string;

const GROUPS = [
  'walk',
  'pair',
  'env',
  'ctrl',
  'kept',
  'gone',
  'other',
  'slow',
  'stuck',
  'lost',
  'twice',
  'away',
  'term',
  'late',
];
const NODES = GROUPS.flatMap((group) => ['a', 'b', 'c', 'd'].map((letter) => `${group}-${letter}`));

beforeAll(async () => {
  plane = await startControlPlane({ nodes: [...NODES.map((name) => ({ name })), { name: 'silent', silent: true }] });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  folder = await mkdtemp(join(tmpdir(), 'maint-run-'));
});

afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

const AT_ONCE = '--healthy-for=0';
const of = (group: string, letters = 'abcd'): readonly string[] =>
  Array.from(letters).map((letter) => `${group}-${letter}`);

/** A command that says that it runs, and lasts until the file is there (or the test's folder is gone). */
const lastsUntil = (file: string): readonly string[] => [
  'sh',
  '-c',
  `echo runs; while [ -d ${folder} ] && [ ! -e ${file} ]; do sleep 0.1; done`,
];

/** Nodes of a group that are in maintenance, with their state. */
async function held(group: string): Promise<readonly string[]> {
  const states = await Promise.all(
    of(group).map(async (name) => [name, maintenanceOf(await world.node(name)).label] as const),
  );
  return states.flatMap(([name, label]) => (label === undefined ? [] : [`${name} ${label}`]));
}

/** The line that goes on, given to a shell as it was printed. */
async function goOnAsPrinted({ stderr }: Ran): Promise<Ran> {
  const line = /^kubectl maint run .*$/ms.exec(stderr)?.[0] ?? 'false';
  return runProgram('/bin/sh', ['-c', line.trimEnd()], withKubectl());
}

function withKubectl(): Record<string, string | undefined> {
  const env = pluginEnvironment(plane.kubeconfig);
  return { ...env, PATH: `${join(plane.kubectlPath, '..')}:${env['PATH'] ?? ''}` };
}

test('the first failure stops; the node stays in maintenance; the printed line goes on and ends with all nodes back', async () => {
  const mended = join(folder, "it's mended");
  const script = `echo "at $NODE"; [ "$NODE" != walk-b ] || [ -e "$0" ] || exit 3`;
  const command = ['sh', '-c', script, mended];
  const stopped = await plugin.maint(['run', ...of('walk'), AT_ONCE, '--reason', "it's new", '--', ...command]);
  expect(stopped.code).toBe(5);
  expect(stopped.stdout).toContain('walk-a | at walk-a\n');
  expect(stopped.stdout).toContain('node/walk-a out of maintenance\n');
  expect(stopped.stdout).toContain('walk-b | at walk-b\n');
  expect(stopped.stdout).not.toContain('walk-c');
  expect(stopped.stderr).toContain('error: node walk-b: the command exited with code 3\n');
  expect(stopped.stderr).toContain(
    [
      'stopped: 1 of 4 nodes done',
      'node/walk-a done',
      'node/walk-b in maintenance (Complete): the command exited with code 3',
      'node/walk-c not begun',
      'node/walk-d not begun',
    ].join('\n'),
  );
  expect(await held('walk')).toEqual(['walk-b complete']);

  const refused = await plugin.maint(['run', ...of('walk', 'bc'), '--', 'true']);
  expect(refused).toMatchObject({ code: 3, stdout: '' });
  expect(refused.stderr).toContain('error: node walk-b is in maintenance for admin already');
  expect(refused.stderr).toContain('hint: --resume goes on there');

  await writeFile(mended, '');
  const resumed = await goOnAsPrinted(stopped);
  expect(resumed).toMatchObject({ code: 0 });
  expect(resumed.stdout.match(/^walk-. \| .*$/gm)).toEqual([
    'walk-b | at walk-b',
    'walk-c | at walk-c',
    'walk-d | at walk-d',
  ]);
  expect(resumed.stderr).toContain('3 of 3 nodes done\n');
  expect(await held('walk')).toEqual([]);
});

describe('before anything is changed', () => {
  const untouched = async (args: readonly string[], code: number, message: string): Promise<void> => {
    const ran = await plugin.maint(['run', ...args]);
    expect(ran).toMatchObject({ code, stdout: '' });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toContain('--resume --');
    expect(await held('other')).toEqual([]);
  };

  test.each<[string, readonly string[], number, string]>([
    ['no command', ['other-a'], 2, 'error: no command is given'],
    ['no command after --', ['other-a', '--'], 2, 'error: no command is given'],
    ['a program that is not there', ['other-a', '--', 'no-such-program'], 2, '"no-such-program" is not found in PATH'],
    ['a node that is not there', ['other-a', 'nowhere', '--', 'true'], 4, 'error: nodes "nowhere" not found'],
  ])('%s is refused', (_, args, code, message) => untouched(args, code, message));

  test('what refuses a later node refuses all', async () => {
    const namespace = await world.namespace('other');
    await world.pod('alone', { namespace, node: 'other-c' });
    await untouched([...of('other', 'abc'), '--', 'true'], 3, 'error: node other-c: cannot delete');
    await untouched(
      [...of('other', 'ab'), '--max-parallel=2', '--max-unavailable=1', '--', 'true'],
      3,
      '--max-unavailable allows 1',
    );
  });

  test('files that are there already are left alone, and none is made', async () => {
    const dir = join(folder, 'taken');
    expect(await plugin.maint(['run', 'kept-d', AT_ONCE, '--output-dir', dir, '--', 'true'])).toMatchObject({
      code: 0,
    });
    await untouched(['other-a', 'kept-d', '--output-dir', dir, '--', 'true'], 2, 'kept-d.stdout');
    expect(await readdir(dir)).toEqual(['kept-d.stderr', 'kept-d.stdout']);
  });

  test('--dry-run=client tells the order, and changes nothing', async () => {
    const ran = await plugin.maint(['run', ...of('other', 'ba'), '--dry-run=client', '--', 'echo', 'a b']);
    expect(ran).toMatchObject({
      code: 0,
      stdout: of('other', 'ba')
        .flatMap((name) => [
          `node/${name} cordoned (dry run)`,
          `node/${name} drained (dry run)`,
          `node/${name} runs: echo 'a b' (dry run)`,
          `node/${name} out of maintenance (dry run)`,
        ])
        .map((line) => `${line}\n`)
        .join(''),
    });
    expect(await held('other')).toEqual([]);
  });
});

test('words after -- are the command, as they are; what it should know is in its environment', async () => {
  await world.patch('/api/v1/nodes/env-a/status', {
    status: {
      addresses: [
        { type: 'ExternalIP', address: '203.0.113.7' },
        { type: 'InternalIP', address: '-oProxyCommand=reboot' },
      ],
    },
  });
  const words = ['-lapp', '--force=T', '--', '--help', '', 'a  b', '*', '-', '-f'];
  const show = 'for word; do echo "[$word]"; done; echo "$NODE,$NODE_IP,$MAINT_REASON,$MAINT_OWNER,$MAINT_TICKET"';
  const flags = [AT_ONCE, '--reason', 'kernel', '--ticket', 'CHG1', '--owner', 'ana'];
  const ran = await plugin.maint(['run', 'env-a', ...flags, '--', 'sh', '-c', show, 'sh', ...words]);
  expect(ran.code).toBe(0);
  expect(ran.stdout.match(/(?<=^env-a \| ).*$/gm)).toEqual([
    ...words.map((word) => `[${word}]`),
    'env-a,203.0.113.7,kernel,ana,CHG1',
  ]);
});

test('two at once: a failure lets the other command end and its node come back, and no more is begun', async () => {
  const [begun, told] = [join(folder, 'pair-a-begun'), join(folder, 'pair-b-told')];
  const script = [
    'wait_for() { until [ -e "$1" ]; do sleep 0.1; done; }',
    'case $NODE in',
    'pair-a) touch "$0"; wait_for "$1"; echo ended;;',
    'pair-b) wait_for "$0"; kill -9 $$;;',
    'esac',
  ].join('\n');
  const command = ['sh', '-c', script, begun, told];
  const running = await plugin.start(['run', ...of('pair'), AT_ONCE, '--max-parallel', '2', '--', ...command]);
  await until('the failure is told', () =>
    running.said().includes('node/pair-b failed: the command was killed by SIGKILL; no other node is begun'),
  );
  await writeFile(told, '');
  const ran = await running.ended;
  expect(ran.code).toBe(5);
  expect(ran.stdout).toContain('pair-a | ended\n');
  expect(ran.stdout).toContain('node/pair-a out of maintenance\n');
  expect(ran.stderr).toContain('node/pair-b in maintenance (Complete): the command was killed by SIGKILL\n');
  expect(ran.stderr).toContain('node/pair-c not begun\n');
  expect(await held('pair')).toEqual(['pair-b complete']);
  const all = ['run', ...of('pair', 'bcd'), '--resume', AT_ONCE, '--max-parallel=0', '--', 'true'];
  expect(await plugin.maint(all)).toMatchObject({ code: 0 });
  expect(await held('pair')).toEqual([]);
});

describe('an interruption', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s reaches the whole command, and the truth about every node is told',
    async (signal) => {
      const below = `trap 'echo heard; exit 9' INT TERM; echo begun; while :; do sleep 0.1; done`;
      const script = `trap : INT TERM; sh -c "${below}"; exit $?`;
      const nodes = signal === 'SIGINT' ? of('ctrl', 'ab') : of('ctrl', 'cd');
      const running = await plugin.start(['run', ...nodes, AT_ONCE, '--', 'sh', '-c', script]);
      await until('the command runs', () => running.said().includes(' | begun'));
      running.signal(signal);
      const ran = await running.ended;
      expect(ran.code).toBe(130);
      expect(ran.stdout).toContain(`${nodes[0] ?? ''} | heard\n`);
      expect(ran.stderr).toContain(
        [
          'interrupted: 0 of 2 nodes done',
          `node/${nodes[0] ?? ''} in maintenance (Complete): interrupted, the command exited with code 9`,
          `node/${nodes[1] ?? ''} not begun`,
        ].join('\n'),
      );
      expect(ran.stderr).toContain(`kubectl maint run ${nodes.join(' ')} --healthy-for=0 --resume -- sh -c `);
    },
  );

  test('a second one kills a command that does not heed the first', async () => {
    const script = `trap 'echo heard' INT; echo begun; while :; do sleep 0.1; done`;
    const running = await plugin.start(['run', 'slow-a', AT_ONCE, '--', 'sh', '-c', script]);
    await until('the command runs', () => running.said().includes(' | begun'));
    running.signal('SIGINT');
    await until('it goes on', () => running.said().includes(' | heard'));
    running.signal('SIGINT');
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain(
      'node/slow-a in maintenance (Complete): interrupted, the command was killed by SIGKILL',
    );
  });
});

describe.runIf(process.platform === 'linux')('on a terminal, whose Ctrl-C reaches us and the command alike', () => {
  const below = `trap "echo heard" INT; echo "below $$"; while :; do sleep 0.1; done`;
  const script = `trap : INT; echo "above $PPID"; sh -c '${below}'; true`;
  const start = (node: string, ...flags: string[]): Typed =>
    startOnTerminal(
      shellLine(['kubectl', 'maint', 'run', node, AT_ONCE, ...flags, '--', 'sh', '-c', script]),
      withKubectl(),
    );
  const pidIn = (text: string, who: string): number => Number(new RegExp(`${who} (\\d+)`).exec(text)?.[1]);

  test.each<[string, string, (running: Typed) => Promise<void> | void, string]>([
    ['--command-timeout', 'term-a', () => undefined, 'the command was stopped after 3s (--command-timeout)'],
    [
      'SIGTERM',
      'term-b',
      (running) => void process.kill(pidIn(running.said(), 'above'), 'SIGTERM'),
      'interrupted, the command was killed by SIGTERM',
    ],
    [
      'a second Ctrl-C',
      'term-c',
      async (running) => {
        running.type('\u0003');
        await until('it goes on', () => running.said().includes(' | heard'));
        running.type('\u0003');
      },
      'interrupted, the command was killed by SIGKILL',
    ],
  ])('%s ends all that it has started', async (way, node, stop, ending) => {
    const running = start(node, ...(way === '--command-timeout' ? [`${way}=3s`] : []));
    await until('the command runs', () => /below \d+/.test(running.said()));
    await stop(running);
    await running.ended;
    expect(running.said()).toContain(`node/${node} in maintenance (Complete): ${ending}`);
    expect(isAlive(pidIn(running.said(), 'below'))).toBe(false);
  });
});

describe('an expected end', () => {
  const passed = '2026-01-01T00:00:00Z';

  test('that has passed is refused before anything is changed', async () => {
    const dir = join(folder, 'late');
    const ran = await plugin.maint(['run', 'late-c', '--until', passed, '--output-dir', dir, '--', 'true']);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(`error: --until: ${passed} has passed already\nhint: nothing was changed\n`);
    await expect(readdir(dir)).rejects.toThrow('ENOENT');
  });

  test('that passes meanwhile stops no run, and the line that goes on does without it', async () => {
    const [end, mended] = [Math.ceil(Date.now() / 1000) + 10, join(folder, 'late-mended')];
    const until = new Date(end * 1000).toISOString().replace('.000', '');
    const script = `while [ $(date +%s) -le ${end} ]; do sleep 0.1; done; [ $NODE = late-a ] || [ -e ${mended} ]`;
    const flags = [AT_ONCE, `--until=${until}`];
    const ran = await plugin.maint(['run', ...of('late', 'ab'), ...flags, '--', 'sh', '-c', script]);
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain('node/late-a out of maintenance\n');
    expect(ran.stderr).toContain(`Warning: node late-b gets no new expected end: --until=${until} has passed\n`);
    expect(ran.stderr).toContain(`--until=${until} has passed, and is left out below; --for=2h names a new end\n`);
    expect(ran.stderr).toContain('\nkubectl maint run late-b --healthy-for=0 --resume -- sh -c ');
    await writeFile(mended, '');
    expect(await goOnAsPrinted(ran)).toMatchObject({ code: 0 });
    expect(await held('late')).toEqual([]);
  });

  test('that has passed when a line is given to a shell later is told, and no reason to refuse', async () => {
    const ran = await plugin.maint(['run', 'late-d', AT_ONCE, '--until', passed, '--resume', '--', 'true']);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(`Warning: node late-d gets no new expected end: --until=${passed} has passed\n`);
  });
});

describe('whatever stops it, the record and the last lines tell how far a node came', () => {
  test('in a drain: Initiated, and --resume completes it, with the others of the run still to come', async () => {
    const namespace = await world.namespace('stuck');
    await world.deployment('web', { namespace, node: 'stuck-a' }, 1);
    await world.budget('web', namespace, 'web', 1);
    const ran = await plugin.maint(['run', ...of('stuck', 'ab'), AT_ONCE, '--timeout=1s', '--', 'echo', 'hello']);
    expect(ran.code).toBe(5);
    expect(ran.stdout).not.toContain('hello');
    expect(ran.stderr).toContain('error: node stuck-a: gave up waiting, 1 of 1 pods left on node stuck-a\n');
    expect(ran.stderr).toContain('node/stuck-a in maintenance (Initiated): gave up waiting, 1 of 1 pods left');
    await world.remove(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`);
    const resumed = await goOnAsPrinted({ ...ran, stderr: ran.stderr.replace('--timeout=1s', '--timeout=1m') });
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stdout.match(/^stuck-. \| .*$/gm)).toEqual(['stuck-a | hello', 'stuck-b | hello']);
    expect(await held('stuck')).toEqual([]);
  });

  test('an interrupted drain: Initiated, and the command was not begun', async () => {
    const namespace = await world.namespace('stuck-c');
    await world.deployment('web', { namespace, node: 'stuck-c' }, 1);
    await world.budget('web', namespace, 'web', 1);
    const running = await plugin.start(['run', ...of('stuck', 'cd'), '--', 'echo', 'hello']);
    await until('a pod waits', () => running.said().includes(' waits: '));
    running.signal('SIGINT');
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain(
      'node/stuck-c in maintenance (Initiated): the command was not begun\nnode/stuck-d not begun\nto go on:\n',
    );
    expect(ran.stderr).not.toContain('run the same command again');
  });

  test('on the way back: Returning', async () => {
    const flags = ['--healthy-timeout=1s', AT_ONCE];
    const ran = await plugin.maint(['run', 'silent', ...flags, '--', 'true']);
    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain('node/silent in maintenance (Returning): gave up waiting for node silent: not Ready');
    expect(ran.stderr).toContain(`kubectl maint run silent ${flags.join(' ')} --resume -- true\n`);
  });
});

test('a node that lost its record is taken as a new one, and that is said', async () => {
  const now = new Date().toISOString();
  const told = { type: 'Warning', reason: 'MaintenanceEnded', message: 'deleted', count: 1 } as const;
  const event = eventAboutNode({ name: 'lost-a', uid: 'of-the-deleted-one' }, { ...told, first: now, last: now });
  await world.create(eventsPath('default'), { ...event, reason: 'MaintenanceLost' });
  const ran = await plugin.maint(['run', 'lost-a', AT_ONCE, '--resume', '--', 'true']);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('node/lost-a cordoned\n');
  expect(ran.stderr).toMatch(
    /^Warning: node lost-a was deleted while in maintenance, and its record with it \(\d{4}-.+Z\): it is taken as a new node$/m,
  );
});

test('--command-timeout stops a command', async () => {
  const ran = await plugin.maint(['run', 'slow-b', AT_ONCE, '--command-timeout=1s', '--', 'sleep', '60']);
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain('error: node slow-b: the command was stopped after 1s (--command-timeout)\n');
});

test('--output-dir keeps every byte of both streams', async () => {
  const dir = join(folder, 'kept');
  const script = `printf 'caf\\351\\033[2Jx\\nlast'; printf 'oops' >&2`;
  const ran = await plugin.maint(['run', 'kept-a', AT_ONCE, '--output-dir', dir, '--', 'sh', '-c', script]);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('kept-a | caf\uFFFD\uFFFD[2Jx\nkept-a | last\n');
  expect(ran.stderr).toContain('kept-a | oops\n');
  expect(await readFile(join(dir, 'kept-a.stdout'), 'latin1')).toBe('caf\u00E9\u001B[2Jx\nlast');
  expect(await readFile(join(dir, 'kept-a.stderr'), 'latin1')).toBe('oops');

  const flags = [AT_ONCE, '--output-dir', dir, '--resume'];
  expect(await plugin.maint(['run', 'kept-a', ...flags, '--', 'echo', 'again'])).toMatchObject({ code: 0 });
  expect(await readFile(join(dir, 'kept-a.stdout'), 'latin1')).toBe('caf\u00E9\u001B[2Jx\nlastagain\n');
});

test('--output-dir has files of the nodes on which the command has begun, and of no others', async () => {
  const dir = join(folder, 'begun');
  const ran = await plugin.maint(['run', ...of('kept', 'bc'), AT_ONCE, '--output-dir', dir, '--', 'false']);
  expect(ran.code).toBe(5);
  expect(await readdir(dir)).toEqual(['kept-b.stderr', 'kept-b.stdout']);
});

test('of two runs of one owner at the same time one goes on, and the other leaves the node to it', async () => {
  const goesOn = join(folder, 'twice-goes-on');
  const command = lastsUntil(goesOn);
  const dirs = ['one', 'other'].map((name) => join(folder, `twice-${name}`));
  const start = (dir = '') => plugin.start(['run', 'twice-a', AT_ONCE, '--output-dir', dir, '--', ...command]);
  const [one, other] = await Promise.all([start(dirs[0]), start(dirs[1])]);
  // The command of the one runs until the other has ended.
  await Promise.race([one.ended, other.ended]);
  await writeFile(goesOn, '');
  const runs = await Promise.all([one.ended, other.ended]);
  expect(runs.map(({ code }) => code).sort()).toEqual([0, 3]);
  expect(runs.flatMap(({ stdout }) => stdout.match(/^twice-a \| runs$/gm) ?? [])).toHaveLength(1);
  const [refused] = runs.filter(({ code }) => code === 3);
  expect(refused?.stderr).not.toContain('--resume --');
  expect(refused?.stderr).toMatch(
    /in maintenance for admin|taken into maintenance for admin meanwhile, by another run/,
  );
  expect(await held('twice')).toEqual([]);
  const files = await Promise.all(dirs.map((dir) => readdir(dir).catch(() => [])));
  expect(files.map(({ length }) => length).sort()).toEqual([0, 2]);
});

test('a node that another run of the same owner has taken meanwhile is left to it, and not in the line that goes on', async () => {
  const goesOn = join(folder, 'met-goes-on');
  const command = lastsUntil(goesOn);
  const running = await plugin.start(['run', ...of('twice', 'bcd'), AT_ONCE, '--', ...command]);
  await until('the command runs', () => running.said().includes('twice-b | runs'));
  expect(await plugin.maint(['on', 'twice-c'])).toMatchObject({ code: 0 });
  await writeFile(goesOn, '');
  const ran = await running.ended;
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain('node/twice-b done\n');
  expect(ran.stderr).toContain('node/twice-c in maintenance (Complete) for admin by another run: left to it\n');
  expect(ran.stderr).toContain('node/twice-d not begun\n');
  expect(ran.stderr).toContain('\nkubectl maint run twice-d ');
  expect(await held('twice')).toEqual(['twice-c complete']);
  expect(await plugin.maint(['off', 'twice-c', AT_ONCE])).toMatchObject({ code: 0 });
});

test('a command that takes the API server along is no failure: it is waited for', async () => {
  const running = await plugin.start(['run', 'away-a', AT_ONCE, '--', 'sh', '-c', 'echo gone; sleep 1']);
  await until('the command runs', () => running.said().includes('away-a | gone'));
  await plane.stopApiServer();
  await until('it is waited for', () => running.said().includes('node/away-a waits for the API server: '));
  await plane.startApiServer();
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(await held('away')).toEqual([]);
});

test('an upgrade by replacement: a node that is made again must be healthy, one that is gone is no failure', async () => {
  const manifest = join(folder, 'gone-a.json');
  await writeFile(manifest, JSON.stringify(nodeObject({ name: 'gone-a' })));
  const script = `"$0" delete node "$NODE" && { [ $NODE = gone-b ] || "$0" create -f ${manifest}; }`;
  const command = ['sh', '-c', script, plane.kubectlPath];
  const ran = await plugin.maint(['run', ...of('gone', 'ab'), '--healthy-for=1s', '--', ...command]);
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain(
    'Warning: node gone-a is not in maintenance for admin any more: the node was deleted and made again while the command ran\n',
  );
  expect(ran.stderr).toContain('node/gone-a clean, watching it for 1s\n');
  expect(ran.stderr).toContain('Warning: node gone-b does not exist any more after its command');
  expect(ran.stderr).toContain('2 of 2 nodes done\n');
  const again = await plugin.maint(['run', ...of('gone', 'bc'), AT_ONCE, '--resume', '--', 'true']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toContain('Warning: node gone-b does not exist any more, and is left out\n');
});
