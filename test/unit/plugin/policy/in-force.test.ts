import { describe, expect, test } from 'vitest';
import { assumption, policyInForce } from '../../../../plugin/policy/in-force.ts';
import {
  BUILT_IN_POLICY,
  ClusterRefusal,
  objectPath,
  POLICY_ANNOTATION,
  REGISTRATION_NAME,
  webhookConfigurationPath,
} from '../../../../shared/index.ts';
import { like } from '../../../support/like.ts';
import { ToldCluster } from '../world.ts';

const HEAD = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenancePolicy' };
const CONFIG_MAP = objectPath('v1/configmaps', 'm', 'kubectl-maint-policy');
const ofService = {
  webhooks: [{ name: 'node-guard.kubectl-maint.io', clientConfig: { service: { namespace: 'm' } } }],
};
const ofProcess = {
  webhooks: [{ name: 'node-guard.kubectl-maint.io', clientConfig: { url: 'https://10.0.0.9:9443' } }],
};

function clusterWith(registration: unknown, text?: string): ToldCluster {
  const cluster = new ToldCluster();
  if (registration !== undefined) cluster.objects.set(webhookConfigurationPath(REGISTRATION_NAME), registration);
  if (text !== undefined) cluster.objects.set(CONFIG_MAP, { data: { 'policy.yaml': text } });
  return cluster;
}

const policyText = (rules: object): string => JSON.stringify({ ...HEAD, rules });

describe('the policy in force', () => {
  test('is what the registration was made with, also by the chart, whatever a former one has left', async () => {
    const annotations = { [POLICY_ANNOTATION]: policyText({ backup: { mode: 'warn' } }) };
    const cluster = clusterWith({ ...ofService, metadata: { annotations } }, policyText({ backup: { mode: 'off' } }));
    const { policy, source } = await policyInForce(cluster);
    expect([policy.config.rules.backup.mode, source]).toEqual(['warn', { from: 'registration' }]);
  });

  test('of a chart that does not say it there is its ConfigMap beside the webhook', async () => {
    const { policy, source } = await policyInForce(clusterWith(ofService, policyText({ scan: { mode: 'off' } })));
    expect([policy.config.rules.scan.mode, source]).toEqual(['off', { from: 'cluster', namespace: 'm' }]);
    expect(assumption(source)).toBeUndefined();
  });

  test('is found by what Helm says of it before the replicas have written entries', async () => {
    const fresh = { metadata: { annotations: { 'meta.helm.sh/release-namespace': 'm' } } };
    expect(await policyInForce(clusterWith(fresh, policyText({})))).toMatchObject({ source: { from: 'cluster' } });
  });

  test('of a process is what its registration was made with', async () => {
    const annotations = { [POLICY_ANNOTATION]: policyText({ backup: { mode: 'warn' } }) };
    const { policy, source } = await policyInForce(clusterWith({ ...ofProcess, metadata: { annotations } }));
    expect([policy.config.rules.backup.mode, source]).toEqual(['warn', { from: 'registration' }]);
  });

  test.each<[string, ToldCluster, string, RegExp | undefined]>([
    ['nothing is configured', clusterWith(ofService), 'nowhere', undefined],
    ['a process tells nothing', clusterWith(ofProcess), 'process', /10\.0\.0\.9:9443.* defaults are assumed/],
    ['there is no webhook', clusterWith(undefined), 'unregistered', /nothing is refused there now/],
    ['it is not valid', clusterWith(ofService, 'kind: Pod'), 'invalid', /in namespace m is not valid: the defaults/],
  ])('stands for the defaults where %s, and what is assumed is said', async (_what, cluster, from, said) => {
    const { policy, source } = await policyInForce(cluster);
    expect([policy, source.from]).toEqual([BUILT_IN_POLICY, from]);
    expect(assumption(source)).toEqual(said === undefined ? undefined : like(said));
  });

  test('is asked about every namespace but its own and those that all entries leave out by name', async () => {
    const key = 'kubernetes.io/metadata.name';
    const entry = (...matchExpressions: readonly object[]) => ({
      name: 'work.kubectl-maint.io',
      clientConfig: { service: { namespace: 'm' } },
      namespaceSelector: { matchExpressions },
    });
    const names = (...values: readonly string[]) => ({ key, operator: 'NotIn', values });
    const label = { key: 'control-plane', operator: 'NotIn', values: ['true'] };
    const exempt = async (...webhooks: readonly object[]) => (await policyInForce(clusterWith({ webhooks }))).exempt;
    expect(await exempt(entry(names('m')), entry(names('m')))).toEqual([]);
    expect(await exempt(entry(names('m', 'old', 'legacy')), entry(names('m', 'legacy', 'old')))).toEqual([
      'legacy',
      'old',
    ]);
    expect(await exempt(entry(names('m', 'legacy'), label), entry(names('m'), names('legacy')))).toEqual(['legacy']);
    expect(await exempt(entry(names('m', 'legacy')), entry(names('m')))).toEqual([]);
    expect(await exempt({ ...entry(names('m')), namespaceSelector: {} })).toEqual([]);
    // What somebody else has put into it says nothing of ours.
    expect(await exempt(entry(names('m', 'legacy')), { ...entry(), name: 'x.example.com' })).toEqual(['legacy']);
    expect((await policyInForce(clusterWith(undefined))).exempt).toEqual([]);
  });

  test('that may not be read is said to be assumed', async () => {
    const message =
      'configmaps "kubectl-maint-policy" is forbidden: User "u" cannot get resource "configmaps" in API group ""';
    const cluster = clusterWith(ofService);
    const get = cluster.get.bind(cluster);
    cluster.get = (path) =>
      path === CONFIG_MAP
        ? Promise.reject(new ClusterRefusal({ status: 403, reason: 'Forbidden', message, body: {} }))
        : get(path);
    const { policy, source } = await policyInForce(cluster);
    expect(policy).toBe(BUILT_IN_POLICY);
    expect(assumption(source)).toEqual(like('you may not get configmaps: the defaults are assumed'));
  });
});
