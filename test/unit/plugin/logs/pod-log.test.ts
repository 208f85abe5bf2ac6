import { expect, test } from 'vitest';
import { PodLog } from '../../../../plugin/logs/pod-log.ts';
import { ClusterRefusal } from '../../../../shared/index.ts';

const LINE = '2026-01-01T00:00:00.000000001Z done\n';

type Answer = string | Error;

function refusal(status: number): Error {
  return new ClusterRefusal({ status, reason: '', message: `status ${status}`, body: {} });
}

/** The log of a container whose kubelet answers in turn; the last answer is given again and again. */
function logOf(answers: readonly Answer[]) {
  const left = [...answers];
  const taken: string[] = [];
  const tries = { count: 0 };
  const stream = async function* () {
    tries.count += 1;
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer instanceof Error) throw answer;
    yield await Promise.resolve(Buffer.from(answer ?? ''));
  };
  const log = new PodLog(
    { namespace: 'n', pod: 'p', container: 'c' },
    {
      cluster: { stream },
      clock: { sleep: () => Promise.resolve() },
      take: (bytes) => taken.push(bytes.toString()),
      interrupted: () => undefined,
    },
  );
  return { log, taken, tries };
}

test.each<[string, readonly Answer[], string | undefined, number]>([
  ['is there at once', [LINE], undefined, 1],
  ['comes when the kubelet is back', [refusal(502), refusal(500), LINE], undefined, 3],
  ['says why there is none yet', ['unable to retrieve container logs\n', LINE], undefined, 2],
  ['is of a pod that is gone', [refusal(404)], 'status 404', 1],
])('what is left of a log that %s', async (_, answers, why, count) => {
  const { log, taken, tries } = logOf(answers);
  expect(await log.finish()).toBe(why);
  expect(taken.join('')).toBe(why === undefined ? 'done\n' : '');
  expect(tries.count).toBe(count);
});
