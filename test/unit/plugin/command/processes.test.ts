import { expect, test } from 'vitest';
import { parseProcesses, readProcesses, withAllBelow } from '../../../../plugin/command/processes.ts';

test('ps knows us, and who has started us; all else goes on meanwhile', async () => {
  let turns = 0;
  const clock = setInterval(() => (turns += 1), 0);
  const us = (await readProcesses()).find(({ pid }) => pid === process.pid);
  clearInterval(clock);
  expect(us?.parent).toBe(process.ppid);
  expect(turns).toBeGreaterThan(0);
});

test('a command is what is below it, and what was while its parent ran; parents come first; zombies have ended', () => {
  const all = parseProcesses(
    [
      '    7    50    50 S+', // ids begin anew after the highest
      '   50    40    50 Ss',
      '   51    50    50 Z',
      '   60     1    50 S ',
      '   61    60    50 R+',
      '   70    40    70 S',
      '',
    ].join('\n'),
  );
  const found = withAllBelow(all, ({ pid }) => pid === 7 || pid === 50 || pid === 60);
  expect(found.map(({ pid }) => pid)).toEqual([50, 60, 7, 61]);
});
