import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const Manifest = z.object({
  version: z.string(),
  license: z.string(),
  keywords: z.array(z.string()),
  homepage: z.url(),
  repository: z.object({ url: z.string() }),
  config: z.object({ oci: z.string().regex(/^[^/]+\/[^/].*$/) }),
});

/** Under which names a release is published. package.json says it, and nothing else does: whoever publishes changes it there. */
export interface Published {
  readonly version: string;
  readonly license: string;
  readonly keywords: readonly string[];
  /** The web page, without a slash at its end. */
  readonly homepage: string;
  /** Where its sources are, without `git+` and `.git`. */
  readonly repository: string;
  /** The host of the registry, and the path below it that image and chart have in common. */
  readonly registry: string;
  readonly owner: string;
  /** Whether these are still names that can never be anybody's (RFC 2606). */
  readonly isPlaceholder: boolean;
}

const NOBODYS = /(^|\.)example(\.(com|net|org))?$/;

/** What package.json of a folder says. */
export async function publishedBy(folder: string): Promise<Published> {
  const { config, homepage, repository, ...said } = Manifest.parse(
    JSON.parse(await readFile(`${folder}/package.json`, 'utf8')),
  );
  const slash = config.oci.indexOf('/');
  const registry = config.oci.slice(0, slash);
  const source = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
  return {
    ...said,
    homepage: homepage.replace(/\/+$/, ''),
    repository: source,
    registry,
    owner: config.oci.slice(slash + 1),
    isPlaceholder: [registry, new URL(homepage).hostname, new URL(source).hostname].some((host) => NOBODYS.test(host)),
  };
}

/** Where a file of the repository can be looked at as it is in this version; `raw` as it is, for an image. As GitHub has them. */
export function fileAddress({ repository, version }: Published, path: string, as: 'blob' | 'raw' = 'blob'): string {
  return `${repository}/${as}/v${version}/${path}`;
}

/** The image without its registry and without a tag. */
export function imageRepository({ owner }: Published): string {
  return `${owner}/maint-webhook`;
}

/** The image, as a node pulls it. */
export function imageName(published: Published): string {
  return `${published.registry}/${imageRepository(published)}:${published.version}`;
}

/** Where the chart is pushed to, and what Helm installs. */
export function chartAddress({ registry, owner }: Published): string {
  return `oci://${registry}/${owner}/charts/kubectl-maint`;
}
