import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** The repository, as a link from a page of it sees it. */
export interface Repository {
  readonly root: string;
  /** Where a file of it can be looked at. */
  readonly addressOf: (file: string) => string;
  /** Whether a file of it is a page of the site. */
  readonly isPage: (file: string) => boolean;
}

/** Where a link leads on the site: to a page of it, or to a file of the repository. Throws where there is neither. */
export function linkOnSite(href: string, page: string, { root, addressOf, isPage }: Repository): string {
  if (/^[a-z]+:/.test(href) || href.startsWith('#')) return href;
  const [path = '', anchor] = href.split('#');
  const file = posix.join(dirname(page), path);
  if (!existsSync(join(root, file))) throw new Error(`${page} links to ${href}, and there is no ${file}`);
  const place = isPage(file) ? `/${file.replace(/README\.md$/, '')}` : addressOf(file);
  return anchor === undefined ? place : `${place}#${anchor}`;
}
