import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { grantsManifest } from '../../../../../plugin/verbs/doctor/grants-manifest.ts';

test('roles with every missing right, for the cluster and for each namespace', () => {
  const right = { verb: 'patch', group: '', resource: 'nodes', subresource: '', namespace: '', name: '' };
  const manifest = grantsManifest([
    right,
    { ...right, verb: 'get' },
    right,
    { ...right, subresource: 'status' },
    { ...right, verb: 'get', resource: 'configmaps', name: 'kubectl-maint-policy' },
    { ...right, verb: 'create', resource: 'pods', namespace: 'default' },
  ]);
  const documents = (manifest ?? '').split('---\n').map((text): unknown => parse(text));
  expect(documents).toEqual([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'kubectl-maint-missing' },
      rules: [
        { apiGroups: [''], resources: ['configmaps'], resourceNames: ['kubectl-maint-policy'], verbs: ['get'] },
        { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'patch'] },
        { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'kubectl-maint-missing', namespace: 'default' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['create'] }],
    },
  ]);
  expect(manifest).toContain(
    '# kubectl create rolebinding kubectl-maint-missing --role=kubectl-maint-missing --user=NAME --namespace=default',
  );
});

test('nothing where nothing is missing', () => {
  expect(grantsManifest([])).toBeUndefined();
});
