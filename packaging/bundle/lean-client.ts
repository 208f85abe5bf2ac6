/**
 * What the bins leave out of @kubernetes/client-node. KubeConfig is used for TLS settings and proxies only; undici and
 * the generated client that its file imports cost 100 ms of start-up and 1.2 MB for nothing (docs/decisions/0002).
 */
import type { Metafile, OnLoadResult, Plugin } from 'esbuild';

const absent = (what: string): string => `throw new Error('${what} is not part of this bundle')`;
const notAnAuthenticator = (name: string): string => `export class ${name} { isAuthProvider() { return false; } }`;

/** Import of client-node's config.js, and the module that stands in for it. */
const standIns: readonly (readonly [RegExp, string])[] = [
  [
    /^undici$/,
    `export class Agent { constructor() { ${absent('undici')} } }\nexport class ProxyAgent extends Agent {}`,
  ],
  [
    /^\.\/gen\/index\.js$/,
    `export function createConfiguration() { ${absent('the generated client')} }\nexport class ServerConfiguration { constructor() { ${absent('the generated client')} } }`,
  ],
  [/^\.\/middleware\.js$/, `export function setHeaderMiddleware() { ${absent('the generated client')} }`],
  [/^socks$/, `export class SocksClient { static createConnection() { ${absent('the connector of undici')} } }`],
  // Credentials are read in shared/cluster/live/credentials.
  [/^\.\/azure_auth\.js$/, notAnAuthenticator('AzureAuth')],
  [/^\.\/gcp_auth\.js$/, notAnAuthenticator('GoogleCloudPlatformAuth')],
  [/^\.\/oidc_auth\.js$/, notAnAuthenticator('OpenIDConnectAuth')],
  [/^\.\/exec_auth\.js$/, notAnAuthenticator('ExecAuth')],
  [/^\.\/file_auth\.js$/, notAnAuthenticator('FileAuth')],
];

/** SOCKS proxies are rare: their agent is evaluated when the first one is made. */
const lazySocks =
  "export const SocksProxyAgent = function (...args) { const { SocksProxyAgent: Real } = require('socks-proxy-agent'); return new Real(...args); };";

const CONFIG = /client-node[\\/]dist[\\/]config\.js$/;

export const leanClient: Plugin = {
  name: 'lean-client',
  setup(build) {
    for (const [filter, contents] of standIns) {
      build.onResolve({ filter }, ({ path, importer }) =>
        CONFIG.test(importer) ? { path, namespace: 'stand-in', pluginData: { contents } } : undefined,
      );
    }
    build.onResolve({ filter: /^socks-proxy-agent$/ }, ({ path, importer, resolveDir }) =>
      CONFIG.test(importer)
        ? { path, namespace: 'stand-in', pluginData: { contents: lazySocks, resolveDir } }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ pluginData }) => pluginData as OnLoadResult);
  },
};

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

/** Fails the build when what was left out comes back with an update. */
export function assertLean(metafile: Metafile): void {
  const back = Object.keys(metafile.inputs).filter((path) =>
    /node_modules\/undici\/|client-node\/dist\/gen\//.test(path),
  );
  if (back.length > 0) throw new Error(`left out of the bundle, and back again: ${back.slice(0, 3).join(', ')}`);
}
