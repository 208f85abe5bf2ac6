import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { isAlive, spawnBound } from '../../control-plane/bound-process.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';

const Started = z.object({ folder: z.string(), pids: z.array(z.number()) });

async function controlPlaneOfAnotherProcess() {
  const script = fileURLToPath(new URL('run-forever.ts', import.meta.url));
  const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void owner.kill('SIGKILL'));
  return { owner, ...Started.parse(JSON.parse(await firstLine(owner.stdout))) };
}

async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface(stream)) return line;
  throw new Error('it ended without a word');
}

it('a control plane dies with its parent, and the next start removes what is left of it', async () => {
  const { owner, folder, pids } = await controlPlaneOfAnotherProcess();
  expect(pids).toHaveLength(5);
  expect(pids.every(isAlive)).toBe(true);
  const ended = once(owner, 'exit');
  owner.kill('SIGKILL');
  await ended;
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);

  await using next = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
  expect(existsSync(folder)).toBe(false);
  expect(Object.keys(next.pids())).toEqual(['etcd', 'kube-apiserver']);
});

describe('a child dies with its parent', () => {
  it.each([
    ['SIGKILL', 'setInterval(() => {}, 1000)'],
    ['SIGINT', 'setInterval(() => {}, 1000)'],
    ['SIGTERM', 'setInterval(() => {}, 1000)'],
    ['a crash', 'await new Promise((resolve) => process.stdin.once("data", resolve)); throw new Error("crash")'],
    ['process.exit', 'await new Promise((resolve) => process.stdin.once("data", resolve)); process.exit(0)'],
  ])('on %s', async (ending, rest) => {
    const module = new URL('../../control-plane/bound-process.ts', import.meta.url).href;
    const program = `const { spawnBound } = await import(${JSON.stringify(module)});
      console.log(spawnBound('sleep', ['600']).pid); ${rest}`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    const pid = Number(await firstLine(owner.stdout));
    expect(isAlive(pid)).toBe(true);
    const ended = once(owner, 'exit');
    if (ending === 'SIGKILL' || ending === 'SIGINT' || ending === 'SIGTERM') owner.kill(ending);
    else owner.stdin.end('now');
    await ended;
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe('a bound process', () => {
  it('has its own exit code and streams', async () => {
    const child = spawnBound('sh', ['-c', 'cat; exit 7'], { streams: ['pipe', 'pipe', 'ignore'] });
    child.process.stdin?.end('hello');
    const output = child.process.stdout ? await child.process.stdout.toArray() : [];
    expect(String(output)).toBe('hello');
    expect(await child.ended).toEqual({ code: 7, signal: null });
    expect(child.isRunning()).toBe(false);
  });

  it('ends together with the processes that it has started', async () => {
    const child = spawnBound('sh', ['-c', 'sleep 600 & echo $!; wait'], { streams: ['ignore', 'pipe', 'ignore'] });
    const line: unknown = child.process.stdout ? await child.process.stdout.iterator().next() : undefined;
    const grandchild = Number(
      z
        .object({ value: z.instanceof(Buffer) })
        .parse(line)
        .value.toString(),
    );
    expect(isAlive(grandchild)).toBe(true);
    expect(await child.end()).toEqual({ code: null, signal: 'SIGKILL' });
    await expect.poll(() => isAlive(grandchild)).toBe(false);
  });

  it('says so when there is no such program', async () => {
    const child = spawnBound('/nowhere/etcd', []);
    expect(await child.ended).toEqual({ code: 127, signal: null });
  });
});
