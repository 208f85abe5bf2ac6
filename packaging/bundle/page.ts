import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { rolldown, type Plugin } from 'rolldown';
import type { z } from 'zod';
import { partsOf } from './bundle.ts';
import type { Parts } from './bundled-packages.ts';

/** What the browser runs, and what it is made of. */
interface Page {
  readonly script: string;
  readonly style: string;
  readonly parts: z.infer<typeof Parts>;
}

const FOLDER = 'plugin/verbs/ui/page';

/** The page comes at once, also through ssh with its compression: a line of 1 Mbit/s carries 60 kB in 60 × 8 / 1000 = 0.5 s. */
const MAX_PAGE_BYTES = 60_000;

/** Builds the page of `kubectl maint ui`. Throws where it has become too large. */
export async function bundlePage(): Promise<Page> {
  const bundled = await rolldown({
    input: `${FOLDER}/main.tsx`,
    platform: 'browser',
    transform: { target: 'es2022' },
    treeshake: { moduleSideEffects: (id) => id.includes('node_modules') || id.endsWith('main.tsx') },
    checks: { bundlerTimings: false },
  });
  try {
    const { output } = await bundled.generate({ format: 'iife', minify: true, comments: false });
    const chunks = output.filter((file) => file.type === 'chunk');
    const page = { script: chunks[0]?.code ?? '', style: await readFile(`${FOLDER}/style.css`, 'utf8') };
    const bytes = gzipSync(page.script + page.style).length;
    if (bytes > MAX_PAGE_BYTES)
      throw new Error(`the page has ${bytes} bytes when packed; ${MAX_PAGE_BYTES} are the most`);
    return { ...page, parts: partsOf(chunks) };
  } finally {
    await bundled.close();
  }
}

/** Puts the page in the place of the file that stands for it in the sources. */
export function inPlaceOfPage({ script, style }: Page): Plugin {
  return {
    name: 'page',
    load: {
      filter: { id: /[\\/]ui[\\/]page-bundle\.ts$/ },
      handler: () => `export const PAGE = ${JSON.stringify({ script, style })};`,
    },
  };
}
