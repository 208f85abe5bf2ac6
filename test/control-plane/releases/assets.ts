import type { Binary } from '../versions.ts';
import { KWOK_VERSION } from '../versions.ts';
import type { Pins } from './pins.ts';

/** The hosts of official releases. They redirect to others for the bytes, which is theirs to know. */
export type Host = 'dl.k8s.io' | 'github.com';

/** A machine, as Go and releases name it. */
export interface Platform {
  readonly os: 'linux' | 'darwin';
  readonly arch: 'amd64' | 'arm64';
}

/** A file of an official release. */
export interface Asset {
  readonly host: Host;
  /** From the host's root, with a slash before it. */
  readonly path: string;
  /** What its SHA-256 has to be, in hexadecimal digits, or the path of the published file that says so. */
  readonly checksum: { readonly pinned: string } | { readonly published: string };
  /** The file that is meant of a tar.gz. Without one it is the asset itself. */
  readonly member?: string;
}

/** Node's names of this machine's system and processor → the platform of a release, if there can be one for it. */
export function platformOf(system: string, processor: string): Platform | undefined {
  const arch = ({ x64: 'amd64', arm64: 'arm64' } as const)[processor];
  return arch === undefined || (system !== 'linux' && system !== 'darwin') ? undefined : { os: system, arch };
}

/** The release of a program for a platform, or undefined where there is none that can be verified: then Go builds it. */
export function assetOf(
  { name, version }: Pick<Binary, 'name' | 'version'>,
  platform: Platform,
  pins: Pins,
): Asset | undefined {
  switch (name) {
    case 'kubectl':
      return kubernetesAsset(name, version, platform, pins);
    case 'kube-apiserver':
    case 'kube-controller-manager':
    case 'kube-scheduler':
    case 'kubelet':
    case 'kube-proxy':
      return platform.os === 'linux' ? kubernetesAsset(name, version, platform, pins) : undefined;
    case 'etcd':
      // Those for macOS are zip files, which nothing here reads.
      return platform.os === 'linux' ? etcdAsset(version, platform, pins) : undefined;
    case 'kwok':
      return kwokAsset(`releases/download/v${version}/kwok-${platform.os}-${platform.arch}`, pins);
    case 'helm':
    case 'krew':
    case 'validate-krew-manifest':
      return undefined;
  }
}

/** A stage file of KWOK, by its path below kustomize/stage. */
export function stageAsset(path: string, pins: Pins): Asset | undefined {
  return kwokAsset(`raw/v${KWOK_VERSION}/kustomize/stage/${path}`, pins);
}

function kubernetesAsset(name: string, version: string, { os, arch }: Platform, pins: Pins): Asset {
  const path = `/release/v${version}/bin/${os}/${arch}/${name}`;
  return { host: 'dl.k8s.io', path, checksum: pinnedOr(pins[path], `${path}.sha256`) };
}

function etcdAsset(version: string, { os, arch }: Platform, pins: Pins): Asset {
  const release = `/etcd-io/etcd/releases/download/v${version}`;
  const folder = `etcd-v${version}-${os}-${arch}`;
  const path = `${release}/${folder}.tar.gz`;
  const checksum = pinnedOr(pins[path], `${release}/SHA256SUMS`);
  return { host: 'github.com', path, checksum, member: `${folder}/etcd` };
}

function pinnedOr(pinned: string | undefined, published: string): Asset['checksum'] {
  return pinned === undefined ? { published } : { pinned };
}

/** KWOK publishes no checksums. */
function kwokAsset(file: string, pins: Pins): Asset | undefined {
  const path = `/kubernetes-sigs/kwok/${file}`;
  const pinned = pins[path];
  return pinned === undefined ? undefined : { host: 'github.com', path, checksum: { pinned } };
}

/** The SHA-256 that a published text gives for a file: the text is it alone, or has a line `SHA256  FILE` for each. */
export function publishedChecksum(text: string, path: string): string | undefined {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+\*?/));
  const alone = lines.length === 1 && lines[0]?.length === 1 ? lines[0] : undefined;
  const [sha256] = alone ?? lines.find(([, name]) => name === file) ?? [];
  return sha256 !== undefined && /^[0-9a-f]{64}$/i.test(sha256) ? sha256.toLowerCase() : undefined;
}
