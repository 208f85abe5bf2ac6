import type { Metafile, OnLoadResult, Plugin } from 'esbuild';

/**
 * string-width builds large regular expressions when it is loaded, 30 ms of every start. Printable ASCII, which is
 * nearly all that a terminal is told, has its length for a width; anything else goes to the real one.
 */
export const lazyStringWidth: Plugin = {
  name: 'lazy-string-width',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ path, namespace, resolveDir }) =>
      namespace === 'string-width' ? undefined : { path, namespace: 'string-width', pluginData: { resolveDir } },
    );
    build.onLoad({ filter: /.*/, namespace: 'string-width' }, ({ pluginData }) => ({
      ...(pluginData as OnLoadResult),
      contents:
        "export default (text, options) => /^[\\x20-\\x7e]*$/.test(text) ? text.length : require('string-width').default(text, options);",
    }));
  },
};

/** yargs asserts what never fails, with a module that takes 4 ms of every start: it is loaded when something does. */
export const lazyAssert: Plugin = {
  name: 'lazy-assert',
  setup(build) {
    build.onResolve({ filter: /^assert$/ }, ({ path, importer }) =>
      /[\\/]yargs[\\/]/.test(importer) ? { path, namespace: 'lazy-assert' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy-assert' }, () => ({
      contents:
        "export const strictEqual = (a, b, text) => { if (!Object.is(a, b)) require('node:assert').strictEqual(a, b, text); };\n" +
        "export const notStrictEqual = (a, b, text) => { if (Object.is(a, b)) require('node:assert').notStrictEqual(a, b, text); };",
    }));
  },
};

/** Fails the build when the Kubernetes client is loaded, of which the types are enough (docs/decisions/0002). */
export function assertLean(metafile: Metafile): void {
  const back = Object.keys(metafile.inputs).filter((path) => /node_modules\/(?:@kubernetes|undici)\//.test(path));
  if (back.length > 0) throw new Error(`left out of the bundle, and back again: ${back.slice(0, 3).join(', ')}`);
}
