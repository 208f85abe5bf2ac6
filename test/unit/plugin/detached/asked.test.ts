import { describe, expect, test } from 'vitest';
import type { Detached } from '../../../../plugin/detached/asked.ts';
import { DEFAULT_IMAGE } from '../../../../plugin/verbs/run/on-node/flags.ts';
import { like } from '../../../support/like.ts';
import { parse } from '../../../support/parsed.ts';

async function detached(line: string): Promise<Detached | undefined> {
  const operation = await parse(line.split(' '));
  return 'detached' in operation ? operation.detached : undefined;
}

const ACCOUNT = '--detach --service-account=maint';

describe('what the Job is told', () => {
  test.each([
    ['on n1', ''],
    ['on n1 --reason=disk --for 2h --force', '--reason=disk --for=2h --force'],
    ['on n1 -o json --timeout=5m', '--output=json --timeout=5m'],
    ['off n1 --healthy-for 1m', '--healthy-for=1m'],
    ['off n1 --all', '--all'],
    ['run n1 --image=i --command-timeout=5m', '--command-timeout=5m'],
    ['run n1 --on-node', `--on-node=${DEFAULT_IMAGE}`],
    ['run n1 --on-node=i --profile=netadmin --max-failures=2', '--on-node=i --profile=netadmin --max-failures=2'],
    ['run -l rack=b7 --image=i --resume --run-id=x --owner=ben', ''],
    ['on n1 --rollback=false', '--rollback=false'],
    [
      'on n1 --kubeconfig=x --context=y --as=ben --token=t -n ops --request-timeout=5s -v=6',
      '--request-timeout=5s --v=6',
    ],
  ])('%s', async (line, flags) => {
    const command = line.startsWith('run') ? ' -- true' : '';
    expect((await detached(`${line} ${ACCOUNT}${command}`))?.flags.join(' ')).toBe(flags);
  });

  test('a reboot without a command is asked for as it was here: on the node itself', async () => {
    const operation = await parse(['run', 'n1', ...ACCOUNT.split(' '), '--reboot']);
    expect(operation).toMatchObject({ given: [], onNode: {}, detached: { flags: ['--reboot'] } });
  });

  test('the way there holds what leads to another cluster, and no secret', async () => {
    const line = `on n1 ${ACCOUNT} --context=y --token=t -n ops -v=6 --reason=x`;
    expect((await detached(line))?.wayThere).toEqual(['--context=y', '--token=TOKEN']);
  });

  test('place and account', async () => {
    expect(await detached(`off n1 ${ACCOUNT} -n ops --image=r/i:1`)).toMatchObject({
      serviceAccount: 'maint',
      namespace: 'ops',
      image: 'r/i:1',
    });
    expect(await detached('off n1 -n ops')).toBeUndefined();
  });
});

describe('refused', () => {
  test.each([
    ['on n1 --detach', '--detach needs --service-account: a Job has no rights of its own'],
    ['on n1 --service-account=maint', '--service-account is about a Job, and without --detach there is none'],
    ['off n1 --image=x', '--image is about a Job, and without --detach there is none'],
    ['on n1 --detach --service-account=a:b', '--service-account: "a:b" is not the name of a service account'],
    [`on n1 ${ACCOUNT} --dry-run`, '--dry-run and --detach cannot both be given: a dry run changes nothing'],
    [`on n1 ${ACCOUNT} --rollback`, '--rollback and --detach cannot both be given: a Job that is moved'],
    [
      `run n1 ${ACCOUNT} --output-dir=logs -- true`,
      '--output-dir names a file of this machine, which the Job in the cluster does not have',
    ],
    [
      `run n1 ${ACCOUNT} -- true`,
      'the command would run in the image of the webhook, which holds no programs, not even a shell',
    ],
    [
      `run n1 ${ACCOUNT} --reboot -- reboot`,
      'the command would run in the image of the webhook, which holds no programs, not even a shell',
    ],
    [
      `run n1 ${ACCOUNT} --on-node --check=true -- true`,
      'the command of --check would run in the image of the webhook',
    ],
    [
      `run n1 ${ACCOUNT} --on-node --script=kernel.sh`,
      '--script names a file of this machine, which the Job in the cluster does not have',
    ],
    [
      `run n1 ${ACCOUNT} --on-node --check-file=checks -- true`,
      '--check-file names a file of this machine, which the Job in the cluster does not have',
    ],
    [`run n1 --run-id=a/b -- true`, '--run-id: "a/b" is no name'],
  ])('%s', async (line, message) => {
    await expect(parse(line.split(' '))).rejects.toMatchObject({ code: 'usage', message: like(message) });
  });
});
