import { join } from 'node:path';

/** Everything the components' command lines are made of. Paths are absolute. */
export interface ComponentSettings {
  /** Holds the files below, by the names in {@link FILES}, and etcd's data. */
  readonly folder: string;
  readonly etcdPort: number;
  readonly apiPort: number;
  /** False: admission does not ask for service accounts, which only the controller manager makes. */
  readonly controllerManager: boolean;
  /** For example `{ SomeFeature: true }`; given to the API server, the controller manager and the scheduler. */
  readonly featureGates: Readonly<Record<string, boolean>>;
  /** More flags for the API server, after ours. */
  readonly apiServerArgs: readonly string[];
  /** The same for the controller manager. */
  readonly controllerManagerArgs: readonly string[];
}

/** The files in a control plane's folder that its components read. */
export const FILES = {
  ca: 'ca.crt',
  servingCertificate: 'kube-apiserver.crt',
  servingKey: 'kube-apiserver.key',
  serviceAccountKey: 'service-accounts.key',
  serviceAccountPublicKey: 'service-accounts.pub',
  tokens: 'tokens.csv',
  stages: 'kwok.yaml',
} as const;

/** A private range that is never routed: nothing of ours implements Services. */
const SERVICE_RANGE = '10.96.0.0/16';
/** High enough that no test ever waits in a client's own queue. */
const CLIENT_LIMITS: readonly string[] = ['--kube-api-qps=500', '--kube-api-burst=1000'];

/** etcd without fsync: the data is thrown away anyway, and it survives everything but a crash of the machine. */
export function etcdArgs(settings: ComponentSettings): readonly string[] {
  const clients = `http://127.0.0.1:${settings.etcdPort}`;
  return [
    `--data-dir=${join(settings.folder, 'etcd')}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    // The only member has no peers; port 0 lets the system choose one.
    '--listen-peer-urls=http://127.0.0.1:0',
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

export function apiServerArgs(settings: ComponentSettings): readonly string[] {
  const file = (name: keyof typeof FILES) => join(settings.folder, FILES[name]);
  return [
    `--etcd-servers=http://127.0.0.1:${settings.etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${settings.apiPort}`,
    `--tls-cert-file=${file('servingCertificate')}`,
    `--tls-private-key-file=${file('servingKey')}`,
    `--token-auth-file=${file('tokens')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    // The taint that admission gives to every new node is for those that are not Ready yet; ours are.
    `--disable-admission-plugins=TaintNodesByCondition${settings.controllerManager ? '' : ',ServiceAccount'}`,
    `--service-account-key-file=${file('serviceAccountPublicKey')}`,
    `--service-account-signing-key-file=${file('serviceAccountKey')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    '--allow-privileged=true',
    '--enable-aggregator-routing=true',
    '--max-requests-inflight=2000',
    '--max-mutating-requests-inflight=1000',
    ...featureGateArgs(settings),
    ...settings.apiServerArgs,
  ];
}

export function controllerManagerArgs(settings: ComponentSettings, kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--root-ca-file=${join(settings.folder, FILES.ca)}`,
    `--service-account-private-key-file=${join(settings.folder, FILES.serviceAccountKey)}`,
    '--use-service-account-credentials=true',
    ...quietLeader(settings),
    ...settings.controllerManagerArgs,
  ];
}

export function schedulerArgs(settings: ComponentSettings, kubeconfig: string): readonly string[] {
  return [`--kubeconfig=${kubeconfig}`, ...quietLeader(settings)];
}

/** A KWOK that plays the kubelets of the nodes whose annotation names this keeper. */
export function kwokArgs(settings: ComponentSettings, kubeconfig: string, keeper: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--config=${join(settings.folder, FILES.stages)}`,
    '--manage-all-nodes=false',
    `--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=${keeper}`,
    '--node-lease-duration-seconds=40',
    // No server for logs and exec of fake pods: one port less that could be taken.
    '--node-port=0',
  ];
}

/** One replica needs no election, and nobody reads its metrics: port 0 is "do not serve". */
function quietLeader(settings: ComponentSettings): readonly string[] {
  return ['--leader-elect=false', '--secure-port=0', ...CLIENT_LIMITS, ...featureGateArgs(settings)];
}

function featureGateArgs({ featureGates }: ComponentSettings): readonly string[] {
  const gates = Object.entries(featureGates).map(([name, on]) => `${name}=${String(on)}`);
  return gates.length === 0 ? [] : [`--feature-gates=${gates.join(',')}`];
}
