import { expect, test } from 'vitest';
import { failuresToldOneByOne, forEachNode } from '../../../../plugin/nodes/for-each-node.ts';
import type { NodeSnapshot } from '../../../../plugin/nodes/snapshot.ts';
import { MaintError } from '../../../../shared/index.ts';
import { nodeSnapshot, settle, toldSession } from '../world.ts';

interface Target {
  readonly node: NodeSnapshot;
}

function targets(...names: readonly string[]): readonly Target[] {
  return names.map((name) => ({ node: nodeSnapshot(name) }));
}

/** A command over nodes whose tasks end when the test says so. */
function going(names: readonly string[], parallel: number, outOf = names.length) {
  const stop = new AbortController();
  const { session } = toldSession(stop.signal);
  const [began, told, skipped, queued] = [[] as string[], [] as string[], [] as string[], new Set<string>()];
  const tasks = new Map<string, PromiseWithResolvers<undefined>>();
  const task = async ({ node: { facts } }: Target): Promise<void> => {
    const ends = Promise.withResolvers<undefined>();
    began.push(facts.name);
    tasks.set(facts.name, ends);
    await ends.promise;
  };
  const over = forEachNode(targets(...names), task, {
    session,
    parallel,
    failures: failuresToldOneByOne(outOf, {
      tell: ({ node, message, hint }) => told.push([node, message, ...(hint === undefined ? [] : [hint])].join(': ')),
    }),
    queued: ({ node: { facts } }, signal) => {
      queued.add(facts.name);
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          queued.delete(facts.name);
          resolve();
        });
      });
    },
    notBegun: ({ node: { facts } }) => skipped.push(facts.name),
  });
  const end = async (name: string, failure?: Error): Promise<void> => {
    if (failure === undefined) tasks.get(name)?.resolve(undefined);
    else tasks.get(name)?.reject(failure);
    await settle();
  };
  return { began, told, skipped, queued, over, end, stop };
}

test.each<[string, number, readonly string[]]>([
  ['so many at once, in their order', 2, ['a', 'b']],
  ['0 is all', 0, ['a', 'b', 'c']],
  ['more than there are is all', 9, ['a', 'b', 'c']],
])('%s', async (_what, parallel, expected) => {
  const { began, end, over } = going(['a', 'b', 'c'], parallel);
  await settle();
  expect(began).toEqual(expected);
  for (const name of ['b', 'a', 'c']) await end(name);
  expect(await over).toBe(0);
  expect(began).toEqual(['a', 'b', 'c']);
});

test('a failure is told when it happens, the others go on, and the gravest is the exit code', async () => {
  const { began, told, end, over } = going(['a', 'b', 'c'], 2);
  await settle();
  await end('a', new MaintError('cluster', 'no', { hint: 'ask' }));
  expect([told, began]).toEqual([['a: no: ask'], ['a', 'b', 'c']]);
  await end('b', new MaintError('gave-up', 'late'));
  await end('c');
  expect(told).toEqual(['a: no: ask', 'b: late']);
  expect(await over).toBe(4);
});

test('bad input of every node is no success', async () => {
  const { end, over } = going(['a', 'b'], 2);
  await settle();
  for (const name of ['a', 'b']) await end(name, new MaintError('usage', 'no such label'));
  expect(await over).toBe(2);
});

test('of one node alone the failure is the command’s', async () => {
  const { told, end, over } = going(['a'], 10);
  const failure = new MaintError('denied', 'no');
  const ended = expect(over).rejects.toBe(failure);
  await settle();
  await end('a', failure);
  await ended;
  expect(told).toEqual([]);
});

test('a bug is always', async () => {
  const { told, end, over } = going(['a', 'b'], 10);
  const bug = new TypeError('undefined is not a function');
  const ended = expect(over).rejects.toBe(bug);
  await settle();
  await end('a', bug);
  await ended;
  expect(told).toEqual([]);
});

test('one node of a command about more is told of', async () => {
  const { told, end, over } = going(['a'], 10, 3);
  await settle();
  await end('a', new MaintError('denied', 'no'));
  expect([await over, told]).toEqual([3, ['a: no']]);
});

test('an interruption begins no other node', async () => {
  const { began, skipped, stop, end, over } = going(['a', 'b', 'c'], 1);
  await settle();
  stop.abort();
  await end('a');
  expect(await over).toBe(130);
  expect([began, skipped]).toEqual([['a'], ['b', 'c']]);
});

test('what goes on until a node’s turn ends with it', async () => {
  const { queued, end, over } = going(['a', 'b', 'c'], 1);
  await settle();
  expect([...queued]).toEqual(['b', 'c']);
  await end('a');
  expect([...queued]).toEqual(['c']);
  await end('b');
  await end('c');
  expect([[...queued], await over]).toEqual([[], 0]);
});
