import { existsSync } from 'node:fs';
import { copyFile, mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from './buildah.ts';
import { makeRoot, type Programs } from './root.ts';
import { sbomFor } from './sbom.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

/** An image as it was built. */
export interface BuiltImage {
  /** Name with tag. */
  readonly name: string;
  /** `sha256:…`; the same for the same sources, Node.js and libraries. */
  readonly digest: string;
  /** Paths of the archive, of the list of parts (CycloneDX), and of the folder that became the image. */
  readonly archive: string;
  readonly sbom: string;
  readonly root: string;
}

/** Builds the image, with webhook and plugin, into a folder, with its list of parts. Needs `npm run build` before, buildah and strip. */
export async function buildWebhookImage(name: string, folder: string): Promise<BuiltImage> {
  const dist = (name: string): string => join(REPOSITORY, 'dist', name);
  const programs: Programs = {
    webhook: dist('maint-webhook.cjs'),
    plugin: { file: dist('kubectl-maint.cjs'), folder: dist('kubectl-maint') },
  };
  for (const file of [programs.webhook, programs.plugin.file])
    if (!existsSync(file)) throw new Error(`${file} is missing: run \`npm run build\``);
  const context = join(folder, 'context');
  const built = {
    name,
    archive: join(folder, 'maint-webhook.tar'),
    sbom: join(folder, 'maint-webhook.cdx.json'),
    root: join(context, 'root'),
  };
  await mkdir(context, { recursive: true });
  await copyFile(join(import.meta.dirname, 'Dockerfile'), join(context, 'Dockerfile'));
  const node = await realpath(join(REPOSITORY, 'node_modules/node/bin/node'));
  const libraries = await makeRoot(built.root, node, programs);
  const parts = [dist('maint-webhook.parts.json'), dist('kubectl-maint.parts.json')];
  const sbom = await sbomFor({ repository: REPOSITORY, parts, libraries });
  await writeFile(built.sbom, `${JSON.stringify(sbom, undefined, 2)}\n`);
  return { ...built, digest: await buildImage({ context, name }, built.archive) };
}
