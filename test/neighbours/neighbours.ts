/** Other people's controllers that our promises meet, and what each is built from. One place to change when they move on. */
import { stagingReplaces } from '../control-plane/go-modules.ts';
import { GO_VERSION, HELM_VERSION } from '../control-plane/versions.ts';

/** A program of others that runs beside our own in a test; the tables of docs/tools.md are made of it. */
export interface Met {
  /** The id of its tool, where the catalogue has one. */
  readonly name: string;
  readonly title: string;
  readonly version: string;
  /** The day on which its tests last passed, as YYYY-MM-DD. Whoever changes the version runs them, and says when. */
  readonly passed: string;
  /** What they show, and where it is told: Markdown, seen from docs/. */
  readonly shows: string;
}

/** A controller, with a folder of its name below test/neighbours, that is built from its public Go module and runs as a process beside a control plane of the tests. */
export interface Neighbour extends Met {
  /** Seconds on two cores that had nothing else to do (undefined: not measured), and megabytes of its programs. */
  readonly build: { readonly seconds: number | undefined; readonly megabytes: number };
  /** The Go module that it comes in. */
  readonly goModule: string;
  /** Programs by their name, and the Go package of each: of that module, or below the neighbour's folder (`./…`). */
  readonly programs: Readonly<Record<string, string>>;
  /** Variables that are set when it is linked: nobody can ask for them at its start. */
  readonly linked?: Readonly<Record<string, string>>;
  /** What its own go.mod replaces: Go heeds that of the main module alone, which is ours. */
  readonly replaces: readonly string[];
  /** The Go release that its go.mod asks for, where that of the control plane is too old: Go fetches it. */
  readonly goRelease?: string;
  /** Programs of others that it calls or runs beside: its tests are skipped where this machine lacks one. */
  readonly needs?: readonly string[];
  /** Folders and files of the module with the definitions of its kinds, which no program of it prints; below its root. */
  readonly definitions?: readonly string[];
}

/** What a program of others is built from. */
export type Source = Omit<Neighbour, keyof Omit<Met, 'name' | 'version'> | 'build'>;

export const NEIGHBOURS: readonly Neighbour[] = [
  {
    name: 'velero',
    title: 'Velero',
    version: '1.18.3',
    passed: '2026-11-30',
    shows: '[backups, schedules, restores, data movers, repositories](backups.md)',
    build: { seconds: 213, megabytes: 106 },
    goModule: 'github.com/vmware-tanzu/velero',
    programs: { velero: 'github.com/vmware-tanzu/velero/cmd/velero', 'object-store': './object-store' },
    // An agent of each node, on one machine: none of them tells metrics.
    linked: { 'sigs.k8s.io/controller-runtime/pkg/metrics/server.DefaultBindAddress': '0' },
    replaces: [
      'github.com/kopia/kopia => github.com/project-velero/kopia v0.0.0-20251230033609-d946b1e75197',
      'k8s.io/cli-runtime => k8s.io/cli-runtime v0.33.13',
    ],
  },
  {
    name: 'karpenter',
    title: 'Karpenter',
    version: '1.14.1',
    passed: '2026-11-30',
    shows: '[consolidation, expiry](drain.md#other-controllers-on-the-same-node)',
    build: { seconds: 125, megabytes: 61 },
    goModule: 'sigs.k8s.io/karpenter',
    programs: { karpenter: 'sigs.k8s.io/karpenter/kwok' },
    replaces: [],
    definitions: ['kwok/charts/crds', 'kwok/apis/crds'],
  },
  {
    name: 'cluster-api',
    title: 'Cluster API',
    version: '1.14.2',
    passed: '2026-11-30',
    shows: '[health checks](drain.md#other-controllers-on-the-same-node)',
    build: { seconds: 139, megabytes: 63 },
    goModule: 'sigs.k8s.io/cluster-api',
    programs: { 'cluster-api': 'sigs.k8s.io/cluster-api/core' },
    replaces: ['sigs.k8s.io/cluster-api/api => sigs.k8s.io/cluster-api/api v1.14.2'],
    definitions: ['core/config/crd/bases'],
  },
  {
    name: 'descheduler',
    title: 'descheduler',
    version: '0.36.0',
    passed: '2026-11-30',
    shows: '[evictions from cordoned nodes](drain.md#other-controllers-on-the-same-node)',
    build: { seconds: 126, megabytes: 82 },
    goModule: 'sigs.k8s.io/descheduler',
    programs: { descheduler: 'sigs.k8s.io/descheduler/cmd/descheduler' },
    replaces: ['k8s.io/kube-openapi => k8s.io/kube-openapi v0.0.0-20260512234627-ef417d054102'],
  },
  {
    // Its module lacks the pages that the program itself is built with.
    name: 'alertmanager',
    title: 'Alertmanager (its API v2)',
    version: '0.35.0',
    passed: '2026-11-30',
    shows: '[silences](hooks.md#alerts)',
    build: { seconds: undefined, megabytes: 21 },
    goModule: 'github.com/prometheus/alertmanager',
    programs: { silences: './silences' },
    replaces: [],
  },
  {
    name: 'gatekeeper',
    title: 'Gatekeeper',
    version: '3.23.1',
    passed: '2026-11-30',
    shows: '[two webhooks, of which both refuse](tools.md#beside-other-admission-webhooks)',
    build: { seconds: 133, megabytes: 83 },
    goModule: 'github.com/open-policy-agent/gatekeeper/v3',
    programs: { gatekeeper: 'github.com/open-policy-agent/gatekeeper/v3' },
    replaces: [],
    definitions: ['charts/gatekeeper/crds'],
  },
  {
    name: 'kyverno',
    title: 'Kyverno',
    version: '1.19.1',
    passed: '2026-11-30',
    shows: '[two webhooks, of which both refuse](tools.md#beside-other-admission-webhooks)',
    // Beside tests it took 287 s.
    build: { seconds: undefined, megabytes: 141 },
    goModule: 'github.com/kyverno/kyverno',
    programs: { kyverno: 'github.com/kyverno/kyverno/cmd/kyverno' },
    replaces: [
      'k8s.io/pod-security-admission => github.com/kyverno/pod-security-admission v0.0.0-20251031094455-46f20778634f',
    ],
    definitions: ['kyverno', 'policies.kyverno.io', 'policyreport', 'reports'].map((group) => `config/crds/${group}`),
  },
  {
    name: 'argocd',
    title: 'Argo CD (application controller, repository server)',
    version: '3.6.1',
    passed: '2026-11-30',
    shows: '[health, sync waves, self-heal, refused syncs, the chart](gitops.md#argo-cd)',
    build: { seconds: 221, megabytes: 113 },
    goModule: 'github.com/argoproj/argo-cd/v3',
    programs: { argocd: './argocd' },
    goRelease: '1.27.3',
    needs: ['git', 'redis-server'],
    replaces: stagingReplaces('1.37.0'),
    // That of ApplicationSets, which neither program reads, is large enough to hold up an API server.
    definitions: ['application', 'appproject'].map((kind) => `manifests/crds/${kind}-crd.yaml`),
  },
  {
    name: 'flux',
    title: 'Flux (kustomize-controller)',
    version: '1.9.0',
    passed: '2026-11-30',
    shows: '[waits, dependencies, refused changes, Nodes](gitops.md#flux)',
    // Beside tests it took 194 s.
    build: { seconds: undefined, megabytes: 86 },
    goModule: 'github.com/fluxcd/kustomize-controller',
    programs: { 'kustomize-controller': 'github.com/fluxcd/kustomize-controller' },
    needs: ['tar'],
    replaces: [
      'github.com/opencontainers/go-digest => github.com/opencontainers/go-digest v1.0.1-0.20220411205349-bde1400a84be',
      'sigs.k8s.io/kustomize/api => sigs.k8s.io/kustomize/api v0.21.1',
      'sigs.k8s.io/kustomize/kyaml => sigs.k8s.io/kustomize/kyaml v0.21.1',
      'gopkg.in/yaml.v3 => gopkg.in/yaml.v3 v3.0.1',
    ],
    definitions: ['config/crd/bases'],
  },
];

/** Everybody who was met alive: the neighbours, and Helm, which is built with the control plane's programs. */
export const MET: readonly (Met & Partial<Pick<Neighbour, 'build'>>)[] = [
  ...NEIGHBOURS,
  {
    name: 'helm',
    title: 'Helm',
    version: HELM_VERSION,
    passed: '2026-11-29',
    shows: '[waits and rollbacks](gitops.md)',
  },
];

/** The go.mod in which a neighbour is built. */
export function goModOf({ name, version, goModule, goRelease, replaces }: Source): string {
  return [
    `module kubectl-maint.io/neighbours/${name}`,
    `go ${goRelease ?? `${GO_VERSION}.0`}`,
    `require ${goModule} v${version}`,
    ...replaces.map((line) => `replace ${line}`),
    '',
  ].join('\n\n');
}
