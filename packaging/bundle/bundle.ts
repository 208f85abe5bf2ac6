import { relative } from 'node:path';
import { rolldown, type OutputChunk, type OutputOptions, type Plugin } from 'rolldown';
import type { z } from 'zod';
import type { Parts } from './bundled-packages.ts';
import { lazyAssert, lazyStringWidth, textsOfExpressions } from './lazy.ts';

/** What to build. */
export interface Program {
  readonly entry: string;
  readonly version: string;
  /** The folder that it goes to, and the file there that begins it. */
  readonly folder: string;
  readonly file: string;
  /** Whether parts that are asked for later become files of their own beside it. */
  readonly split: boolean;
  /** What stands before it in its file. */
  readonly before: string;
  /** What it needs besides what every program does. */
  readonly plugins: readonly Plugin[];
}

/** Builds a program, and tells what it is made of. */
export async function bundle({ entry, version, plugins, ...output }: Program): Promise<z.infer<typeof Parts>> {
  const bundled = await rolldown({
    input: entry,
    platform: 'node',
    transform: {
      target: 'node22',
      // yargs would look for configurations that extend others; ours do not.
      define: { MAINT_VERSION: JSON.stringify(version), 'import.meta.resolve': 'undefined' },
    },
    // Our files do nothing when they are loaded but for main.ts, so that what a barrel names does not come along.
    treeshake: { moduleSideEffects: (id) => id.includes('node_modules') || id.endsWith('main.ts') },
    plugins: [lazyStringWidth, lazyAssert, textsOfExpressions, ...plugins],
    // A busy machine is no news.
    checks: { bundlerTimings: false },
  });
  try {
    const written = await bundled.write(outputFrom(output));
    return partsOf(written.output.filter((file) => file.type === 'chunk'));
  } finally {
    await bundled.close();
  }
}

/** CommonJS: ESM takes longer to start, and single executables know no other (docs/decisions/0010). */
function outputFrom({ folder, file, split, before }: Omit<Program, 'entry' | 'version' | 'plugins'>): OutputOptions {
  return {
    dir: folder,
    format: 'cjs',
    entryFileNames: file,
    chunkFileNames: '[name]-[hash].cjs',
    codeSplitting: split,
    minify: true,
    keepNames: true,
    comments: false,
    postBanner: ({ isEntry }) => (isEntry ? before : ''),
  };
}

/** The paths are relative to the repository; what begins with a zero byte is the bundler's own, or stands in for something. */
export function partsOf(chunks: readonly OutputChunk[]): z.infer<typeof Parts> {
  const modules = chunks.flatMap((chunk) => Object.entries(chunk.modules)).filter(([id]) => !id.startsWith('\0'));
  return Object.fromEntries(modules.map(([id, { renderedLength }]) => [relative('.', id), renderedLength]));
}
