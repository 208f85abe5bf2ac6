import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { takeLock } from '../../control-plane/build-lock.ts';
import { scratchFolder } from './scratch-folder.ts';

const nobodyWaits = () => {
  throw new Error('nobody holds this lock');
};

function lockPath(): string {
  return join(scratchFolder(), '.lock');
}

function deadPid(): number {
  return spawnSync('true').pid;
}

it('is a file with its owner while it is held, and gone after', async () => {
  const path = lockPath();
  const lock = await takeLock(path, nobodyWaits);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
  await lock.release();
  expect(existsSync(path)).toBe(false);
});

it('makes the second wait for the first, and says for whom', async () => {
  const path = lockPath();
  const first = await takeLock(path, nobodyWaits);
  const order: string[] = [];
  const waited = new Promise<string>((resolve) => {
    void takeLock(path, resolve).then(async (second) => {
      order.push('second');
      await second.release();
      resolve('never waited');
    });
  });
  expect(await waited).toContain(`process ${process.pid}`);
  order.push('first');
  await first.release();
  await expect.poll(() => order).toEqual(['first', 'second']);
});

it('takes over from an owner that is dead', async () => {
  const path = lockPath();
  writeFileSync(path, JSON.stringify({ pid: deadPid(), host: hostname(), id: 'crashed' }));
  const lock = await takeLock(path, nobodyWaits);
  await lock.release();
  expect(existsSync(path)).toBe(false);
});

it('is taken over by one of many', async () => {
  const path = lockPath();
  writeFileSync(path, JSON.stringify({ pid: deadPid(), host: hostname(), id: 'crashed' }));
  let holders = 0;
  let most = 0;
  const hold = async () => {
    const lock = await takeLock(path, () => undefined);
    holders += 1;
    most = Math.max(most, holders);
    await wait(20);
    holders -= 1;
    await lock.release();
  };
  await Promise.all([hold(), hold(), hold()]);
  expect(most).toBe(1);
});

it.each([
  ['an owner on another machine', JSON.stringify({ pid: 1, host: 'elsewhere', id: 'x' })],
  ['a process id that is somebody else now', JSON.stringify({ pid: process.pid, host: hostname(), id: 'x' })],
  ['a half-written file', '{"pid":'],
  ['an empty file', ''],
])('takes over from %s when it has been silent for long', async (_, text) => {
  const path = lockPath();
  writeFileSync(path, text);
  utimesSync(path, new Date(0), new Date(0));
  const lock = await takeLock(path, nobodyWaits);
  await lock.release();
});

it('leaves a lock alone that another has taken over', async () => {
  const path = lockPath();
  const lock = await takeLock(path, nobodyWaits);
  const others = JSON.stringify({ pid: process.pid, host: hostname(), id: 'other' });
  writeFileSync(path, others);
  await lock.release();
  expect(readFileSync(path, 'utf8')).toBe(others);
});
