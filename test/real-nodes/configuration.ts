import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Place } from './network.ts';

/** The image of the process that holds a pod's namespaces. */
export const PAUSE_IMAGE = 'localhost/pause:1';

/** An image with `chroot` and nothing else. */
export const CHROOT_IMAGE = 'localhost/chroot:1';

/** An image with a program that tells what it may do, /privileges. */
export const PRIVILEGES_IMAGE = 'localhost/privileges:1';

/** What the names of Services end in. */
export const CLUSTER_DOMAIN = 'cluster.local';

/** What the configuration of a node depends on. `folder` is the node's own. */
export interface NodeSettings {
  readonly folder: string;
  readonly name: string;
  readonly place: Place;
  readonly cgroup: string;
}

/** Paths of a node's own, in its folder. */
export function socketOf(folder: string): string {
  return join(folder, 'containerd.sock');
}

/** containerd, in its configuration's version 2. */
export function containerdConfig({ folder }: NodeSettings): string {
  return `version = 2
root = "${join(folder, 'containerd')}"
state = "${join(folder, 'state')}"
[grpc]
  address = "${socketOf(folder)}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${join(folder, 'opt')}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Without CAP_SYS_RESOURCE, as in a container, no process may be made less likely to be killed than its parent.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${join(folder, 'cni')}"
`;
}

/**
 * The network of a node's pods, with addresses of the node's own range. Each has a link of its own: on a bridge, answers
 * between two pods of a node would go past the node, which alone knows that a Service was asked.
 */
export function cniConfig({ folder, place }: NodeSettings): string {
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: join(folder, 'addresses'),
          ranges: [[{ subnet: place.pods }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  });
}

export function kubeletConfig({ folder, cgroup }: NodeSettings, nameServer: string): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    // Nobody but the API server and the pods of this run reach it.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${socketOf(folder)}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    // The host's disk may be full by other people's files; the default of 10 % would evict our pods for it.
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    volumePluginDir: join(folder, 'plugins'),
    resolvConf: '',
    clusterDNS: [nameServer],
    clusterDomain: CLUSTER_DOMAIN,
    // Images come from files, by one import per node: none may be collected as unused.
    imageGCHighThresholdPercent: 100,
    makeIPTablesUtilChains: false,
  });
}

export function kubeProxyConfig({ name }: NodeSettings, kubeconfig: string, podRange: string): string {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clientConnection: { kubeconfig },
    clusterCIDR: podRange,
    // These limits belong to the host, and may not be set from a namespace.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    hostnameOverride: name,
  });
}

/** A kubeconfig of the host as a machine needs it: the API server at another address, known by its old name. */
export function kubeconfigAt(text: string, address: string): string {
  return text.replace(
    /^(\s*)server: https:\/\/127\.0\.0\.1:(\d+)$/m,
    `$1server: https://${address}:$2\n$1tls-server-name: 127.0.0.1`,
  );
}
