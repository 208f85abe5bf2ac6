import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import type { Account } from './publish.ts';

/** The only account, and bcrypt's hash of its password, as the registry wants it: there is no secret, for it serves this machine alone. */
const ACCOUNT = { user: 'releaser', password: 'rehearsal' };
const HASH = '$2b$05$kubectlmaintkubectlmaeP5Dnvn34C8Sd/ayWLiNZjpKGZqb/oUe';

/** A registry of this machine, on a port of its own, which asks who pushes or pulls. */
export interface LocalRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Whom it knows. */
  readonly account: Account;
  /** Ends it, and removes what was pushed. */
  stop(): Promise<void>;
}

/** Starts one (Debian package docker-registry). Throws what it said where it does not serve. */
export async function startLocalRegistry(): Promise<LocalRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-registry-'));
  const configuration = join(folder, 'config.yml');
  const accounts = join(folder, 'htpasswd');
  await writeFile(accounts, `${ACCOUNT.user}:${HASH}\n`);
  await writeFile(
    configuration,
    stringify({
      version: 0.1,
      log: { level: 'info', formatter: 'json' },
      storage: { filesystem: { rootdirectory: join(folder, 'content') } },
      http: { addr: '127.0.0.1:0' },
      auth: { htpasswd: { realm: 'here', path: accounts } },
    }),
  );
  const child = spawn('docker-registry', ['serve', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const said: string[] = [];
  child.once('error', (error) => said.push(error.message));
  const lines = createInterface({ input: child.stderr });
  const host = await new Promise<string | undefined>((resolve) => {
    lines.on('line', (line) => {
      said.push(line);
      const found = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    lines.once('close', () => {
      resolve(undefined);
    });
  });
  if (host !== undefined) return { host, account: { ...ACCOUNT, folder: join(folder, 'docker') }, stop };
  await stop();
  throw new Error(`docker-registry does not serve: ${said.join('\n')}`);
}
