import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from '../image/debian.ts';
import type { Digests } from '../image/layout.ts';
import {
  attestParts,
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

/** Digests (`sha256:…`) of what a registry has now, by its name below the common path. */
export type Pushed = Readonly<Record<'maint-webhook' | 'charts/kubectl-maint', string>>;

/** Pushes image and chart, writes their digests beside the checksums (`digests.txt`), and signs all of it. Throws what a program said that fails. */
export async function publish(publication: Publication): Promise<Pushed> {
  const { version, registry, signer, image, chart, folder, tell } = publication;
  const carryOut = (line: CommandLine): string => {
    tell(line.join(' '));
    return outputOf(line);
  };
  carryOut(pushImage(image.layout, version, registry));
  const pushed: Pushed = {
    'maint-webhook': image.digests.index,
    'charts/kubectl-maint': digestIn(carryOut(pushChart(chart, registry))),
  };
  const lines = Object.entries(pushed).map(([name, digest]) => `${name} ${digest}\n`);
  await writeFile(join(folder, 'digests.txt'), lines.join(''));
  if (signer === undefined) {
    tell('not signed');
    return pushed;
  }
  for (const [name, digest] of Object.entries(pushed)) carryOut(signDigest(name, digest, registry, signer));
  for (const [architecture, sbom] of Object.entries(image.sboms)) {
    const digest = image.digests.images[architecture === 'arm64' ? 'arm64' : 'amd64'];
    if (digest !== undefined) carryOut(attestParts(sbom, digest, registry, signer));
  }
  carryOut(signFile(join(folder, 'checksums.txt'), signer));
  return pushed;
}

function digestIn(told: string): string {
  const digest = /^Digest: (sha256:[0-9a-f]{64})$/m.exec(told)?.[1];
  if (digest === undefined) throw new Error(`helm did not say the digest of the chart: ${told}`);
  return digest;
}

function outputOf([program, ...args]: CommandLine): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${program} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status ?? '?'}\n${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}
