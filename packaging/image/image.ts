import { existsSync } from 'node:fs';
import { copyFile, mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from './buildah.ts';
import { makeRoot } from './root.ts';
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

/** Builds the webhook's image into a folder, with its list of parts. Needs `npm run build` before, buildah and strip. */
export async function buildWebhookImage(name: string, folder: string): Promise<BuiltImage> {
  const bundle = join(REPOSITORY, 'dist/maint-webhook.cjs');
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run \`npm run build\``);
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
  const libraries = await makeRoot(built.root, node, bundle);
  const parts = join(REPOSITORY, 'dist/maint-webhook.parts.json');
  const sbom = await sbomFor({ repository: REPOSITORY, parts, libraries });
  await writeFile(built.sbom, `${JSON.stringify(sbom, undefined, 2)}\n`);
  return { ...built, digest: await buildImage({ context, name }, built.archive) };
}
