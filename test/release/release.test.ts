/** A whole release: that krew's own validator accepts it, and that each platform gets a program of its own. */
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveName, NODE_VERSION, PLATFORMS, programName, type Platform } from '../../packaging/release/platforms.ts';
import { buildRelease } from '../../packaging/release/release.ts';
import { listAt, textAt } from '../../shared/index.ts';
import { isLeftOut } from '../support/left-out.ts';
import { freshKrew, type Krew } from '../support/krew.ts';
import { runProgram } from '../support/plugin-run.ts';
import { signatureOf } from '../support/mach-o-signature.ts';
import { packagesIn } from './scanned.ts';
import { hasTool, SYFT } from './tools.ts';

/** What is made of packages, and what of that: an image is no package. */
const LISTS_OF_PACKAGES = ['executables.cdx.json', 'npm-package.cdx.json'];
const LISTS = ['chart.cdx.json', ...LISTS_OF_PACKAGES];

let folder: string;
let host: Server;
let krew: Krew;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-release-test-'));
  host = createServer(({ url = '' }, response) => {
    pipeline(createReadStream(join(folder, 'one', basename(url))), response, () => undefined);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const { port } = host.address() as AddressInfo;
  krew = await freshKrew();
  const baseUrl = new URL(`http://127.0.0.1:${port}/`);
  await buildRelease({ platforms: PLATFORMS, folder: join(folder, 'one'), baseUrl });
});

afterAll(async () => {
  await new Promise((resolve) => host.close(resolve));
  await krew.end();
  await rm(folder, { recursive: true, force: true });
});

test('the validator of krew accepts the manifest, and installs every platform from its address', async () => {
  const ran = await krew.validate(join(folder, 'one', 'maint.yaml'));
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stderr).toContain(`all ${PLATFORMS.length} spec.platforms installed fine`);
});

test('the checksums are those of the files', async () => {
  const { code, stdout } = await runProgram(
    'sh',
    ['-c', 'cd "$1" && sha256sum --check checksums.txt', '-', join(folder, 'one')],
    process.env,
  );
  const { version } = await packageJson();
  const names = [...PLATFORMS.map(archiveName), ...LISTS, `kubectl-maint-${version}.tgz`].sort();
  expect({ code, stdout }).toEqual({ code: 0, stdout: names.map((name) => `${name}: OK\n`).join('') });
});

test.skipIf(isLeftOut('Syft', !hasTool(SYFT))).each(LISTS_OF_PACKAGES)(
  'a scanner reads all of %s (npm run release-tools)',
  async (name) => {
    const file = join(folder, 'one', name);
    const list: unknown = JSON.parse(await readFile(file, 'utf8'));
    const listed = listAt(list, 'components').flatMap((component) => textAt(component, 'purl') ?? []);
    expect(await packagesIn(['convert', file, '-o', 'json'])).toEqual(expect.arrayContaining(listed));
  },
);

test('built again, it is the same: one platform of each format', async () => {
  const oneOfEach = PLATFORMS.filter(({ arch }) => arch === 'amd64');
  await buildRelease({ platforms: oneOfEach, folder: join(folder, 'two') });
  for (const name of oneOfEach.map(archiveName)) {
    const [first, second] = await Promise.all(['one', 'two'].map((run) => readFile(join(folder, run, name))));
    expect(first?.equals(second ?? Buffer.alloc(0)), name).toBe(true);
  }
});

describe.each(PLATFORMS)('$os/$arch', (platform) => {
  let program: Buffer;

  beforeAll(async () => {
    program = await installed(platform);
  });

  test('is a program for this platform', () => {
    expect(formatOf(program)).toBe(`${platform.os}/${platform.arch}`);
  });

  test('holds Node.js, told to look for the bundle, and all that it loads', async () => {
    expect(program.includes(`v${NODE_VERSION}`)).toBe(true);
    expect(program.includes(`${FUSE}:1`)).toBe(true);
    expect(program.includes(`${FUSE}:0`)).toBe(false);
    for (const file of await readdir('dist/kubectl-maint')) {
      expect(program.includes(await readFile(join('dist/kubectl-maint', file))), file).toBe(true);
    }
  });
});

test.each(PLATFORMS.filter(({ os }) => os === 'darwin'))(
  '$os/$arch is signed, ad hoc, from its first byte on',
  async (platform) => {
    const program = await installed(platform);
    const { identifier, adHoc, pages, badPages, codeSize, size } = signatureOf(program);
    expect({ identifier, adHoc, badPages }).toEqual({ identifier: 'kubectl-maint', adHoc: true, badPages: [] });
    expect(pages).toBe(Math.ceil(codeSize / 4096));
    expect(codeSize + size).toBe(program.length);
  },
);

test.each(PLATFORMS.filter(({ os }) => os === 'windows'))(
  '$os/$arch has no signature that does not fit',
  async (platform) => {
    const program = await installed(platform);
    const optionalHeader = program.readUInt32LE(0x3c) + 24;
    expect(program.readBigUInt64LE(optionalHeader + 112 + 4 * 8)).toBe(0n);
  },
);

/** What Node.js looks for at its start: `:1` behind it says that there is a program within. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

async function packageJson(): Promise<{ version: string }> {
  return JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
}

/** The program as krew installs it on a machine of that platform. */
async function installed(platform: Platform): Promise<Buffer> {
  const machine = { KREW_OS: platform.os, KREW_ARCH: platform.arch };
  const other = await freshKrew();
  try {
    const ran = await other.kubectl(['krew', 'install', `--manifest=${join(folder, 'one', 'maint.yaml')}`], machine);
    expect(ran).toMatchObject({ code: 0 });
    const { version } = await packageJson();
    return await readFile(join(other.store('maint', `v${version}`), programName(platform)));
  } finally {
    await other.end();
  }
}

/** The platform that a program's header names: ELF, Mach-O, or PE with a table of machines each. */
function formatOf(program: Buffer): string {
  if (program.toString('latin1', 0, 4) === '\x7fELF')
    return `linux/${name(program.readUInt16LE(18), { amd64: 62, arm64: 183 })}`;
  if (program.readUInt32LE(0) === 0xfeedfacf) {
    return `darwin/${name(program.readUInt32LE(4), { amd64: 0x01000007, arm64: 0x0100000c })}`;
  }
  const header = program.readUInt32LE(0x3c);
  expect(program.toString('latin1', header, header + 4)).toBe('PE\0\0');
  return `windows/${name(program.readUInt16LE(header + 4), { amd64: 0x8664, arm64: 0xaa64 })}`;
}

function name(machine: number, machines: Readonly<Record<string, number>>): string {
  return Object.keys(machines).find((arch) => machines[arch] === machine) ?? `machine ${machine}`;
}
