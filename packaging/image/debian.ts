/** The Debian packages that the image stands on: whole ones, of one release, each known by its hash. */

/** What the image is built for. */
export type Architecture = 'amd64' | 'arm64';

/** A package of Debian at one version. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** Folder of its source package in the pool, and the licence of what is run of it: Debian says that in prose. */
  readonly pool: string;
  readonly license: string;
  /** SHA-256 of the package, as `apt-get download --print-uris NAME:ARCHITECTURE` prints it. */
  readonly sha256: Readonly<Record<Architecture, string>>;
}

/** As `VERSION_ID` of its os-release; scanners look vulnerabilities up by it. */
export const DEBIAN_RELEASE = '13';

const GCC = { version: '14.2.0-19', pool: 'g/gcc-14', license: 'GPL-3.0-or-later WITH GCC-exception-3.1' } as const;

/** What Node.js is linked with, what that depends on, and base-files, which says which release this is. */
export const DEBIAN_PACKAGES: readonly DebianPackage[] = [
  {
    name: 'base-files',
    version: '13.8+deb13u8',
    pool: 'b/base-files',
    license: 'GPL-2.0-or-later',
    sha256: {
      amd64: 'f5a0546098f38bad5843380521781fe7214e5a283d3bed63f79c505545f262af',
      arm64: '893616b7ce203a05a0528652f7d754cc5e3de7e8eff3b396f95383a5b8b1c668',
    },
  },
  {
    ...GCC,
    name: 'gcc-14-base',
    sha256: {
      amd64: '5b6825de4263824b78c4c51f6476414f3b4e89c2ab63e81dc8b9b5501e867cf6',
      arm64: '34ee90679b018c0e64234747a4c4c0ae6b7f63541115037465a8627c2dfbc594',
    },
  },
  {
    ...GCC,
    name: 'libatomic1',
    sha256: {
      amd64: '212b399aae2f7299203d261a57e49372e09565a9a5ea971905f94a3960366c05',
      arm64: '7ccff90234484bf21ae5ecb79d25b6a84b2f4038f65dd139085b2e3a937cd8dc',
    },
  },
  {
    name: 'libc6',
    version: '2.41-12+deb13u5',
    pool: 'g/glibc',
    license: 'LGPL-2.1-or-later',
    sha256: {
      amd64: 'b59b0625cd1a791375d40dab23a4d5d3d0641e3d0a773501becdc3725b7f99cf',
      arm64: '0966fc3da1a26cc57647c68b5736f791b6e7eb498173a7993f63b6c89b4ed4f5',
    },
  },
  {
    ...GCC,
    name: 'libgcc-s1',
    sha256: {
      amd64: '3c71917b490d1a17aed43196a2787a256ecf060526cdb20216a74bedc061b150',
      arm64: '1108bc87879833d6d9a145f22a4a15cddb34e065b4b5f4b97bee586adbac2851',
    },
  },
  {
    ...GCC,
    name: 'libstdc++6',
    sha256: {
      amd64: 'ab1fa05837aa7a92aae748fd07a18a35f7d18bb4a71c4724fe2bbf0e32089de0',
      arm64: '6669b0c52a2e7c6af9adfdabce3ff6e286065cdfbc7b85280862b5f799daebee',
    },
  },
];

/** Mirrors: the first has what is current, the second what was at a moment (a version stays there for good). */
const MIRRORS = ['https://deb.debian.org/debian', 'https://snapshot.debian.org/archive/debian/20261129T000000Z'];

/** The file name of a package. */
export function fileNameOf({ name, version }: DebianPackage, architecture: Architecture): string {
  return `${name}_${version}_${architecture}.deb`;
}

/** Where a package may be fetched from, in this order. */
export function addressesOf(one: DebianPackage, architecture: Architecture): readonly URL[] {
  // A plus stands for itself in a path, but not every mirror takes it so.
  const file = encodeURIComponent(fileNameOf(one, architecture));
  return MIRRORS.map((mirror) => new URL(`${mirror}/pool/main/${one.pool}/${file}`));
}

/** The package as an address that lists of parts have for it. */
export function purlOf({ name, version }: DebianPackage, architecture: Architecture): string {
  const [escapedName, escapedVersion] = [encodeURIComponent(name), encodeURIComponent(version)];
  return `pkg:deb/debian/${escapedName}@${escapedVersion}?arch=${architecture}&distro=debian-${DEBIAN_RELEASE}`;
}
