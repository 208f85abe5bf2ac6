import type { Plugin } from 'rolldown';

/** Says what stands in place of a module; it may ask for the real one by its path. */
type StandIn = (real: string) => string;

/** Puts something else in place of a module where some packages ask for it. */
function standIn(name: string, importers: RegExp, code: StandIn): Plugin {
  const prefix = `\0lazy ${name} `;
  return {
    name: `lazy-${name}`,
    resolveId: {
      filter: { id: new RegExp(`^${name}$`) },
      async handler(asked, importer = '') {
        if (!importers.test(importer)) return undefined;
        const real = await this.resolve(asked, importer, { skipSelf: true });
        return real === null ? undefined : `${prefix}${real.id}`;
      },
    },
    load: (id) => (id.startsWith(prefix) ? code(id.slice(prefix.length)) : undefined),
  };
}

/**
 * string-width builds large regular expressions when it is loaded, 30 ms of every start. Printable ASCII, which is
 * nearly all that a terminal is told, has its length for a width; anything else goes to the real one.
 */
export const lazyStringWidth = standIn(
  'string-width',
  /./,
  (real) =>
    `export default (text, options) => /^[\\x20-\\x7e]*$/.test(text) ? text.length : require(${JSON.stringify(real)}).default(text, options);`,
);

/** yargs asserts what never fails, with a module that takes 4 ms of every start: it is loaded when something does. */
export const lazyAssert = standIn(
  'assert',
  /[\\/]yargs[\\/]/,
  () =>
    "export const strictEqual = (a, b, text) => { if (!Object.is(a, b)) require('node:assert').strictEqual(a, b, text); };\n" +
    "export const notStrictEqual = (a, b, text) => { if (Object.is(a, b)) require('node:assert').notStrictEqual(a, b, text); };",
);

/**
 * A regular expression that stands in the code is checked when its file is compiled, even where it is never run, and those of
 * Unicode's emoji take 15 ms of a start: they become texts.
 */
export const textsOfExpressions: Plugin = {
  name: 'texts-of-expressions',
  transform: {
    filter: { id: /[\\/]string-width[\\/]index\.js$/ },
    handler: (code) =>
      code.replaceAll(
        /^(const \w+ = )\/(.+)\/([a-z]*);$/gm,
        (_, before: string, source: string, flags: string) =>
          `${before}new RegExp(${JSON.stringify(source)}, ${JSON.stringify(flags)});`,
      ),
  },
};
