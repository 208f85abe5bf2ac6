import { describe, expect, test } from 'vitest';
import type { RunOperation } from '../../../../plugin/verbs/run/flags.ts';
import { DEFAULT_IMAGE } from '../../../../plugin/verbs/run/on-node/flags.ts';
import { parse } from '../../../support/parsed.ts';

async function runOf(...words: readonly string[]): Promise<RunOperation> {
  const operation = await parse(words);
  if (operation.verb !== 'run') throw new Error(`it is ${operation.verb}`);
  return operation;
}

describe('run', () => {
  test('with nothing but a node and a command: one node at a time, each as `on` and `off` would', async () => {
    const operation = await runOf('run', 'n1', '--', 'true');
    expect(operation).toMatchObject({
      nodes: { names: ['n1'] },
      command: { program: 'true', args: [] },
      on: { claim: { isChange: false, mode: 'drain' }, timeoutMs: 0, dryRun: 'none', rollback: false, format: 'text' },
      off: { skipHealthCheck: false, healthyForMs: 30_000, timeoutMs: 600_000 },
      maxParallel: 1,
      commandTimeoutMs: 0,
      resume: false,
      dryRun: false,
      flags: [],
    });
  });

  test('what follows -- is the command, whatever it looks like', async () => {
    const command = ['cmd', '-ljson', '--force=T', '--dry-run', '--help', '', '--', '-f', '-'];
    const [program, ...args] = command;
    expect(await runOf('run', 'n1', '--', ...command)).toMatchObject({ command: { program, args }, dryRun: false });
  });

  test.each([
    ['--context prod run n1 -- on n2', ['n1'], 'on'],
    ['--context=prod run n1 -- ls', ['n1'], 'ls'],
    ['run --timeout 5m n1 n2 -- ls', ['n1', 'n2'], 'ls'],
  ])('%s', async (line, names, program) => {
    expect(await runOf(...line.split(' '))).toMatchObject({ nodes: { names }, command: { program } });
  });

  test('-- of other verbs is as in kubectl, though a node or a reason is called run', async () => {
    expect(await parse(['on', '--reason', 'run', '--', 'n1'])).toMatchObject({ nodes: { names: ['n1'] } });
    expect(await parse(['on', 'run', '--', 'n1'])).toMatchObject({ nodes: { names: ['run', 'n1'] } });
  });

  test.each([
    ['run n1', 'no command is given'],
    ['run n1 --', 'no command is given'],
    ['run n1 ls', 'no command is given'],
    ['run -- ls', 'no node is named'],
    ['run n1 --rollback -- ls', 'unknown flag: --rollback'],
    ['run n1 --dry-run=server -- ls', 'invalid value for --dry-run: '],
    ['run n1 --max-parallel -1 -- ls', '--max-parallel: "-1" is less than 0'],
    ['run n1 --command-timeout soon -- ls', '"soon" is not a duration'],
  ])('%s: %s', async (line, message) => {
    await expect(parse(line.split(' '))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('run on the node itself', () => {
  const there = { profile: 'sysadmin', namespace: 'kubectl-maint-run', script: undefined };

  test.each<[string, object]>([
    ['run n1 --on-node -- uname', { onNode: { ...there, image: DEFAULT_IMAGE }, command: { program: 'uname' } }],
    [
      'run --on-node=tools:1 n1 -n mine --profile=baseline -- id -u',
      { onNode: { image: 'tools:1', profile: 'baseline', namespace: 'mine' }, given: ['id', '-u'] },
    ],
    [
      'run n1 --on-node --script ./up.sh -- -x',
      { onNode: { script: './up.sh' }, command: { program: '/run/kubectl-maint/up.sh', args: ['-x'] }, given: ['-x'] },
    ],
    ['run n1 --on-node --script=up.sh', { command: { program: '/run/kubectl-maint/up.sh', args: [] }, given: [] }],
    ['run n1 --reboot -- ssh n1 reboot', { onNode: undefined, reboot: true, command: { program: 'ssh' } }],
    ['run n1 -- true', { onNode: undefined, reboot: false }],
  ])('%s', async (line, operation) => {
    expect(await runOf(...line.split(' '))).toMatchObject(operation);
  });

  test('--reboot without a command is the node that reboots, never this machine, in the line that goes on as well', async () => {
    const operation = await runOf('run', 'n1', '--reboot');
    expect(operation).toMatchObject({
      onNode: { ...there, image: DEFAULT_IMAGE },
      command: { program: 'systemctl', args: ['reboot'] },
      given: [],
      flags: ['--reboot'],
    });
    expect(await runOf('run', 'n1', ...operation.flags, '--resume')).toMatchObject({ onNode: operation.onNode });
  });

  test.each([
    ['run n1 --on-node', 'no command is given'],
    ['run n1 --on-node= -- ls', 'is no image'],
    ['run n1 --script up.sh', '--script carries a file over to the node'],
    ['run n1 --reboot --profile=netadmin', "the host's own systemctl, which --profile=netadmin has not"],
    ['run n1 --on-node --profile=general -- ls', 'invalid value for --profile: '],
  ])('%s: %s', async (line, message) => {
    await expect(parse(line.split(' '))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('the flags of the line that goes on', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['none', ['n1', 'n2'], []],
    ['as they were typed', ['--reason', "it's new", 'n1', '--for=2h'], ["--reason=it's new", '--for=2h']],
    [
      'switches',
      ['--force', 'n1', '--protect=F', '--ignore-daemonsets=false'],
      ['--force', '--protect=false', '--ignore-daemonsets=false'],
    ],
    ['a switch with a word of its own', ['n1', '--force', 'false'], ['--force=false']],
    ['short ones', ['-s', 'https://a', 'n1'], ['--server=https://a']],
    ['each of several', ['n1', '--as-group', 'a', '--as-group=b'], ['--as-group=a', '--as-group=b']],
    ['values that look like flags', ['n1', '--grace-period', '-1'], ['--grace-period=-1']],
    ['values with =', ['n1', '--pod-selector', 'app=web'], ['--pod-selector=app=web']],
    [
      'not the selector, which names the nodes',
      ['-lrack=b7', '--selector', 'rack=b8', '--max-parallel=2'],
      ['--max-parallel=2'],
    ],
    ['not --resume, which is added', ['n1', '--resume'], []],
    ['no secret', ['n1', '--token', 's3cret'], ['--token=TOKEN']],
  ])('%s', async (_, words, flags) => {
    const operation = await runOf('run', ...words, '--', 'true');
    expect(operation.flags).toEqual(flags);
    const again = await runOf('run', 'n1', ...operation.flags, '--', 'true');
    expect(again.flags).toEqual(flags);
    expect(again.on).toMatchObject({ claim: operation.on.claim, drain: operation.on.drain, pace: operation.on.pace });
  });
});
