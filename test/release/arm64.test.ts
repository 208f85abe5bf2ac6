/** What is built for Linux on arm64 starts: the image's programs and the executable, by qemu-user (Debian: qemu-user-static). */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWebhookImage } from '../../packaging/image/image.ts';
import { archiveName, PLATFORMS, programName } from '../../packaging/release/platforms.ts';
import { buildRelease } from '../../packaging/release/release.ts';
import { listAt, textAt } from '../../shared/index.ts';
import { programOnPath } from '../control-plane/cache-folder.ts';
import { isLeftOut } from '../support/left-out.ts';
import { runProgram, type Ran } from '../support/plugin-run.ts';

const QEMU = 'qemu-aarch64-static';
const [platform] = PLATFORMS.filter(({ os, arch }) => os === 'linux' && arch === 'arm64');

/** A file of the image, which keeps owners that only root may give. */
const isAble = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(isLeftOut(`Linux, root and ${QEMU}`, !isAble || programOnPath(QEMU, process.env) === undefined))(
  'Linux on arm64 (Debian: qemu-user-static)',
  () => {
    let folder: string;
    let root: string;
    let version: string;

    /** Runs a program of arm64, which finds the libraries of the image where it looks for its own. */
    const run = (program: string, ...args: readonly string[]): Promise<Ran> =>
      runProgram(QEMU, ['-L', root, program, ...args], {});

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'maint-arm64-test-'));
      root = join(folder, 'root');
      await mkdir(root);
      version = textAt(JSON.parse(await readFile('package.json', 'utf8')), 'version') ?? '';
      const plan = {
        name: 'localhost/maint-webhook:test',
        folder: join(folder, 'image'),
        architectures: ['arm64'],
      } as const;
      const { layout, digests } = await buildWebhookImage(plan);
      const blob = (digest: string | undefined): string => join(layout, 'blobs', digest?.replace(':', '/') ?? '');
      const image: unknown = JSON.parse(await readFile(blob(digests.images.arm64), 'utf8'));
      for (const layer of listAt(image, 'layers')) await unpacked(blob(textAt(layer, 'digest')), root);
      await buildRelease({ platforms: platform === undefined ? [] : [platform], folder: join(folder, 'release') });
      if (platform !== undefined) await unpacked(join(folder, 'release', archiveName(platform)), folder);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    async function unpacked(archive: string, into: string): Promise<void> {
      const ran = await runProgram('tar', ['-xzf', archive, '-C', into], process.env);
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
    }

    test('the image: webhook and plugin', async () => {
      const node = join(root, 'usr/bin/node');
      expect(await run(node, '-p', 'process.arch')).toMatchObject({ code: 0, stdout: 'arm64\n' });
      const webhook = await run(node, join(root, 'maint-webhook.cjs'), '--version');
      expect(webhook).toMatchObject({ code: 0, stdout: `${version}\n` });
      const plugin = await run(node, join(root, 'kubectl-maint.cjs'), 'version', '--client');
      expect(plugin).toMatchObject({ code: 0, stdout: `Client Version: ${version}\n` });
    });

    test('the executable decides about a manifest', async () => {
      const program = join(folder, platform === undefined ? '' : programName(platform));
      await writeFile(join(folder, 'backup.yaml'), BACKUP);
      const files = ['-f', join(folder, 'backup.yaml'), '--nodes', 'test/fixtures/nodes/two-in-maintenance.yaml'];
      const ran = await run(program, 'check', ...files);
      expect(ran, ran.stderr).toMatchObject({ code: 3 });
      expect(ran.stdout).toContain('worker-2');
    });
  },
);

const BACKUP = `apiVersion: v1
kind: Pod
metadata: { name: home-backup, namespace: default }
spec:
  restartPolicy: Never
  nodeName: worker-2
  containers: [{ name: copy, image: restic/restic, command: [restic, backup, /data] }]
`;
