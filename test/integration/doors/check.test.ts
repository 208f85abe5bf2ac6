/** Every fixture through the built plugin: `kubectl maint check` says what the webhook says. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../shared/index.ts';
import { nodesFile, readFixtures, type Fixture } from '../../support/fixtures.ts';

const PLUGIN = join(import.meta.dirname, '..', '..', '..', 'dist', 'kubectl-maint.cjs');

// The command knows no configuration but the default one, and here no cluster to read from.
const fixtures = readFixtures().filter(({ isDefaultConfig, isOffline }) => isDefaultConfig && isOffline);
const clusters = [...new Set(fixtures.map(({ cluster }) => cluster))].map((cluster) => ({ cluster }));

/** Runs `check` over the objects as one stream of documents. */
async function check(cluster: string, cases: readonly Fixture[]) {
  const args = [PLUGIN, 'check', '--filename=-', '--nodes', nodesFile(cluster), '-o', 'json'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env: {} });
  const code = new Promise((resolve) => child.once('close', resolve));
  child.stdin.end(cases.map(({ object }) => JSON.stringify(object)).join('\n---\n'));
  const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(problems).toBe('');
  const report: unknown = JSON.parse(out);
  return { code: await code, report };
}

function shown(item: unknown) {
  return {
    decision: textAt(item, 'decision'),
    work: textAt(item, 'work'),
    tool: at(item, 'tool'),
    nodes: listAt(item, 'nodes'),
    reasons: listAt(item, 'findings').map((finding) => textAt(finding, 'reason')),
  };
}

test.each(clusters)('check says what the policy says, on the cluster $cluster', async ({ cluster }) => {
  const cases = fixtures.filter((fixture) => fixture.cluster === cluster);
  const { code, report } = await check(cluster, cases);
  const said = listAt(report, 'items').map((item, index) => ({ name: cases[index]?.name, ...shown(item) }));
  expect(said).toEqual(cases.map(({ name, decision, expect: wanted }) => ({ name, decision, ...wanted })));
  const count = (wanted: string) => cases.filter(({ decision }) => decision === wanted).length;
  expect(at(report, 'summary')).toEqual({
    allowed: count('allow'),
    warned: count('warn'),
    denied: count('deny'),
    invalid: 0,
  });
  expect(code).toBe(count('deny') > 0 ? 3 : 0);
});
