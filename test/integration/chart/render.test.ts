/** The chart as Helm renders it: every variant of ci/, held against what the code and Kubernetes ask of it. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { OF_A_PARENT } from '../../../.ci/chart-values.ts';
import { CANARY_GRANTS, ON_NODE_GRANTS, OPERATOR_GRANTS, VIEWER_GRANTS } from '../../../plugin/preflight/grants.ts';
import {
  at,
  isObject,
  listAt,
  numberAt,
  POLICY_ANNOTATION,
  policyFromValue,
  textAt,
  textsAt,
  type Grant,
} from '../../../shared/index.ts';
import { CONTROLLER_GRANTS, UNINSTALL_GRANTS, WEBHOOK_GRANTS } from '../../../webhook/grants.ts';
import { parseArguments } from '../../../webhook/options/parse.ts';
import { CHART, helmFor, NAMESPACE, rendered, variants, type Helm } from '../../support/helm.ts';

const VARIANTS = await variants();
const NAMES = [...VARIANTS.keys()];

let helm: Helm;
const charts = new Map<string, ReadonlyMap<string, object>>();

beforeAll(async () => {
  helm = await helmFor();
  for (const [name, file] of VARIANTS) charts.set(name, await rendered(helm, '-f', file));
});
afterAll(() => helm.end());

/** One object of a variant; undefined where the variant has none of that kind and name. */
const of = (variant: string, id: string) => charts.get(variant)?.get(id);
const deploymentOf = (variant: string) => of(variant, 'Deployment/kubectl-maint');
/** The ConfigMap that its pods mount. */
const policyOf = (variant: string) => of(variant, `ConfigMap/${policyNameOf(variant)}`);
const policyNameOf = (variant: string) => textAt(podOf(variant), 'volumes', '0', 'configMap', 'name') ?? '';
const podOf = (variant: string) => at(deploymentOf(variant), 'spec', 'template', 'spec');
const controllerOf = (variant: string) =>
  at(of(variant, 'Deployment/kubectl-maint-controller'), 'spec', 'template', 'spec');
/** Whether the controller makes the certificates. */
const isSelfManaged = (variant: string) =>
  !['cert-manager', 'cert-manager-issuer', 'existing-secret'].includes(variant);
const containerOf = (pod: unknown) => at(pod, 'containers', '0');

describe.each(NAMES)('%s', (variant) => {
  test('passes helm lint --strict', async () => {
    const { code, stdout, stderr } = await helm.run('lint', '--strict', CHART, '-f', VARIANTS.get(variant) ?? '');
    expect(code, stdout + stderr).toBe(0);
  });

  test('puts every object into its own namespace, or where its kind is known', () => {
    const elsewhere = [...(charts.get(variant) ?? [])].flatMap(([id, object]) => {
      const namespace = textAt(object, 'metadata', 'namespace');
      return namespace === undefined || namespace === NAMESPACE ? [] : [`${id} in ${namespace}`];
    });
    const inDefault = ['kubectl-maint-events', 'kubectl-maint-controller-events'].flatMap((name) => [
      `Role/${name} in default`,
      `RoleBinding/${name} in default`,
    ]);
    const asked = ['Role/kubectl-maint-canary in default', 'Role/kubectl-maint-on-node in kubectl-maint-run'];
    expect(elsewhere.sort()).toEqual([...(variant === 'operators' ? asked : []), ...inDefault].sort());
  });

  /** What Pod Security calls restricted (k8s pod-security-admission policy/check_*.go), by path in the pod. */
  const RESTRICTED: readonly (readonly [where: 'pod' | 'container', path: string, value: unknown])[] = [
    ['pod', 'securityContext.runAsNonRoot', true],
    ['pod', 'securityContext.runAsUser', variant === 'openshift' ? undefined : 65_532],
    ['pod', 'securityContext.seccompProfile.type', 'RuntimeDefault'],
    ['pod', 'hostPID', undefined],
    ['pod', 'hostIPC', undefined],
    ['container', 'securityContext.allowPrivilegeEscalation', false],
    ['container', 'securityContext.readOnlyRootFilesystem', true],
    ['container', 'securityContext.capabilities.drop', ['ALL']],
    ['container', 'securityContext.capabilities.add', undefined],
    ['container', 'securityContext.privileged', undefined],
    // No CPU limit: a throttled replica is a late one. Memory always has both.
    ['container', 'resources.limits.cpu', undefined],
  ];

  test('every pod is restricted, limits its memory and does not hog the CPU', () => {
    const pods = [...(charts.get(variant) ?? [])].flatMap(([id, object]) => {
      const pod = id.startsWith('Pod/') ? at(object, 'spec') : at(object, 'spec', 'template', 'spec');
      return pod === undefined ? [] : [[id, pod] as const];
    });
    expect(pods.length).toBeGreaterThanOrEqual(2);
    for (const [id, pod] of pods) {
      expect(listAt(pod, 'containers'), id).toHaveLength(1);
      for (const [where, path, value] of RESTRICTED) {
        expect(at(where === 'pod' ? pod : containerOf(pod), ...path.split('.')), `${id} ${path}`).toEqual(value);
      }
      expect(textAt(containerOf(pod), 'resources', 'limits', 'memory'), id).toMatch(/^\d+Mi$/);
      expect(textAt(containerOf(pod), 'resources', 'requests', 'memory'), id).toMatch(/^\d+Mi$/);
      expect(JSON.stringify(pod), id).not.toContain('hostPath');
      expect(at(pod, 'hostNetwork'), id).toBe(
        variant === 'eks-custom-cni' && id === 'Deployment/kubectl-maint' ? true : undefined,
      );
    }
  });

  test('lets a pod drain and give its last answers before it is killed', () => {
    const drain = Number(argumentOf(variant, 'drain-seconds'));
    // LAST_ANSWERS_MS of webhook/serve.ts, and as much again for a slow node.
    expect(numberAt(podOf(variant), 'terminationGracePeriodSeconds')).toBeGreaterThanOrEqual(drain + 2 * 5);
  });

  test('grants what the code calls, and nothing else', () => {
    const { cluster, own: ofController, certificates, events } = CONTROLLER_GRANTS;
    const [own, inside] = variant === 'policy' ? [LOOKUPS_OF_POLICY, INSIDE_OF_POLICY] : [[], []];
    const hasRoles = variant !== 'small';
    const wanted: Readonly<Record<string, readonly Grant[]>> = {
      'ClusterRole/kubectl-maint': [...WEBHOOK_GRANTS.cluster, ...own],
      'Role/kubectl-maint-events': WEBHOOK_GRANTS.events,
      'ClusterRole/kubectl-maint-controller': cluster,
      'Role/kubectl-maint-controller': [...ofController, ...(isSelfManaged(variant) ? certificates : [])],
      'Role/kubectl-maint-controller-events': events,
      ...(hasRoles && { 'ClusterRole/kubectl-maint-operator': [...OPERATOR_GRANTS, ...own, ...inside] }),
      ...(hasRoles && { 'ClusterRole/kubectl-maint-viewer': [...VIEWER_GRANTS, ...own] }),
      ...(hasRoles && { 'ClusterRole/kubectl-maint-uninstall': UNINSTALL_GRANTS }),
      ...(variant === 'operators' && {
        'Role/kubectl-maint-canary': CANARY_GRANTS,
        'Role/kubectl-maint-on-node': ON_NODE_GRANTS,
      }),
    };
    const roles = [...(charts.get(variant) ?? [])].filter(([id]) => /^(?:Cluster)?Role\//.test(id));
    expect(Object.fromEntries(roles.map(([id, role]) => [id, listAt(role, 'rules')]))).toEqual(
      Object.fromEntries(Object.entries(wanted).map(([id, grants]) => [id, grants.map(ruleOf)])),
    );
  });

  test('binds roles to accounts of its own only', () => {
    const bindings = [...(charts.get(variant) ?? [])].filter(([id]) => /^(Cluster)?RoleBinding\//.test(id));
    for (const [id, binding] of bindings) {
      const [, account = 'kubectl-maint'] = /\/(kubectl-maint-(?:uninstall|controller))/.exec(id) ?? [];
      expect(listAt(binding, 'subjects'), id).toEqual([
        { kind: 'ServiceAccount', name: account, namespace: NAMESPACE },
      ]);
      expect(textAt(binding, 'roleRef', 'name'), id).toBe(textAt(binding, 'metadata', 'name'));
    }
  });

  test('runs the webhook with arguments that it understands', async () => {
    const args = textsAt(containerOf(podOf(variant)), 'args');
    expect(await parseArguments(args, '', { POD_NAMESPACE: NAMESPACE })).toMatchObject({
      ok: true,
      value: { kind: 'serve', serve: { certificates: { kind: 'folder', folder: '/etc/kubectl-maint/tls' } } },
    });
  });

  test('runs the controller with arguments that it understands', async () => {
    const args = textsAt(containerOf(controllerOf(variant)), 'args');
    const place = { namespace: NAMESPACE };
    expect(await parseArguments(args, '', { POD_NAMESPACE: NAMESPACE })).toMatchObject({
      ok: true,
      value: {
        kind: 'controller',
        control: {
          registered: { by: 'service', ...place, name: 'kubectl-maint' },
          lease: { ...place, name: 'kubectl-maint-controller' },
          certificates: isSelfManaged(variant)
            ? { authority: { ...place, name: 'kubectl-maint-ca' }, leaf: { ...place, name: 'kubectl-maint-tls' } }
            : { by: 'others', folder: '/etc/kubectl-maint/ca' },
        },
      },
    });
  });

  test('the controller sees no key of a certificate that somebody else makes', () => {
    const mounted = JSON.stringify(listAt(controllerOf(variant), 'volumes'));
    expect(mounted).not.toContain('tls.key');
    expect(mounted.includes('"secretName"')).toBe(false);
  });

  test('leaves the entries of the registration to the controller', () => {
    const registration = of(variant, 'ValidatingWebhookConfiguration/kubectl-maint');
    expect(Object.keys(registration ?? {}).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
  });

  test('hands the webhook a policy that it accepts', () => {
    const text = textAt(policyOf(variant), 'data', 'policy.yaml') ?? '';
    expect(policyFromValue(parse(text))).toMatchObject({ ok: true });
    // The plugin reads it in the registration, and a hook before anything is changed.
    const registration = of(variant, 'ValidatingWebhookConfiguration/kubectl-maint');
    const told = textAt(registration, 'metadata', 'annotations', POLICY_ANNOTATION) ?? '';
    expect(JSON.parse(told)).toEqual(parse(text));
    expect(textAt(of(variant, 'ConfigMap/kubectl-maint-policy-check'), 'data', 'policy.yaml')).toBe(
      variant === 'small' ? undefined : text,
    );
  });
});

/** What the user's own tools of ci/policy.values.yaml are looked up through. */
const LOOKUPS_OF_POLICY: readonly Grant[] = [
  { group: 'example.com', resource: 'databases', verbs: ['get'] },
  { group: '', resource: 'persistentvolumeclaims', verbs: ['get'] },
];

/** What their work runs inside of is found through. */
const INSIDE_OF_POLICY: readonly Grant[] = [{ group: 'db.example.com', resource: 'backups', verbs: ['list', 'watch'] }];

/** What `helm install` says at its end. */
async function notesOf(values: string): Promise<string> {
  const { code, stdout, stderr } = await helm.run('install', 'guard', CHART, '--dry-run=client', '--set', values);
  expect(code, stderr).toBe(0);
  return stdout.slice(stdout.indexOf('\nNOTES:'));
}

function ruleOf({ group, resource, verbs, names }: Grant): object {
  return { apiGroups: [group], resources: [resource], verbs, ...(names && { resourceNames: names }) };
}

/** `10` of `--drain-seconds=10`. */
function argumentOf(variant: string, flag: string, pod = podOf): string | undefined {
  const arg = textsAt(containerOf(pod(variant)), 'args').find((text) => text.startsWith(`--${flag}=`));
  return arg?.slice(flag.length + 3);
}

describe('the defaults', () => {
  const POLICIES = ['backup', 'fence', 'record', 'register', 'scan'];

  test('make these objects', () => {
    expect([...(charts.get('default')?.keys() ?? [])].sort()).toEqual([
      'ClusterRole/kubectl-maint',
      'ClusterRole/kubectl-maint-controller',
      'ClusterRole/kubectl-maint-operator',
      'ClusterRole/kubectl-maint-uninstall',
      'ClusterRole/kubectl-maint-viewer',
      'ClusterRoleBinding/kubectl-maint',
      'ClusterRoleBinding/kubectl-maint-controller',
      'ClusterRoleBinding/kubectl-maint-uninstall',
      'ConfigMap/kubectl-maint-hook-records',
      `ConfigMap/${policyNameOf('default')}`,
      'ConfigMap/kubectl-maint-policy-check',
      'CustomResourceDefinition/maintenanceregisters.kubectl-maint.io',
      'Deployment/kubectl-maint',
      'Deployment/kubectl-maint-controller',
      'Job/kubectl-maint-policy-check',
      'Job/kubectl-maint-uninstall',
      'Pod/kubectl-maint-verify',
      'PodDisruptionBudget/kubectl-maint',
      'PodDisruptionBudget/kubectl-maint-controller',
      'Role/kubectl-maint-controller',
      'Role/kubectl-maint-controller-events',
      'Role/kubectl-maint-events',
      'RoleBinding/kubectl-maint-controller',
      'RoleBinding/kubectl-maint-controller-events',
      'RoleBinding/kubectl-maint-events',
      'Service/kubectl-maint',
      'Service/kubectl-maint-controller',
      'ServiceAccount/kubectl-maint',
      'ServiceAccount/kubectl-maint-controller',
      'ServiceAccount/kubectl-maint-uninstall',
      ...POLICIES.map((name) => `ValidatingAdmissionPolicy/${name}.kubectl-maint.io`),
      ...POLICIES.map((name) => `ValidatingAdmissionPolicyBinding/${name}.kubectl-maint.io`),
      'ValidatingWebhookConfiguration/kubectl-maint',
    ]);
  });

  test('serve with what is mounted, and control the Service that the chart made for it', () => {
    expect(textsAt(containerOf(podOf('default')), 'args')).toEqual([
      'serve',
      '--port=9443',
      '--health-port=9440',
      '--metrics-port=9441',
      '--policy=/etc/kubectl-maint/policy/policy.yaml',
      '--drain-seconds=10',
      '--log-level=info',
      '--cert-dir=/etc/kubectl-maint/tls',
    ]);
    expect(textsAt(containerOf(controllerOf('default')), 'args')).toEqual([
      'controller',
      '--service=kubectl-maint',
      '--health-port=9440',
      '--metrics-port=9441',
      '--policy=/etc/kubectl-maint/policy/policy.yaml',
      '--failure-policy=Ignore',
      '--log-level=info',
    ]);
    for (const pod of [podOf, controllerOf].map((one) => one('default'))) {
      expect(listAt(pod, 'tolerations')).toEqual([]);
    }
    expect(at(podOf('default'), 'priorityClassName')).toBe('system-cluster-critical');
    expect(at(deploymentOf('default'), 'spec', 'replicas')).toBe(2);
    expect(at(deploymentOf('default'), 'spec', 'strategy', 'rollingUpdate')).toEqual({
      maxUnavailable: 0,
      maxSurge: 1,
    });
  });

  test('probe the plain port, and ask the one for reviews nothing', () => {
    const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) =>
      at(containerOf(podOf('default')), probe, 'httpGet'),
    );
    expect(probes).toEqual([
      { path: '/livez', port: 'health' },
      { path: '/readyz', port: 'health' },
      { path: '/livez', port: 'health' },
    ]);
  });

  test('spread over nodes and zones, and would rather not share a node', () => {
    const spread = listAt(podOf('default'), 'topologySpreadConstraints').map((one) => textAt(one, 'topologyKey'));
    expect(spread).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    const [term] = listAt(
      podOf('default'),
      ...['affinity', 'podAntiAffinity', 'preferredDuringSchedulingIgnoredDuringExecution'],
    );
    expect(textAt(term, 'podAffinityTerm', 'topologyKey')).toBe('kubernetes.io/hostname');
  });

  test('a release of another name makes the same objects', async () => {
    const { stdout } = await helm.run('template', 'other', CHART);
    const names = [...stdout.matchAll(/^ {2}name: (\S+)$/gm)].map(([, name = '']) => name);
    expect(names.filter((name) => !/^kubectl-maint(-|$)|\.kubectl-maint\.io$/.test(name))).toEqual([]);
  });

  test('the version of the chart is that of everything', async () => {
    const chart: unknown = parse(await readFile(`${CHART}/Chart.yaml`, 'utf8'));
    const main: unknown = JSON.parse(await readFile('package.json', 'utf8'));
    const version = textAt(main, 'version');
    expect([textAt(chart, 'version'), textAt(chart, 'appVersion')]).toEqual([version, version]);
    expect(textAt(containerOf(podOf('default')), 'image')).toMatch(new RegExp(`:${version ?? ''}$`));
  });
});

describe('what a variant changes', () => {
  test.each<[variant: string, what: string, seen: () => unknown, wanted: unknown]>([
    ['eks-custom-cni', 'the network', () => at(podOf('eks-custom-cni'), 'dnsPolicy'), 'ClusterFirstWithHostNet'],
    [
      'eks-custom-cni',
      'the rollout: a surge would find every port taken',
      () => at(deploymentOf('eks-custom-cni'), 'spec', 'strategy', 'rollingUpdate'),
      { maxUnavailable: 1, maxSurge: 0 },
    ],
    ['gke-private', 'the port', () => argumentOf('gke-private', 'port'), '10250'],
    [
      'gke-private',
      'the port of the container',
      () => listAt(containerOf(podOf('gke-private')), 'ports'),
      [
        { name: 'https', containerPort: 10250 },
        { name: 'health', containerPort: 9440 },
        { name: 'metrics', containerPort: 9441 },
      ],
    ],
    [
      'gke-private',
      'the quota, with room for a rollout',
      () => at(of('gke-private', 'ResourceQuota/kubectl-maint'), 'spec', 'hard'),
      { pods: 8 },
    ],
    [
      'aks',
      'label and annotations of the registration',
      () => {
        const registration = of('aks', 'ValidatingWebhookConfiguration/kubectl-maint');
        const key = 'admissions.enforcer/disabled';
        return [
          at(registration, 'metadata', 'labels', key),
          at(registration, 'metadata', 'annotations', key),
          at(registration, 'metadata', 'annotations', 'example.com/owner'),
        ];
      },
      ['true', 'true', 'platform'],
    ],
    ['cert-manager', 'the certificate', () => argumentOf('cert-manager', 'cert-dir'), '/etc/kubectl-maint/tls'],
    [
      'cert-manager',
      'who signs',
      () => at(of('cert-manager', 'Certificate/kubectl-maint'), 'spec', 'issuerRef'),
      { name: 'kubectl-maint', kind: 'Issuer', group: 'cert-manager.io' },
    ],
    [
      'cert-manager',
      'for which names',
      () => at(of('cert-manager', 'Certificate/kubectl-maint'), 'spec', 'dnsNames'),
      ['', '.maint-system', '.maint-system.svc', '.maint-system.svc.cluster.local'].map((end) => `kubectl-maint${end}`),
    ],
    [
      'cert-manager-issuer',
      'the signer',
      () => at(of('cert-manager-issuer', 'Certificate/kubectl-maint'), 'spec', 'issuerRef'),
      { name: 'company', kind: 'ClusterIssuer', group: 'cert-manager.io' },
    ],
    [
      'cert-manager-issuer',
      'no authority',
      () => of('cert-manager-issuer', 'Certificate/kubectl-maint-root'),
      undefined,
    ],
    [
      'existing-secret',
      'what a failed call means',
      () => argumentOf('existing-secret', 'failure-policy', controllerOf),
      'Fail',
    ],
    ['existing-secret', 'no Secret of ours', () => argumentOf('existing-secret', 'ca-secret'), undefined],
    [
      'existing-secret',
      'the Secret',
      () => at(podOf('existing-secret'), 'volumes', '1', 'secret', 'secretName'),
      'our-certificate',
    ],
    [
      'existing-secret',
      'whom callers have to be known by',
      () => [
        argumentOf('existing-secret', 'client-ca-file'),
        at(podOf('existing-secret'), 'volumes', '2', 'configMap'),
      ],
      ['/etc/kubectl-maint/callers/callers.pem', { name: 'our-api-servers' }],
    ],
    [
      'observed',
      'where metrics are read',
      () => at(of('observed', 'ServiceMonitor/kubectl-maint'), 'spec', 'endpoints', '0', 'port'),
      'metrics',
    ],
    [
      'observed',
      'who may call',
      () => at(of('observed', 'NetworkPolicy/kubectl-maint'), 'spec', 'ingress'),
      [
        {
          ports: [{ protocol: 'TCP', port: 'https' }],
          from: [
            { ipBlock: { cidr: '10.0.0.0/28' } },
            { ipBlock: { cidr: 'fd00::/64' } },
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { app: 'konnectivity-agent' } },
            },
            // The pod of `helm test`, which calls as an API server does.
            { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'kubectl-maint-verify' } } },
          ],
        },
        { ports: [{ protocol: 'TCP', port: 'health' }], from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
        {
          ports: [{ protocol: 'TCP', port: 'metrics' }],
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        },
      ],
    ],
    [
      'observed',
      'the pod of `helm test`, as those who may call know it',
      () => at(of('observed', 'Pod/kubectl-maint-verify'), 'metadata', 'labels', 'app.kubernetes.io/name'),
      'kubectl-maint-verify',
    ],
    [
      'observed',
      'who is called',
      () => at(of('observed', 'NetworkPolicy/kubectl-maint'), 'spec', 'egress'),
      [
        {
          ports: [{ protocol: 'TCP', port: 6443 }],
          to: [{ ipBlock: { cidr: '10.0.0.0/28' } }, { ipBlock: { cidr: 'fd00::/64' } }],
        },
      ],
    ],
    [
      'observed',
      'labels by which Prometheus finds',
      () =>
        ['ServiceMonitor', 'PrometheusRule'].map((kind) =>
          at(of('observed', `${kind}/kubectl-maint`), 'metadata', 'labels', 'release'),
        ),
      ['prometheus', 'prometheus'],
    ],
    [
      'observed',
      'alerts, as they stand in the file',
      () => listAt(of('observed', 'PrometheusRule/kubectl-maint'), 'spec', 'groups').length,
      1,
    ],
    [
      'small',
      'the image',
      () => textAt(containerOf(podOf('small')), 'image')?.slice(-72),
      `@sha256:${'0123456789abcdef'.repeat(4)}`,
    ],
    ['small', 'no priority class', () => at(podOf('small'), 'priorityClassName'), undefined],
    ['small', 'no hook', () => of('small', 'Job/kubectl-maint-uninstall'), undefined],
    ['small', 'no check before', () => of('small', 'Job/kubectl-maint-policy-check'), undefined],
    [
      'gke-private',
      'the check before, which no quota for the class is there for yet',
      () => at(of('gke-private', 'Job/kubectl-maint-policy-check'), 'spec', 'template', 'spec', 'priorityClassName'),
      undefined,
    ],
    ['small', 'no roles for people', () => of('small', 'ClusterRole/kubectl-maint-viewer'), undefined],
    [
      'small',
      'labels of the pods',
      () => at(deploymentOf('small'), 'spec', 'template', 'metadata', 'labels', 'team'),
      'platform',
    ],
  ])('%s: %s', (_variant, _what, seen, wanted) => {
    expect(seen()).toEqual(wanted);
  });

  test('policy: the configuration is as it was written, and replicas start again when it changes', () => {
    const text = textAt(policyOf('policy'), 'data', 'policy.yaml') ?? '';
    const policy = policyFromValue(parse(text));
    if (!policy.ok) throw new Error(JSON.stringify(policy.problems));
    expect(policy.value.config).toMatchObject({ addonChange: 'deny', brokenAfterMs: 900_000 });
    expect(policy.value.config.rules.placement.mode).toBe('off');
    expect(policy.value.config.rules.scan.tools.get('trivy-operator')).toEqual({ scope: 'node' });
    expect(policy.value.tools.map(({ id }) => id)).toContain('our-dumper');
    expect(at(policyOf('policy'), 'immutable')).toBe(true);
    expect(policyNameOf('policy')).not.toBe(policyNameOf('default'));
    expect(policyNameOf('aks')).toBe(policyNameOf('default'));
  });

  test('observed: the dashboard is the file', async () => {
    const shipped = textAt(of('observed', 'ConfigMap/kubectl-maint-dashboard'), 'data', 'kubectl-maint.json') ?? '';
    expect(JSON.parse(shipped)).toEqual(JSON.parse(await readFile(`${CHART}/files/dashboard.json`, 'utf8')));
  });
});

test.each([
  ['', false],
  ['networkPolicy.enabled=true', true],
  ['networkPolicy.apiServerCidrs={10.0.0.0/28}', true],
  ['networkPolicy.apiServerPeers[0].podSelector.matchLabels.app=agent', true],
  ['networkPolicy.apiServerCidrs={10.0.0.0/28},networkPolicy.enabled=false', false],
])('a NetworkPolicy is made where the API servers are known or it is asked for: %j %s', async (values, isMade) => {
  expect((await rendered(helm, '--set', values)).has('NetworkPolicy/kubectl-maint')).toBe(isMade);
});

describe('the floor', () => {
  const [deny, warn, audit] = ['Deny', 'Warn', 'Audit'];
  const all = { 'backup.kubectl-maint.io': deny, 'record.kubectl-maint.io': deny, 'scan.kubectl-maint.io': deny };
  const { 'record.kubectl-maint.io': record, ...work } = all;

  test.each<[string, object]>([
    ['policy.rules.scan.mode=enforce', all],
    ['policy.rules.scan.mode=warn', { ...all, 'scan.kubectl-maint.io': warn }],
    ['policy.rules.node-guard.mode=audit', { ...all, 'record.kubectl-maint.io': audit }],
    ['policy.rules.backup.mode=off', { 'record.kubectl-maint.io': record, 'scan.kubectl-maint.io': deny }],
    ['policy.rules.node-guard.mode=off', work],
    // What the values change otherwise, the policies that come with the chart do not know.
    ['policy.preset=palette', { 'record.kubectl-maint.io': record }],
    ['policy.rules.scan.scope=node', { 'backup.kubectl-maint.io': deny, 'record.kubectl-maint.io': record }],
    ['policy.rules.backup.tools.velero.mode=off', { 'scan.kubectl-maint.io': deny, 'record.kubectl-maint.io': record }],
    // The guard of the record depends on none of it.
    ['floor.enabled=false', { 'record.kubectl-maint.io': record }],
    ['floor.enabled=false,policy.rules.node-guard.mode=off', {}],
    ['floor.enabled=false,recordGuard.enabled=false', {}],
    ['recordGuard.enabled=false', work],
  ])('with %s', async (value, actions) => {
    const all = [...(await rendered(helm, '--set', value)).values()];
    // The fence of the controller is no part of the floor, and no value leaves it out.
    const objects = all.filter((object) => textAt(object, 'metadata', 'name') !== 'fence.kubectl-maint.io');
    expect(all).toHaveLength(objects.length + 2);
    const bindings = objects.filter((object) => textAt(object, 'kind') === 'ValidatingAdmissionPolicyBinding');
    const seen = bindings.map((binding) => [
      textAt(binding, 'metadata', 'name') ?? '',
      textsAt(binding, 'spec', 'validationActions').join(),
    ]);
    // The register and its guard are there whatever is switched off.
    expect(Object.fromEntries(seen)).toEqual({ ...actions, 'register.kubectl-maint.io': deny });
    const policies = objects.filter((object) => textAt(object, 'kind') === 'ValidatingAdmissionPolicy');
    expect(policies).toHaveLength(bindings.length);
  });

  test.each<[values: string, why: readonly string[]]>([
    ['policy.rules.scan.mode=warn', []],
    ['floor.enabled=false', ['backup: floor.enabled is false', 'scan: floor.enabled is false']],
    ['policy.preset=palette', ['backup: policy.preset is palette', 'scan: policy.preset is palette']],
    ['policy.rules.scan.scope=node', ['scan: policy.rules.scan.scope is set']],
    [
      'policy.rules.scan.afterOverdue=warn',
      ['scan: policy.rules.scan.afterOverdue is set, which the webhook alone goes by'],
    ],
    ['policy.rules.backup.tools.velero.mode=warn', ['backup: policy.rules.backup.tools makes exceptions']],
    // Nothing is missing of a rule that is off.
    ['floor.enabled=false,policy.rules.scan.mode=off', ['backup: floor.enabled is false']],
  ])('the notes say what %s costs', async (values, why) => {
    const notes = await notesOf(values);
    expect(notes.match(/^ {2}(?:backup|scan): .*$/gm)?.map((line) => line.trim()) ?? []).toEqual(why);
    expect(notes.includes('These rules have no floor')).toBe(why.length > 0);
  });

  test.each([
    ['', ''],
    ['policy.rules.node-guard.mode=off', 'policy.rules.node-guard.mode is off: whoever'],
    ['recordGuard.enabled=false', 'recordGuard.enabled is false: while no replica answers, whoever'],
    ['floor.enabled=false', ''],
  ])('the notes say who may write the record with %j', async (values, says) => {
    const notes = await notesOf(values);
    expect(notes).toContain(says);
    expect(notes.includes('can write or remove the record')).toBe(says !== '');
  });
});

describe('values that are refused before anything is changed', () => {
  test.each([
    ['an unknown value', ['--set', 'replica=3'], 'replica'],
    ['an unknown value inside', ['--set', 'image.repo=x'], 'repo'],
    ['no replica', ['--set', 'replicas=0'], 'replicas'],
    ['text for a number', ['--set-string', 'replicas=two'], 'replicas'],
    ['an entry that never fails closed', ['--set', 'failClosed={node-guard}'], 'failClosed'],
    ['an unknown failure policy', ['--set', 'failurePolicy=ignore'], 'failurePolicy'],
    ['a digest that is none', ['--set', 'image.digest=sha256:abc'], 'digest'],
    ['a port that needs root', ['--set', 'ports.https=443'], 'https'],
    ['a drain as long as a night', ['--set', 'drainSeconds=36000'], 'drainSeconds'],
    ['a source that nobody knows', ['--set', 'certificates.source=vault'], 'source'],
    ['a Secret without a name', ['--set', 'certificates.source=existingSecret'], 'existingSecret'],
    ['a network that is none', ['--set', 'networkPolicy.apiServerCidrs={anywhere}'], 'apiServerCidrs'],
    ['an unknown preset', ['--set', 'policy.preset=strict'], 'preset'],
    ['an unknown rule', ['--set', 'policy.rules.backups.mode=warn'], 'backups'],
    ['a mode without quotes, which YAML makes a boolean', ['--set', 'policy.rules.scan.mode=false'], 'mode'],
    ['a rule with a key of another', ['--set', 'policy.rules.addon.scope=node'], 'scope'],
    ['a tool without a name', ['--set', 'policy.tools[0].title=x'], 'id'],
    ['a log level that the webhook does not know', ['--set', 'logLevel=trace'], 'logLevel'],
  ])('%s', async (_, flags, names) => {
    const { code, stderr } = await helm.run('template', 'guard', CHART, ...flags);
    expect(code).toBe(1);
    expect(stderr).toContain("values don't meet the specifications of the schema");
    expect(stderr).toContain(names);
  });

  test.each(['default', 'kube-system'])(
    'the namespace %s, where others would go unguarded with it',
    async (namespace) => {
      const { code, stderr } = await helm.run('template', 'guard', CHART, '--namespace', namespace);
      expect(code).toBe(1);
      expect(stderr).toContain('install it into a namespace of its own');
    },
  );

  test.each([
    ['one port for both', ['ports.health=9443'], 'https, health and metrics must differ'],
    ['one port for probes and metrics', ['ports.metrics=9440'], 'https, health and metrics must differ'],
    ["the kubelet's port on the node's network", ['hostNetwork=true', 'ports.https=10250'], "the kubelet's"],
  ])('%s', async (_, values, says) => {
    const { code, stderr } = await helm.run('template', 'guard', CHART, '--set', values.join(','));
    expect(code).toBe(1);
    expect(stderr).toContain(says);
  });

  test('an older Kubernetes', async () => {
    const { code, stderr } = await helm.run('template', 'guard', CHART, '--kube-version', '1.29.9');
    expect(code).toBe(1);
    expect(stderr).toContain('requires kubeVersion: >=1.30.0-0');
  });

  test('the schema is closed everywhere, but where keys are free', async () => {
    const schema: unknown = JSON.parse(await readFile(`${CHART}/values.schema.json`, 'utf8'));
    expect(openObjects(schema, '')).toEqual([]);
  });

  test('every value of values.yaml is in the schema, and the other way round', async () => {
    const schema: unknown = JSON.parse(await readFile(`${CHART}/values.schema.json`, 'utf8'));
    const values: unknown = parse(await readFile(`${CHART}/values.yaml`, 'utf8'));
    const known = Object.keys(objectAt(schema, 'properties'));
    expect([...Object.keys(objectAt(values)), ...Object.keys(OF_A_PARENT)].sort()).toEqual(known.sort());
  });

  test('that it is not wanted, where nothing goes by it', async () => {
    const { code, stderr } = await helm.run('template', 'guard', CHART, '--set', 'enabled=false');
    expect(code).toBe(1);
    expect(stderr).toContain('by a condition beside the dependency');
  });
});

describe('as a part of another chart, under a condition', () => {
  let parent: string;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'maint-parent-'));
    const { version } = objectAt(parse(await readFile(`${CHART}/Chart.yaml`, 'utf8')));
    const dependency = { name: 'kubectl-maint', version, condition: 'kubectl-maint.enabled' };
    await writeFile(
      join(parent, 'Chart.yaml'),
      stringify({ apiVersion: 'v2', name: 'platform', version: '1.0.0', dependencies: [dependency] }),
    );
    await cp(CHART, join(parent, 'charts/kubectl-maint'), { recursive: true });
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));

  test.each([
    ['true', 2],
    ['false', 0],
  ])('%s', async (enabled, deployments) => {
    const values = `kubectl-maint.enabled=${enabled},kubectl-maint.image.registry=localhost`;
    const { code, stdout, stderr } = await helm.run('template', 'all', parent, '--set', values);
    expect(code, stderr).toBe(0);
    expect(stdout.match(/^kind: Deployment$/gm) ?? []).toHaveLength(deployments);
  });
});

/** Where a schema lets any key pass: paths of objects that say nothing of keys that they do not name. */
function openObjects(schema: unknown, path: string): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((one, index) => openObjects(one, `${path}[${index}]`));
  if (!isObject(schema)) return [];
  const isOpen = schema['type'] === 'object' && schema['additionalProperties'] === undefined;
  const inside = Object.entries(schema).flatMap(([key, value]) => {
    if (key === 'properties') {
      return Object.entries(objectAt(value)).flatMap(([name, one]) => openObjects(one, `${path}.${name}`));
    }
    return key === 'then' || key === 'if' ? [] : openObjects(value, path);
  });
  return [...(isOpen ? [path] : []), ...inside];
}

function objectAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}
