/** Builds the two bins: one CommonJS file each, nothing to install beside them. */
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundledPackages, licensesOf } from './bundled-packages.ts';
import { assertLean, lazyAssert, lazyStringWidth } from './lean-client.ts';
import { MINIMUM_NODE } from './node-version.ts';

const bins = [
  { name: 'kubectl-maint', entry: 'plugin/main.ts' },
  { name: 'maint-webhook', entry: 'webhook/main.ts' },
];

/** Runs before anything else, in words that every Node since 0.12 can parse. */
const tooOld = `(function(){var need=${JSON.stringify(MINIMUM_NODE)},have=process.versions.node.split('.').map(Number);
if(have[0]<need[0]||(have[0]===need[0]&&have[1]<need[1])){process.stderr.write('error: kubectl maint needs Node.js '+need.join('.')+' or newer, and this is '+process.version+': install it from https://nodejs.org or with your package manager\\n');process.exit(2)}})();`;

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

await mkdir('dist/bin', { recursive: true });
for (const { name, entry } of bins) {
  const outfile = `dist/${name}.cjs`;
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    define: { 'import.meta.url': '__bundle_url', MAINT_VERSION: JSON.stringify(version) },
    banner: {
      // The young generation is kept small: listing 100,000 pods page by page then stays far below 250 MiB.
      js: `#!/usr/bin/env -S node --max-semi-space-size=4\n${tooOld}const __bundle_url=require('node:url').pathToFileURL(__filename).href;`,
    },
    plugins: [lazyStringWidth, lazyAssert],
    metafile: true,
    logLevel: 'warning',
  });
  assertLean(metafile);
  await chmod(outfile, 0o755);
  // What the image's list of parts is made from.
  await writeFile(`dist/${name}.meta.json`, JSON.stringify(metafile));
  await writeFile(`dist/${name}.LICENSES.txt`, await licensesOf(bundledPackages(metafile)));
  await putOnPath(name);
}

// kubectl asks this one for completions, with the words typed so far (k8s.io/kubectl pkg/cmd/plugin, pluginCompletion).
await writeFile(
  'dist/kubectl_complete-maint.cjs',
  "#!/usr/bin/env node\nprocess.argv.splice(2, 0, '__complete');\nrequire('./kubectl-maint.cjs');\n",
);
await chmod('dist/kubectl_complete-maint.cjs', 0o755);
await putOnPath('kubectl_complete-maint');

/** kubectl looks for executables called kubectl-maint and kubectl_complete-maint on the PATH. */
async function putOnPath(name: string): Promise<void> {
  await rm(`dist/bin/${name}`, { force: true });
  await symlink(`../${name}.cjs`, `dist/bin/${name}`);
}
