import { expect, test } from 'vitest';
import { runAllow } from '../../../../plugin/verbs/allow/allow.ts';
import type { AllowOperation } from '../../../../plugin/verbs/allow/flags.ts';
import { parse } from '../../../support/parsed.ts';
import { NODES, RECORD_ANNOTATION } from '../../../../shared/index.ts';
import { answer, nodeObject, toldSession } from '../world.ts';

const SINCE = '2026-01-05T22:10:00Z';
const RECORD = {
  version: 1,
  claims: [{ owner: 'ana', mode: 'cordon', since: SINCE }],
  before: { cordoned: false },
  initiatedAt: SINCE,
};

/** What a command line asks for. */
async function allowing(line: string): Promise<AllowOperation> {
  const operation = await parse(['allow', ...line.split(' ')]);
  if (operation.verb !== 'allow') throw new Error(`not understood: ${line}`);
  return operation;
}

test('interrupted between two nodes: it says of each what became of it', async () => {
  const interrupt = new AbortController();
  const { session, cluster, screen } = toldSession(interrupt.signal);
  for (const name of ['n1', 'n2']) {
    const node = nodeObject(name, { annotations: { [RECORD_ANNOTATION]: JSON.stringify(RECORD) } });
    cluster.objects.set(`${NODES}/${name}`, node);
  }
  cluster.say = ({ method }) => {
    if (method !== 'PATCH') return answer(201, { status: { userInfo: { username: 'ana' } } });
    interrupt.abort();
    return answer(200, cluster.objects.get(`${NODES}/n1`));
  };
  const operation = await allowing('n1 n2 --rules scan --for 30m --reason audit');
  expect(await runAllow(operation, session)).toBe(130);
  expect(screen.results).toEqual([expect.stringContaining('node/n1 scan allowed until')]);
  expect(screen.notes).toContain('node/n2 was not begun: its exceptions are as they were');
  expect(cluster.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
});
