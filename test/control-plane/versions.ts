/** What the control plane is made of. One place to change when Kubernetes moves on. */
export const KUBERNETES_VERSION = '1.37.2';
/** Older ones that `npm run test:versions` runs everything against: of each minor version the newest that is to be had as a module. */
export const OLDER_VERSIONS: readonly string[] = [
  '1.36.3',
  '1.35.4',
  '1.34.4',
  '1.33.13',
  '1.32.13',
  '1.31.14',
  '1.30.14',
];
const ETCD_VERSION = '3.7.3';
export const KWOK_VERSION = '0.8.0';
export const HELM_VERSION = '4.3.1';
export const KREW_VERSION = '0.4.4';

/** The Go release that these versions ask for in their go.mod; older ones fetch it by themselves since Go 1.21. */
export const GO_VERSION = '1.26';

/** The Go modules that the binaries are built in; those of one module are built together. */
export type GoModuleName = 'control-plane' | 'helm' | 'krew';

/** A program that tests run and the Go package that it is built from. */
export interface Binary {
  readonly name: BinaryName;
  readonly version: string;
  readonly goModule: GoModuleName;
  readonly goPackage: string;
}

export type BinaryName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubectl'
  | 'kwok'
  | 'helm'
  | 'krew'
  | 'validate-krew-manifest'
  | 'kubelet'
  | 'kube-proxy';

/** The control plane. */
export const BINARIES: readonly Binary[] = [
  kubernetesBinary('kube-apiserver'),
  kubernetesBinary('kube-controller-manager'),
  kubernetesBinary('kube-scheduler'),
  kubernetesBinary('kubectl'),
  { name: 'etcd', version: ETCD_VERSION, goModule: 'control-plane', goPackage: './etcd' },
  { name: 'kwok', version: KWOK_VERSION, goModule: 'control-plane', goPackage: 'sigs.k8s.io/kwok/cmd/kwok' },
];

/** What installs the chart; no part of a control plane. */
export const HELM: Binary = {
  name: 'helm',
  version: HELM_VERSION,
  goModule: 'helm',
  goPackage: 'helm.sh/helm/v4/cmd/helm',
};

/** What installs the plugin, and what judges its manifest; no part of a control plane. */
export const KREW: readonly Binary[] = [krewBinary('krew'), krewBinary('validate-krew-manifest')];

/** What a real node runs beside containerd; no part of a control plane. */
export const NODE_PROGRAMS: readonly Binary[] = [kubernetesBinary('kubelet'), kubernetesBinary('kube-proxy')];

/** What differs with the version of Kubernetes; the rest of a control plane is the same for all that are run. */
export const KUBERNETES_PROGRAMS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** Path and version as Go writes them, of the modules that each of ours requires. */
export const REQUIRED_MODULES: Readonly<Record<GoModuleName, readonly string[]>> = {
  'control-plane': [
    `k8s.io/kubernetes v${KUBERNETES_VERSION}`,
    `go.etcd.io/etcd/server/v3 v${ETCD_VERSION}`,
    `sigs.k8s.io/kwok v${KWOK_VERSION}`,
  ],
  helm: [`helm.sh/helm/v4 v${HELM_VERSION}`],
  krew: [`sigs.k8s.io/krew v${KREW_VERSION}`],
};

function krewBinary(name: BinaryName): Binary {
  return { name, version: KREW_VERSION, goModule: 'krew', goPackage: `sigs.k8s.io/krew/cmd/${name}` };
}

function kubernetesBinary(name: BinaryName): Binary {
  return { name, version: KUBERNETES_VERSION, goModule: 'control-plane', goPackage: `k8s.io/kubernetes/cmd/${name}` };
}
