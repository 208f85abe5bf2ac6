import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Architecture } from '../image/debian.ts';
import type { Digests } from '../image/layout.ts';
import { checksumLine } from '../release/checksums.ts';
import {
  attestParts,
  logIn,
  pushChart,
  pushImage,
  signDigest,
  signFile,
  type CommandLine,
  type Registry,
  type Signer,
} from './commands.ts';

/** What is published, and where to. */
export interface Publication {
  readonly version: string;
  readonly registry: Registry;
  readonly account: Account;
  /** Undefined: nothing is signed, which is said. */
  readonly signer: Signer | undefined;
  readonly image: {
    readonly layout: string;
    readonly digests: Digests;
    readonly sboms: Partial<Record<Architecture, string>>;
  };
  /** The chart as a file, and the folder with `checksums.txt`. */
  readonly chart: string;
  readonly folder: string;
  /** Hears each command line before it is run. */
  readonly tell: (line: string) => void;
}

/** Who pushes. */
export interface Account {
  readonly user: string;
  readonly password: string;
  /** Docker's folder (`DOCKER_CONFIG`, else `~/.docker`), where all programs look for who is logged in. */
  readonly folder: string;
}

/** What a registry has now. */
export interface Pushed {
  /** Below the common path. */
  readonly name: 'maint-webhook' | 'charts/kubectl-maint';
  /** `sha256:…` */
  readonly digest: string;
  /** `linux/ARCHITECTURE` of an image that an index leads to. */
  readonly platform?: string;
}

/**
 * Pushes image and chart, writes their digests beside the checksums (`digests.txt`), and signs all of it. Throws what a
 * program said that fails.
 */
export async function publish(publication: Publication): Promise<readonly Pushed[]> {
  const { version, registry, account, signer, image, chart, folder, tell } = publication;
  const accounts = join(account.folder, 'config.json');
  const carryOut = (line: CommandLine, input = ''): Promise<string> => {
    tell(line.join(' '));
    return outputOf(line, input, { ...process.env, DOCKER_CONFIG: account.folder, COSIGN_PASSWORD: '' });
  };
  await carryOut(logIn(account.user, accounts, registry), account.password);
  await carryOut(pushImage(image.layout, version, accounts, registry));
  const pushed: readonly Pushed[] = [
    { name: 'maint-webhook', digest: image.digests.index },
    { name: 'charts/kubectl-maint', digest: digestIn(await carryOut(pushChart(chart, registry))) },
    ...Object.entries(image.digests.images).map(([architecture, digest]): Pushed => {
      return { name: 'maint-webhook', digest, platform: `linux/${architecture}` };
    }),
  ];
  const lines = pushed.map(({ name, digest, platform }) => [
    name,
    digest,
    ...(platform === undefined ? [] : [platform]),
  ]);
  await writeDigests(folder, lines.map((words) => `${words.join(' ')}\n`).join(''));
  if (signer === undefined) {
    tell('not signed');
    return pushed;
  }
  for (const { name, digest } of pushed) await carryOut(signDigest(name, digest, registry, signer));
  for (const [architecture, sbom] of Object.entries(image.sboms)) {
    const digest = image.digests.images[architecture === 'arm64' ? 'arm64' : 'amd64'];
    if (digest !== undefined) await carryOut(attestParts(sbom, digest, registry, signer));
  }
  await carryOut(signFile(join(folder, 'checksums.txt'), signer));
  return pushed;
}

/** Writes `digests.txt`, and its sum into `checksums.txt`, which is signed. */
async function writeDigests(folder: string, text: string): Promise<void> {
  const [name, checksums] = ['digests.txt', join(folder, 'checksums.txt')];
  await writeFile(join(folder, name), text);
  const lines = (await readFile(checksums, 'utf8')).match(/^.+\n/gm) ?? [];
  const others = lines.filter((line) => !line.endsWith(`  ${name}\n`));
  await writeFile(checksums, [...others, checksumLine(name, text)].join(''));
}

/** What later steps of the workflow ask for, as lines of `GITHUB_OUTPUT`: names without a tag, and digests, of image and chart. */
export function stepOutputs({ place }: Registry, pushed: readonly Pushed[]): string {
  const whole = pushed.filter(({ platform }) => platform === undefined);
  return whole
    .map(({ name, digest }) => {
      const what = name === 'maint-webhook' ? 'image' : 'chart';
      return `${what}-name=${place}/${name}\n${what}-digest=${digest}\n`;
    })
    .join('');
}

function digestIn(told: string): string {
  const digest = /^Digest: (sha256:[0-9a-f]{64})$/m.exec(told)?.[1];
  if (digest === undefined) throw new Error(`helm did not say the digest of the chart: ${told}`);
  return digest;
}

/** Meanwhile this process goes on: a registry that it started writes its log to it, and waits where nobody reads. */
async function outputOf([program, ...args]: CommandLine, input: string, env: NodeJS.ProcessEnv): Promise<string> {
  const running = promisify(execFile)(program, args, { env });
  running.child.stdin?.end(input);
  const { stdout, stderr } = await running;
  return `${stdout}${stderr}`;
}
