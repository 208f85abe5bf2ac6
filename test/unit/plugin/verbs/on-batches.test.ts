import { expect, test } from 'vitest';
import { batchesOf } from '../../../../plugin/verbs/on/batches.ts';
import { parse } from '../../../support/parsed.ts';

/** So many nodes in batches, by their sizes. */
async function sizes(nodes: number, flags: string): Promise<readonly number[]> {
  const operation = await parse(['on', 'n1', ...flags.split(' ').filter((flag) => flag !== '')]);
  if (operation.verb !== 'on') throw new Error(`not understood: ${flags}`);
  return batchesOf(
    Array.from({ length: nodes }, (_, index) => index),
    operation,
  ).map(({ length }) => length);
}

test.each<[what: string, nodes: number, flags: string, sizes: readonly number[]]>([
  ['a few nodes are one', 3, '--max-parallel=1', [3]],
  ['as many as are taken unasked are one', 10, '--max-parallel=3', [10]],
  ['of more than that, as many as are drained at once', 25, '', [10, 10, 5]],
  ['with a limit, always so', 5, '--max-unavailable=100% --max-parallel=2', [2, 2, 1]],
  ['all at once is one', 40, '--max-unavailable=40 --max-parallel=0', [40]],
  ['nothing is drained in mode cordon', 40, '--mode=cordon --max-unavailable=40', [40]],
])('batches: %s', async (_what, nodes, flags, expected) => {
  expect(await sizes(nodes, flags)).toEqual(expected);
});
