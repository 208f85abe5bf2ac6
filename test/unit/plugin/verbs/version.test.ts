import { expect, test } from 'vitest';
import type { Installation } from '../../../../plugin/policy/installation.ts';
import type { PolicySource } from '../../../../plugin/policy/in-force.ts';
import { documentOf, linesOf, versionReport } from '../../../../plugin/verbs/version/report.ts';
import { BUILT_IN_POLICY } from '../../../../shared/index.ts';
import { like } from '../../../support/like.ts';

const pod = (name: string, version: string) => ({
  metadata: { labels: { 'app.kubernetes.io/version': version, 'helm.sh/chart': `kubectl-maint-${version}` } },
  spec: { containers: [{ name, image: `r.example/maint:${version}` }] },
});
const service = (webhook: readonly string[], controller: readonly string[]): Installation => ({
  by: 'service',
  namespace: 'x',
  deployment: {},
  pods: webhook.map((version) => pod('webhook', version)),
  controllers: controller.map((version) => pod('controller', version)),
});
const pinned = (name: string) => ({ spec: { containers: [{ name, image: 'r.example/maint@sha256:00' }] } });
const byDigest: Installation = {
  by: 'service',
  namespace: 'x',
  deployment: {},
  pods: [pinned('webhook')],
  controllers: [pinned('controller')],
};
const reported = (installation: Installation, source: PolicySource = { from: 'registration' }) =>
  versionReport('1.2.3', { installation, policy: { policy: BUILT_IN_POLICY, source, exempt: [] } });

test.each<
  [what: string, installation: Installation, webhook: string, controller: string, warnings: readonly unknown[]]
>([
  ['one release', service(['1.2.3', '1.2.3'], ['1.2.3']), '1.2.3', '1.2.3', []],
  [
    'a rollout',
    service(['1.2.3', '1.1.0'], ['1.1.0']),
    '1.1.0 and 1.2.3',
    '1.1.0',
    [
      like(
        'this plugin is 1.2.3, and in the cluster: webhook 1.1.0 and 1.2.3, controller 1.1.0, chart 1.1.0 and 1.2.3; ',
      ),
    ],
  ],
  ['images by digest', byDigest, 'not known', 'not known', []],
  ['no pod', service([], []), 'none', 'none', []],
  [
    'a process',
    { by: 'url', url: 'https://h' },
    'not known',
    'not known',
    [like('a process (https://h), whose version')],
  ],
])('%s', (...[, installation, webhook, controller, warnings]) => {
  const report = reported(installation);
  expect(linesOf(report)).toEqual([
    'Client Version: 1.2.3',
    `Webhook Version: ${webhook}`,
    `Controller Version: ${controller}`,
    like(/^Policy: .*backup enforce/),
  ]);
  expect(documentOf(report)).toMatchObject({ clientVersion: { gitVersion: '1.2.3' }, warnings });
});

test('a policy that is not known is said to be assumed', () => {
  const source: PolicySource = { from: 'unreadable', why: 'User "v" cannot get resource "configmaps"' };
  expect(reported(service(['1.2.3'], ['1.2.3']), source).warnings).toEqual([
    like('the policy of the cluster is not known, you may not get configmaps: the defaults are assumed'),
  ]);
});

test('without a webhook there is no policy', () => {
  const report = reported({ by: 'nowhere' }, { from: 'unregistered' });
  expect([linesOf(report).at(-1), report.warnings]).toEqual(['Policy: none', []]);
  expect(documentOf(report)).toMatchObject({ webhookVersions: [], policy: null });
});
