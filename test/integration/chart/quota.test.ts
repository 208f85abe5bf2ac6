/** Where a provider lets the priority class only into namespaces with a quota for it, as GKE does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { CHART, helmFor, NAMESPACE, type Helm } from '../../support/helm.ts';
import { until } from '../../support/until.ts';

const QUOTA_WANTED = stringify({
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'AdmissionConfiguration',
  plugins: [
    {
      name: 'ResourceQuota',
      configuration: {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'ResourceQuotaConfiguration',
        limitedResources: [
          {
            resource: 'pods',
            matchScopes: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-cluster-critical'] }],
          },
        ],
      },
    },
  ],
});

let folder: string;
let plane: ControlPlane;
let helm: Helm;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-quota-'));
  const file = join(folder, 'admission.yaml');
  await writeFile(file, QUOTA_WANTED);
  plane = await startControlPlane({ nodes: 2, apiServerArgs: [`--admission-control-config-file=${file}`] });
  helm = await helmFor(plane.kubeconfig);
});
afterAll(async () => {
  await helm.end();
  await plane.stop();
  await rm(folder, { recursive: true });
});

test('without a quota no pod starts, and with it all do, also through a rollout', async () => {
  const installed = await helm.run('install', 'guard', CHART, '--create-namespace', '--no-hooks');
  expect(installed.code, installed.stderr).toBe(0);
  await until('the pods are refused for want of a quota', async () => {
    const events = ['get', 'events', '-n', NAMESPACE, '--field-selector', 'reason=FailedCreate'];
    return (await plane.kubectl(events)).stdout.includes('insufficient quota to match these scopes');
  });
  for (const flags of [[], ['--set', 'podAnnotations.rollout=again']]) {
    const quota = ['--set', 'priorityClass.quota=true', ...flags];
    const upgraded = await helm.run('upgrade', 'guard', CHART, ...quota, '--wait', '--timeout', '60s');
    expect(upgraded.code, upgraded.stderr).toBe(0);
  }
});
