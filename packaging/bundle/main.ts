/** Builds the two bins: CommonJS, nothing to install beside them. */
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { bundle } from './bundle.ts';
import { bundledPackages, licensesOf, type Parts } from './bundled-packages.ts';
import { FIRST_LINES } from './first-lines.ts';
import { bundlePage, inPlaceOfPage } from './page.ts';

const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile('package.json', 'utf8')));

/** The plugin is started for each command: a small file that every Node.js can read, and what the command needs of many. */
const PLUGIN = 'kubectl-maint';
const WEBHOOK = 'maint-webhook';

await rm(`dist/${PLUGIN}`, { recursive: true, force: true });
await mkdir('dist/bin', { recursive: true });
const page = await bundlePage();
const program = await bundle({
  entry: 'plugin/main.ts',
  version,
  folder: `dist/${PLUGIN}`,
  file: 'main.cjs',
  split: true,
  before: '',
  plugins: [inPlaceOfPage(page)],
});
// What the browser runs of a package is as much of a copy as what runs here.
await describeParts(PLUGIN, { ...page.parts, ...program });
await writeProgram(PLUGIN, `${FIRST_LINES}require('./${PLUGIN}/main.cjs');\n`);

// The webhook starts once, with all that it is.
const file = `${WEBHOOK}.cjs`;
await describeParts(
  WEBHOOK,
  await bundle({
    entry: 'webhook/main.ts',
    version,
    folder: 'dist',
    file,
    split: false,
    before: FIRST_LINES,
    plugins: [],
  }),
);
await chmod(`dist/${file}`, 0o755);
await putOnPath(WEBHOOK);

// kubectl asks this one for completions, with the words typed so far (k8s.io/kubectl pkg/cmd/plugin, pluginCompletion).
await writeProgram(
  'kubectl_complete-maint',
  "#!/usr/bin/env node\nprocess.argv.splice(2, 0, '__complete');\nrequire('./kubectl-maint.cjs');\n",
);

/** What goes with a program: the list of its parts, of which that of the image is made, and their licences. */
async function describeParts(name: string, parts: z.infer<typeof Parts>): Promise<void> {
  const packages = bundledPackages(parts);
  assertLean(packages);
  await writeFile(`dist/${name}.parts.json`, JSON.stringify(parts));
  await writeFile(`dist/${name}.LICENSES.txt`, await licensesOf(packages));
}

async function writeProgram(name: string, text: string): Promise<void> {
  await writeFile(`dist/${name}.cjs`, text);
  await chmod(`dist/${name}.cjs`, 0o755);
  await putOnPath(name);
}

/** Fails the build when the Kubernetes client is loaded, of which the types are enough (docs/decisions/0002). */
function assertLean(packages: readonly string[]): void {
  const back = packages.filter((folder) => /node_modules\/(?:@kubernetes\/|undici$)/.test(folder));
  if (back.length > 0) throw new Error(`in the bundle, and too large for it: ${back.join(', ')}`);
}

/** kubectl looks for executables called kubectl-maint and kubectl_complete-maint on the PATH. */
async function putOnPath(name: string): Promise<void> {
  await rm(`dist/bin/${name}`, { force: true });
  await symlink(`../${name}.cjs`, `dist/bin/${name}`);
}
