/** Everything that CI checks besides the tests that need a control plane, fastest first. Each step is a sentence. */
import { spawnSync } from 'node:child_process';

const steps: readonly { readonly says: string; readonly run: string }[] = [
  { says: 'Files are formatted', run: 'prettier --check . --log-level warn' },
  {
    says: 'Types hold',
    run: 'tsc --noEmit && tsc --noEmit -p plugin/verbs/ui/page && tsc --noEmit -p test/integration/browser && tsc --noEmit -p docs/.vitepress',
  },
  { says: 'The tables in docs are those of the registries', run: 'node .ci/generated-docs.ts --check' },
  { says: 'What the chart takes from the code is that of the code', run: 'node .ci/generated-chart.ts --check' },
  { says: 'The bins build', run: 'node packaging/bundle/main.ts' },
  { says: 'The published package is well formed', run: 'publint --strict' },
  { says: 'Documentation is spelled right (.ci/words.txt)', run: 'cspell lint --no-progress --no-summary' },
  { says: 'Its sentences are short', run: 'node .ci/prose.ts' },
  { says: 'Nothing is unused', run: 'knip' },
  {
    says: 'The rooms of the house keep their boundaries',
    run: 'depcruise shared plugin webhook packaging test .ci --config .dependency-cruiser.mjs',
  },
  { says: 'The rules of taste hold', run: 'eslint . --max-warnings 0' },
  { says: 'The documentation is a site without a dead link', run: 'vitepress build docs' },
  { says: 'Unit tests pass', run: 'vitest run --project unit --reporter=dot' },
];

let failed = 0;
for (const { says, run } of steps) {
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(run, { shell: true, encoding: 'utf8' });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (status === 0) {
    process.stdout.write(`ok    ${says} (${seconds}s)\n`);
    continue;
  }
  failed += 1;
  process.stdout.write(`FAIL  ${says} (${seconds}s): ${run}\n${stdout}${stderr}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
