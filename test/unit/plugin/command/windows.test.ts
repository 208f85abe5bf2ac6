/** Windows runs scripts (.cmd) through its shell only: what would be started there, on a machine that takes itself for one. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-windows-'));
  await writeFile(join(folder, 'upgrade.CMD'), '');
  // In place of cmd.exe: a word of its command line each line.
  await writeFile(join(folder, 'cmd.exe'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  await chmod(join(folder, 'cmd.exe'), 0o755);
});

afterAll(() => rm(folder, { recursive: true }));

const PRETEND = "data:text/javascript,Object.defineProperty(process, 'platform', { value: 'win32' })";

/** What is started where Node.js begins for a Windows with one script in its PATH. */
async function startedBy(script: string): Promise<readonly string[]> {
  const env = { PATH: folder, PATHEXT: '.EXE;.CMD', comspec: 'cmd.exe' };
  const args = ['--import', PRETEND, '--input-type=module', '--eval', script];
  return (await run(process.execPath, args, { env })).stdout.trimEnd().split('\n');
}

test('a command that is a script', async () => {
  const child = resolve('plugin/command/child.ts');
  const started = await startedBy(`
    import { runCommand } from '${child}';
    const start = {
      command: { program: 'upgrade', args: ['a b', '%PATH%&calc'] },
      env: process.env, stdin: 'ignore', onTerminal: false, timeoutMs: 0,
    };
    const sink = { write: (_, bytes) => process.stdout.write(bytes), end: () => undefined };
    await runCommand(start, { sink, relay: { add: () => () => undefined }, tell: () => undefined });
  `);
  expect(started).toEqual(['/d', '/s', '/c', '"upgrade ^"a^ b^" ^"^%PATH^%^&calc^""']);
});

test("the command line of --check is that of this system's own shell, as it was written", async () => {
  const check = resolve('plugin/verbs/run/between/check-command.ts');
  const started = await startedBy(`
    import { checkCommand } from '${check}';
    const say = (stream, line) => console.log(line);
    const silent = () => undefined;
    const ask = checkCommand('upgrade "a b" && echo %NODE%', {
      claim: {}, inherited: { env: process.env, canAnswer: false, onTerminal: false },
      relay: { add: () => silent }, screen: { note: silent, warn: silent }, shows: () => say,
    });
    const node = { facts: { name: 'n1' }, raw: {} };
    console.log(JSON.stringify(await ask({ node }, 0)));
  `);
  expect(started).toEqual(['/d', '/s', '/c', '"upgrade "a b" && echo %NODE%"', '[]']);
});

test('a program of the kubeconfig that is a script', async () => {
  const exec = resolve('shared/cluster/live/credentials/exec.ts');
  await expect(
    startedBy(`
      import { credentialFromExec } from '${exec}';
      const config = { apiVersion: 'v1', interactive: false, command: 'upgrade', args: ['get-token'], env: [] };
      const source = credentialFromExec({ config, env: process.env, pace: { wallClock: () => 0 } });
      await source.current().catch((error) => console.log(error.message));
    `),
  ).resolves.toEqual([expect.stringContaining('did not print JSON')]);
});
