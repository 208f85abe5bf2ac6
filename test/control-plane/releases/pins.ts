/** SHA-256 of files by their paths at the host. */
export type Pins = Readonly<Record<string, string>>;

/**
 * Those of official releases that are known. A path says the version, so a new
 * version has no pin until somebody looks one up. KWOK publishes no checksums: without a pin Go builds it. Those of its
 * programs are what two packagers each (Arch's user repository, a Nix package, a pinned download) have independently;
 * those of its stages are of the files in its Go module, which Go's checksum database vouches for.
 */
export const PINNED: Pins = {
  '/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-amd64':
    'f5a4385a2ae1b9dd7f8acae18e002a75c0ebba124ae9d7259aa8dadb50711f46',
  '/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-arm64':
    '628f7d277860f524a2a775c217adcc58828e7b59ab0933680315784f1b8b0e37',
  '/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-darwin-arm64':
    '69a064ec98d37844d9d742b5b28ff57825659a983ccc3e208daa6948b94d64ba',
  '/kubernetes-sigs/kwok/raw/v0.8.0/kustomize/stage/node/fast/node-initialize.yaml':
    'bb38f752d90248528b579a0ae8f0f660ff3428457eb5c1ebe6345c3246cc7ee5',
  '/kubernetes-sigs/kwok/raw/v0.8.0/kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml':
    '9becfc93321222915bd1ec8ab103fe769afe4b23e1386bf40553deb02e332c9c',
  '/kubernetes-sigs/kwok/raw/v0.8.0/kustomize/stage/pod/fast/pod-ready.yaml':
    '4d04a22c1b9dc6adcd4da90b32ce85687ba0058e15ca1eebcfa7cd64201d4148',
  '/kubernetes-sigs/kwok/raw/v0.8.0/kustomize/stage/pod/fast/pod-complete.yaml':
    '86b800597419abbd7d8c43b0dfc4782643cfcfcfc8ac617f1e79e4e3a68533b2',
  '/kubernetes-sigs/kwok/raw/v0.8.0/kustomize/stage/pod/fast/pod-delete.yaml':
    'a83bc287bfc7a4f1e3748e01761186128a4042e38b304195e984111ce5626cef',
};
