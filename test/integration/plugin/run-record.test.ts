import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let folder: string;

const NODES = ['one-a', 'one-b', 'two-a', 'two-b', 'told-a', 'told-b', 'told-c', 'kill-a'];
const AT_ONCE = '--healthy-for=0';

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })) });
  plugin = pluginRunner(plane);
  folder = await mkdtemp(join(tmpdir(), 'maint-record-'));
});

afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A command that says that it runs, and lasts until the file is there (or the test's folder is gone). */
const lastsUntil = (file: string): readonly string[] => [
  'sh',
  '-c',
  `echo runs; while [ -d ${folder} ] && [ ! -e ${file} ]; do sleep 0.1; done`,
];

describe('while a run has a node', () => {
  test('status says which, and what it does there; a second run of the same owner is refused', async () => {
    const goesOn = join(folder, 'one-goes-on');
    const running = await plugin.start(['run', 'one-a', 'one-b', AT_ONCE, '--', ...lastsUntil(goesOn)]);
    await until('the command runs', () => running.said().includes('one-a | runs'));

    const told = await plugin.maint(['status', 'one-a']);
    expect(told.stdout).toMatch(/^State: +Complete \(1 of 2: running\) \(drain\)$/m);
    expect(told.stdout).toMatch(/^Run: +1 of 2, running \(run [0-9a-f-]{36} of admin\)$/m);
    expect(told.stderr).toContain('run of admin: 1 of 2, one-a: running\n');
    const [item] = listAt(JSON.parse((await plugin.maint(['status', '-o', 'json'])).stdout), 'items');
    expect(item).toMatchObject({ name: 'one-a', run: { owner: 'admin', number: 1, of: 2, step: 'running' } });

    const second = await plugin.maint(['run', 'one-b', 'one-a', AT_ONCE, '--', 'echo', 'too']);
    expect(second).toMatchObject({ code: 3, stdout: '' });
    expect(second.stderr).toContain(
      'error: node one-a is in maintenance for admin already, taken through by another run (1 of 2: running)\nhint: two runs of admin do not take one node',
    );
    await writeFile(goesOn, '');
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  test('a run of another owner is refused until it has let go, or has said that it stopped', async () => {
    const [goesOn, as] = [join(folder, 'two-goes-on'), ['--owner', 'bo']];
    const command = [...lastsUntil(goesOn).slice(0, 2), `${lastsUntil(goesOn)[2] ?? ''}; exit 3`];
    const running = await plugin.start(['run', 'two-a', 'two-b', AT_ONCE, '--', ...command]);
    await until('the command runs', () => running.said().includes('two-a | runs'));
    const other = ['run', 'two-a', AT_ONCE, ...as, '--', 'echo', 'beside'];
    const refused = await plugin.maint(other);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('error: node two-a is taken through by a run of admin (1 of 2: running)\n');

    await writeFile(goesOn, '');
    expect(await running.ended).toMatchObject({ code: 5 });
    expect((await plugin.maint(['status', 'two-a'])).stderr).toContain('run of admin: 1 of 2, two-a: stopped\n');
    const beside = await plugin.maint(other);
    expect(beside.code).toBe(0);
    expect(beside.stdout).toContain('two-a | beside\n');
    expect(await plugin.maint(['off', 'two-a', AT_ONCE])).toMatchObject({ code: 0 });
  });

  test('one that was killed has it still; --resume goes on, and says what it may meet', async () => {
    const goesOn = join(folder, 'kill-goes-on');
    const running = await plugin.start(['run', 'kill-a', AT_ONCE, '--', ...lastsUntil(goesOn)]);
    await until('the command runs', () => running.said().includes('kill-a | runs'));
    running.signal('SIGKILL');
    await running.ended;
    const resumed = await plugin.maint(['run', 'kill-a', AT_ONCE, '--resume', '--', 'true']);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain(
      'Warning: node kill-a was left by a run that has not said that it stopped (1 of 1: running)',
    );
    await writeFile(goesOn, '');
  });
});

/** The flags of the run below, as they are said again. */
const RESUMED = [AT_ONCE, '--output=json', '--check=echo asked'];

test('-o json: every line is an event, the output of commands too, and the last one sums up', async () => {
  const script = 'echo "at $NODE"; echo oops >&2; [ $NODE != told-b ] || exit 7';
  const flags = [AT_ONCE, '-o', 'json', '--check', 'echo asked'];
  const ran = await plugin.maint(['run', 'told-a', 'told-b', 'told-c', ...flags, '--', 'sh', '-c', script]);
  expect(ran.code).toBe(5);
  const events = ran.stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const ofType = (type: string): readonly unknown[] => events.filter((event) => textAt(event, 'type') === type);
  expect(ofType('output')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ node: 'told-a', by: 'check', stream: 'stdout', line: 'asked' }),
      expect.objectContaining({ node: 'told-a', by: 'command', stream: 'stdout', line: 'at told-a' }),
      expect.objectContaining({ node: 'told-b', by: 'command', stream: 'stderr', line: 'oops' }),
    ]),
  );
  expect(ofType('failed')).toMatchObject([{ node: 'told-b', message: 'the command exited with code 7' }]);
  expect(ofType('ended')).toMatchObject([{ node: 'told-a' }]);
  expect(ofType('summary')).toHaveLength(1);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown;
  const times = { begunAt: time, commandBegunAt: time, commandEndedAt: time, endedAt: time };
  const never = { begunAt: null, commandBegunAt: null, commandEndedAt: null, endedAt: null };
  expect(events.at(-1)).toEqual({
    time,
    type: 'summary',
    code: 5,
    done: 1,
    nodes: [
      { node: 'told-a', step: 'done', state: 'None', exitCode: 0, stopped: null, ...times },
      {
        node: 'told-b',
        step: 'running',
        state: 'Complete',
        exitCode: 7,
        stopped: 'the command exited with code 7',
        ...times,
      },
      { node: 'told-c', step: 'waiting', state: 'None', exitCode: null, stopped: null, ...never },
    ],
    closed: null,
    resume: ['kubectl', 'maint', 'run', 'told-b', 'told-c', ...RESUMED, '--resume', '--', 'sh', '-c', script],
  });
});
