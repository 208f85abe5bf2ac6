/** The pages about the life of the chart, carried out as they stand there: it is installed, upgraded, rolled back and taken away. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at } from '../../../shared/index.ts';
import { CHART_LIFE } from '../../support/carried-out.ts';
import { ChartScene } from '../../support/chart-scene.ts';
import { LEASE_PATH } from '../../support/replicas.ts';
import { printedBy } from '../../support/webhook-process.ts';

let scene: ChartScene;
beforeAll(async () => {
  scene = await ChartScene.start(CHART_LIFE);
});
afterAll(() => scene.end());

test('charts/kubectl-maint/README.md', async () => {
  await scene.reader.follows('charts/kubectl-maint/README.md', {
    'helm install': scene.installs,
    'helm test': scene.tests(),
  });
});

test('docs/upgrade.md', async () => {
  let mounted: readonly string[] = [];
  await scene.reader.follows('docs/upgrade.md', {
    'helm upgrade': { says: 'has been upgraded' },
    'helm test': scene.tests(),
    'maint doctor': {},
    'get replicasets': {
      says: /kubectl-maint-policy-\w+/,
      after: (said) => {
        mounted = said.split(/\s+/).filter((word) => word !== '');
      },
    },
    'get configmaps': {
      after: (said) => {
        for (const name of mounted) expect(said).toContain(name);
      },
    },
    'helm rollback': { says: 'Rollback was a success' },
  });
});

test('docs/uninstall.md', async () => {
  await scene.on('worker-3');
  await scene.on('worker-4', '--owner=somebody-else');
  await scene.reader.follows(
    'docs/uninstall.md',
    {
      'maint status': { says: /worker-3[^]*worker-4/ },
      'maint off': { says: /(?:worker-[34] out of maintenance[^]*){2}/ },
      'helm uninstall': {
        says: 'uninstalled',
        after: async () => {
          await scene.endPrograms();
          expect((await scene.plane.api('GET', LEASE_PATH)).status).toBe(200);
        },
      },
      'delete secret': { says: /kubectl-maint-ca" deleted[^]*kubectl-maint-tls" deleted/ },
      'delete lease': {},
      'delete configmaps': { says: /"kubectl-maint-policy-\w+" deleted/ },
      'delete validatingadmissionpolicies': {
        before: async () => {
          const input = await printedBy(['policies']);
          await scene.plane.kubectl(['apply', '-f', '-'], { input });
        },
        says: '"backup.kubectl-maint.io" deleted',
      },
      'delete customresourcedefinition': {},
      'delete namespace': {},
      'kubectl-maint.io/done-': {
        before: () => scene.kubectl('annotate', 'node', 'worker-4', 'kubectl-maint.io/done=a-run'),
        after: async () => {
          expect(await scene.kubectl('get', 'nodes', '-o', 'yaml')).not.toContain('kubectl-maint.io/');
        },
      },
    },
    'Uninstalling',
  );
  const kinds = 'all,secrets,roles,rolebindings,clusterroles,clusterrolebindings,validatingwebhookconfigurations';
  const policies = 'validatingadmissionpolicies,validatingadmissionpolicybindings,customresourcedefinitions';
  const left = await scene.kubectl('get', `${kinds},${policies}`, '-A', '-o', 'name');
  expect(left.split('\n').filter((name) => name.includes('kubectl-maint'))).toEqual([]);
});

test('docs/uninstall.md: a node that was left in maintenance', async () => {
  const before = await scene.world.node('worker-5');
  await scene.on('worker-5');
  await scene.world.customResource('cluster.x-k8s.io', { kind: 'Machine', plural: 'machines' });
  await scene.world.create('/apis/cluster.x-k8s.io/v1/namespaces/default/machines', {
    apiVersion: 'cluster.x-k8s.io/v1',
    kind: 'Machine',
    metadata: { name: 'machine-5', annotations: { 'cluster.x-k8s.io/skip-remediation': 'kubectl-maint' } },
  });
  await scene.reader.follows('docs/uninstall.md');
  const after = await scene.world.node('worker-5');
  for (const key of ['annotations', 'labels']) expect(at(after, 'metadata', key)).toEqual(at(before, 'metadata', key));
  expect(at(after, 'spec')).toEqual(at(before, 'spec'));
  const machine = await scene.world.get('/apis/cluster.x-k8s.io/v1/namespaces/default/machines/machine-5');
  expect(at(machine, 'metadata', 'annotations')).toBeUndefined();
});

test('no command was passed over', () => {
  expect(scene.reader.left).toEqual([]);
});
