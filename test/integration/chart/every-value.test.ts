/** Every value that the chart documents changes what is rendered, and what it is set to is found there. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { valueRows } from '../../../.ci/chart-values.ts';
import { CHART, helmFor, type Helm } from '../../support/helm.ts';

let helm: Helm;

beforeAll(async () => {
  helm = await helmFor();
});
afterAll(() => helm.end());

/** Another setting of a value, what has to be set beside it, and a word of what is then rendered; none where something goes. */
type Sample = readonly [to: string, found: string | undefined, beside?: Readonly<Record<string, string>>];

const CERT_MANAGER = { 'certificates.source': '"certManager"' };
const GIVEN = { 'certificates.source': '"existingSecret"', 'certificates.existingSecret': '"another"' };
const MONITORED = { 'metrics.serviceMonitor.enabled': 'true' };
const POLICED = { 'networkPolicy.enabled': 'true' };
const PEER = [{ podSelector: { matchLabels: { app: 'caller' } } }];
const PATTERN = { work: 'backup', match: { kinds: ['batch/Job'], images: ['our-dumper-image'] } };

const SAMPLES: Readonly<Record<string, Sample>> = {
  'global.imageRegistry': ['"mirror.local"', 'image: mirror.local/kubectl-maint/'],
  'image.registry': ['"mirror.local/hub"', 'image: mirror.local/hub/kubectl-maint/'],
  'image.repository': ['"us/webhook"', '/us/webhook:'],
  'image.tag': ['"9.9.9"', 'maint-webhook:9.9.9'],
  'image.digest': [`"sha256:${'a'.repeat(64)}"`, `@sha256:${'a'.repeat(64)}`],
  'image.pullPolicy': ['"Always"', 'imagePullPolicy: Always'],
  'image.pullSecrets': ['[{"name":"our-registry"}]', 'name: our-registry'],
  replicas: ['7', 'replicas: 7'],
  failurePolicy: ['"Fail"', '--failure-policy=Fail'],
  failClosed: ['["work"]', '--fail-closed=work'],
  'policy.preset': ['"palette"', 'preset: palette'],
  'policy.rules': ['{"scan":{"mode":"audit"}}', 'mode: audit'],
  'policy.tools': [JSON.stringify([{ id: 'ours', patterns: [PATTERN] }]), 'our-dumper-image'],
  'floor.enabled': ['false', undefined],
  'recordGuard.enabled': ['false', undefined],
  'certificates.source': ['"certManager"', 'kind: Certificate'],
  'certificates.existingSecret': ['"ours"', 'secretName: ours', GIVEN],
  'certificates.certManager.issuerName': ['"company"', 'name: company', CERT_MANAGER],
  'certificates.certManager.issuerKind': ['"ClusterIssuer"', 'kind: ClusterIssuer', CERT_MANAGER],
  'certificates.certManager.duration': ['"99h"', 'duration: 99h', CERT_MANAGER],
  'registration.exemptNamespaces': ['["legacy"]', '--exempt-namespace=legacy'],
  'registration.annotations': ['{"example.com/a":"b"}', 'example.com/a: b'],
  'registration.disableAksAdmissionsEnforcer': ['true', 'admissions.enforcer/disabled'],
  'ports.https': ['10443', '--port=10443'],
  'ports.health': ['10440', '--health-port=10440'],
  'ports.metrics': ['10441', '--metrics-port=10441'],
  'clientCa.configMap': ['"callers-of-us"', 'name: callers-of-us'],
  'clientCa.key': ['"their.pem"', 'callers/their.pem', { 'clientCa.configMap': '"callers-of-us"' }],
  hostNetwork: ['true', 'hostNetwork: true'],
  drainSeconds: ['31', '--drain-seconds=31'],
  logLevel: ['"debug"', '--log-level=debug'],
  resources: ['{"limits":{"memory":"777Mi"}}', 'memory: 777Mi'],
  'controller.replicas': ['5', 'replicas: 5'],
  'controller.resources': ['{"limits":{"memory":"333Mi"}}', 'memory: 333Mi'],
  'controller.extraArgs': ['["--context=c"]', '--context=c'],
  runAsUser: ['4711', 'runAsUser: 4711'],
  'priorityClass.name': ['"ours"', 'priorityClassName: ours'],
  'priorityClass.quota': ['true', 'kind: ResourceQuota'],
  nodeSelector: ['{"example.com/pool":"infra"}', 'example.com/pool: infra'],
  tolerations: ['[{"key":"example.com/tainted","operator":"Exists"}]', 'key: example.com/tainted'],
  topologySpreadConstraints: [
    '[{"topologyKey":"example.com/rack","maxSkew":1,"whenUnsatisfiable":"DoNotSchedule"}]',
    'topologyKey: example.com/rack',
  ],
  affinity: ['{"podAffinity":{"example.com/marked":[]}}', 'example.com/marked'],
  revisionHistoryLimit: ['8', 'revisionHistoryLimit: 8'],
  extraArgs: ['["--host=::"]', '--host=::'],
  extraEnv: ['[{"name":"OURS","value":"1"}]', 'name: OURS'],
  'service.annotations': ['{"example.com/a":"b"}', 'example.com/a: b'],
  podLabels: ['{"example.com/a":"b"}', 'example.com/a: b'],
  podAnnotations: ['{"example.com/a":"b"}', 'example.com/a: b'],
  'roles.enabled': ['false', undefined],
  'roles.canary': ['true', 'name: kubectl-maint-canary'],
  'roles.onNode': ['"ours"', 'namespace: ours'],
  'networkPolicy.enabled': ['true', 'kind: NetworkPolicy'],
  'networkPolicy.apiServerCidrs': ['["192.0.2.0/24"]', 'cidr: "192.0.2.0/24"'],
  'networkPolicy.apiServerPeers': [JSON.stringify(PEER), 'app: caller'],
  'networkPolicy.apiServerPorts': ['[8443]', 'port: 8443', POLICED],
  'networkPolicy.healthCidrs': ['["192.0.2.0/24"]', 'cidr: "192.0.2.0/24"', POLICED],
  'networkPolicy.metricsPeers': [JSON.stringify(PEER), 'app: caller', POLICED],
  'metrics.serviceMonitor.enabled': ['true', 'kind: ServiceMonitor'],
  'metrics.serviceMonitor.interval': ['"77s"', 'interval: 77s', MONITORED],
  'metrics.serviceMonitor.labels': ['{"example.com/a":"b"}', 'example.com/a: b', MONITORED],
  'metrics.rules.enabled': ['true', 'kind: PrometheusRule'],
  'metrics.rules.labels': ['{"example.com/a":"b"}', 'example.com/a: b', { 'metrics.rules.enabled': 'true' }],
  'metrics.dashboard.enabled': ['true', 'kubectl-maint-dashboard'],
  'metrics.dashboard.labels': ['{"example.com/a":"b"}', 'example.com/a: b', { 'metrics.dashboard.enabled': 'true' }],
  'policyHook.enabled': ['false', undefined],
  'uninstallHook.enabled': ['false', undefined],
  'uninstallHook.whileHeld': ['"warn"', '--while-held=warn'],
};

/** What is rendered without one value, by what is set beside it. */
const BEFORE = new Map<string, Promise<string>>();

/** What helm renders with some values, each as JSON. */
async function made(values: Readonly<Record<string, string>>): Promise<string> {
  const flags = Object.entries(values).flatMap(([name, value]) => ['--set-json', `${name}=${value}`]);
  const { code, stdout, stderr } = await helm.run('template', 'guard', CHART, ...flags);
  expect(code, stderr).toBe(0);
  return stdout;
}

test.each(Object.entries(SAMPLES))('%s', async (name, [to, found, beside = {}]) => {
  const key = JSON.stringify(beside);
  const known = BEFORE.get(key) ?? made(beside);
  BEFORE.set(key, known);
  const before = await known;
  const after = await made({ ...beside, [name]: to });
  if (found === undefined) expect(after.length).toBeLessThan(before.length);
  else expect([before.includes(found), after.includes(found)]).toEqual([false, true]);
});

test('no value is without such a sample', async () => {
  const documented = valueRows(await readFile(`${CHART}/values.yaml`, 'utf8')).map(([name]) =>
    name.replaceAll('`', ''),
  );
  expect(Object.keys(SAMPLES).sort()).toEqual([...documented].sort());
});
