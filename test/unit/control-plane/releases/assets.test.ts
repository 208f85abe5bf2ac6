import { describe, expect, it } from 'vitest';
import { assetOf, platformOf, publishedChecksum, stageAsset } from '../../../control-plane/releases/assets.ts';
import { PINNED } from '../../../control-plane/releases/pins.ts';
import { STAGE_FILES } from '../../../control-plane/stages.ts';
import {
  BINARIES,
  KUBERNETES_VERSION,
  KWOK_VERSION,
  NODE_PROGRAMS,
  OLDER_VERSIONS,
} from '../../../control-plane/versions.ts';

const PLATFORMS = [
  ['linux', 'amd64'],
  ['linux', 'arm64'],
  ['darwin', 'arm64'],
  ['darwin', 'amd64'],
] as const;

describe('what official releases have', () => {
  it.each([
    ['linux', 'amd64', ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'etcd', 'kwok']],
    ['linux', 'arm64', ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'etcd', 'kwok']],
    ['darwin', 'arm64', ['kubectl', 'kwok']],
    ['darwin', 'amd64', ['kubectl']],
  ] as const)('for %s/%s', (os, arch, names) => {
    const there = BINARIES.filter((binary) => assetOf(binary, { os, arch }, PINNED) !== undefined);
    expect(there.map(({ name }) => name)).toEqual(names);
  });

  it.each(PLATFORMS)('is at the official hosts and can be verified, for %s/%s', (os, arch) => {
    for (const binary of [...BINARIES, ...NODE_PROGRAMS]) {
      const asset = assetOf(binary, { os, arch }, PINNED);
      if (asset === undefined) continue;
      expect(asset.path).toContain(`/v${binary.version}/`);
      expect(JSON.stringify(asset.checksum)).toMatch(
        /"published":"\/.*(\.sha256|\/SHA256SUMS)"|"pinned":"[0-9a-f]{64}"/,
      );
    }
  });

  it('are all stages of kwok', () => {
    expect(STAGE_FILES.filter((path) => stageAsset(path, PINNED) === undefined)).toEqual([]);
  });

  it('is pinned for versions that are in use alone', () => {
    const used = [KUBERNETES_VERSION, ...OLDER_VERSIONS, KWOK_VERSION].map((version) => `/v${version}/`);
    expect(Object.keys(PINNED).filter((path) => !used.some((version) => path.includes(version)))).toEqual([]);
  });

  it('is nothing that nobody can vouch for', () => {
    expect(assetOf({ name: 'kwok', version: '9.9.9' }, { os: 'linux', arch: 'amd64' }, PINNED)).toBeUndefined();
  });
});

it.each([
  ['linux', 'x64', { os: 'linux', arch: 'amd64' }],
  ['darwin', 'arm64', { os: 'darwin', arch: 'arm64' }],
  ['linux', 's390x', undefined],
  ['win32', 'x64', undefined],
])('%s on %s is %o', (system, processor, platform) => {
  expect(platformOf(system, processor)).toEqual(platform);
});

const HASH = 'a'.repeat(64);

it.each([
  ['alone', HASH, HASH],
  ['alone, with the end of a line', `${HASH.toUpperCase()}\n`, HASH],
  ['in a list', `${'b'.repeat(64)}  etcd.zip\n${HASH}  etcd.tar.gz\n`, HASH],
  ['in a list of binary files', `${HASH} *etcd.tar.gz`, HASH],
  ['in a list without it', `${HASH}  etcd.zip\n`, undefined],
  ['that is none', 'not found', undefined],
  ['that is too short', HASH.slice(1), undefined],
  ['in an empty text', '', undefined],
])('a checksum %s', (_name, text, expected) => {
  expect(publishedChecksum(text, '/v1/etcd.tar.gz')).toBe(expected);
});
