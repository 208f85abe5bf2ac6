import { expect, test } from 'vitest';
import type { SeenProcess } from '../../../../plugin/command/processes.ts';
import { CommandTree } from '../../../../plugin/command/tree.ts';

/** A command that the test ends, with a ps that answers when the test says so. */
function command(pid: number) {
  const child: { pid: number; exitCode: number | null; signalCode: null } = { pid, exitCode: null, signalCode: null };
  const asked: ((seen: readonly SeenProcess[]) => void)[] = [];
  const sent: string[] = [];
  const tree = new CommandTree(child, false, {
    kill: (id, signal) => void sent.push(`${signal} ${id}`),
    blind: () => undefined,
    read: () => new Promise((resolve) => asked.push(resolve)),
  });
  const answer = async (seen: readonly SeenProcess[]): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    asked.shift()?.(seen);
  };
  return { child, tree, sent, answer };
}

const leader: SeenProcess = { pid: 50, parent: 40, group: 40 };
const below: SeenProcess = { pid: 60, parent: 50, group: 40 };

test('what ps saw below a command counts though the command has ended before ps was read', async () => {
  const { child, tree, sent, answer } = command(50);
  const signalled = tree.send('SIGTERM');
  await new Promise((resolve) => setImmediate(resolve));
  child.exitCode = 0;
  await answer([leader, below]);
  await signalled;
  // Its own id is nobody's any more.
  expect(sent).toEqual(['SIGTERM 60']);
});

test('a look that is asked for behind a signal knows what that one saw', async () => {
  const { child, tree, answer } = command(50);
  const signalled = tree.send('SIGTERM');
  const looked = tree.look();
  await answer([leader, below]);
  await signalled;
  child.exitCode = 0;
  // Its parent is gone, and the one that takes orphans is its parent now.
  await answer([{ ...below, parent: 1 }]);
  expect(await looked).toEqual([60]);
});
