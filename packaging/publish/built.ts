import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { publishedBy, type Published } from '../published.ts';
import type { Publication } from './publish.ts';

const Built = z.object({ index: z.string(), images: z.object({ amd64: z.string(), arm64: z.string() }) });

/** What `npm run release` and `npm run image` left in dist/, as it is published, and the names that package.json has for it. */
export async function builtInDist(): Promise<{
  readonly published: Published;
  readonly built: Pick<Publication, 'version' | 'image' | 'chart' | 'folder'>;
}> {
  const published = await publishedBy('.');
  const digests = Built.parse(JSON.parse(await readFile('dist/image/digests.json', 'utf8')));
  const sbom = (architecture: string): string => `dist/image/maint-webhook.linux-${architecture}.cdx.json`;
  const image = { layout: 'dist/image/layout', digests, sboms: { amd64: sbom('amd64'), arm64: sbom('arm64') } };
  const { version } = published;
  const chart = `dist/chart/kubectl-maint-${version}.tgz`;
  return { published, built: { version, image, chart, folder: 'dist/release' } };
}
