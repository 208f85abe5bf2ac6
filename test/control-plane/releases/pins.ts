/** SHA-256 of files by their paths at the host. */
export type Pins = Readonly<Record<string, string>>;

/**
 * Those of official releases that are known. A path says the version, so a new
 * version has no pin until somebody looks one up. KWOK publishes no checksums: without a pin Go builds it. Those of its
 * programs are what two packagers each (Arch's user repository, a Nix package, a pinned download) have independently;
 * those of its stages are of the files in its Go module, which Go's checksum database vouches for. Kubernetes publishes the
 * checksum of each program beside it; for older versions kOps has them, too (its pkg/assets/assetdata), and so they are pinned.
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
  '/release/v1.36.3/bin/linux/amd64/kube-apiserver': '1f217d397234a6d065da663c6e086fdb02c0f0de97a0758ff3e6f3956f4ef8ab',
  '/release/v1.36.3/bin/linux/arm64/kube-apiserver': '16001b9d35d23634c361a1e2b7b0fc7abe186984af697ef7a869c8c8cded78b7',
  '/release/v1.36.3/bin/linux/amd64/kube-controller-manager':
    '7edfe976d5a06c7a702d653e914095f4a732a04bb2139115b6a6eba6a9b781c7',
  '/release/v1.36.3/bin/linux/arm64/kube-controller-manager':
    '27868a5c822824945b93f2d8a724a5dcd99affc68b47230ae766bff8795bbb84',
  '/release/v1.36.3/bin/linux/amd64/kube-scheduler': 'b8955d4518c902110b50a825364339b1fb673822518ce0ba081a69ed634f8eee',
  '/release/v1.36.3/bin/linux/arm64/kube-scheduler': 'ca1c7cd0033942bf9ef7eac80e18375d91f6f29487244c3e685f11163b01a88d',
  '/release/v1.35.4/bin/linux/amd64/kube-apiserver': 'd5fff07e41f6826963254685667cfb3ec354dd676aa697e75c1e973e86d28fc7',
  '/release/v1.35.4/bin/linux/arm64/kube-apiserver': 'ef055372df04d541c84ab8cb6dabfa67c3f5f35e6cbe7642673f94e1ca560cf3',
  '/release/v1.35.4/bin/linux/amd64/kube-controller-manager':
    'be0dc23daaf568c51017ea867707bd38ab36a78a83982bc12af9184e8e370c2c',
  '/release/v1.35.4/bin/linux/arm64/kube-controller-manager':
    '0ba5bc092a1fe68987f2b4ae072146962ed31b73819c1552153894eff67968c0',
  '/release/v1.35.4/bin/linux/amd64/kube-scheduler': 'c796c9e54fc56745b9f50d2aa464d97d10007adc7cf0ba36a9cbf450a6f11770',
  '/release/v1.35.4/bin/linux/arm64/kube-scheduler': 'ad75d09987d28f69d12959b880074ae3d2fedcf7491f5d41d6f23456d822333c',
  '/release/v1.34.4/bin/linux/amd64/kube-apiserver': '9da2739e1cb9981986e181e9104be1863ef1d54c497e3c0232b41e1171582180',
  '/release/v1.34.4/bin/linux/arm64/kube-apiserver': '6920f4b3e83521bc0fa591eb266f462c3c95b2a681f39aa6fea3daf6141882fe',
  '/release/v1.34.4/bin/linux/amd64/kube-controller-manager':
    '089a7b944b1cd46f5e61d12dfe27ff769ebb6c11a1d671cfaae140a4174c039d',
  '/release/v1.34.4/bin/linux/arm64/kube-controller-manager':
    '9c44a983b516eb5741aa1cf9d5c38a0180893fb17bd464bf2f03c84ce000a29d',
  '/release/v1.34.4/bin/linux/amd64/kube-scheduler': 'c21cc43d0d83ae406747587e7f1724f3d4a4f59e6b8095cb443d204a2affc848',
  '/release/v1.34.4/bin/linux/arm64/kube-scheduler': '92d517a8f6e4bb7fc2cb2db790ca78efea34820617ee3b8120f93d9e034aac9a',
  '/release/v1.33.13/bin/linux/amd64/kube-apiserver':
    '734d5d7ca2ad533cff1f705ea44a4b29bf0a515e467ff0678884db10e2461580',
  '/release/v1.33.13/bin/linux/arm64/kube-apiserver':
    'b879d2bbc059bf71da428ad386582bb95e11b1d3a43b6d9451376ddc89e03735',
  '/release/v1.33.13/bin/linux/amd64/kube-controller-manager':
    '99a6d7cd64a8ad58fea91cbda78ed2051f64c984b82e81e9fdea50a09b63c23c',
  '/release/v1.33.13/bin/linux/arm64/kube-controller-manager':
    '31238044e9ddad1e83af405eee7a22ba514f62863192a338854e15026a605214',
  '/release/v1.33.13/bin/linux/amd64/kube-scheduler':
    '9137677bc5459cb7c39edd13b8eaf9c94b6534934f3636985633b691dc482ded',
  '/release/v1.33.13/bin/linux/arm64/kube-scheduler':
    'bb6c1d2a563761c04b38968011d44da1818073e7c1538d215e1d0cccccff8e93',
  '/release/v1.32.13/bin/linux/amd64/kube-apiserver':
    '02d8dfd91bd567f962bd41037a9658a5ceb7eae9fb841eb147b1090da1cc9602',
  '/release/v1.32.13/bin/linux/arm64/kube-apiserver':
    '7391dffe8c60bd9988e63d7a4f5f107a366dea529f750e5a84aab882f236bc37',
  '/release/v1.32.13/bin/linux/amd64/kube-controller-manager':
    '475223ea82ecaa1d8c602bc4533d9084bd2ebfa268946ad878c1f1574164cf7a',
  '/release/v1.32.13/bin/linux/arm64/kube-controller-manager':
    '74b6b88dc79a2cc5ca1d2a78cd03f5afb97194cf35f165e249e31868f66e625e',
  '/release/v1.32.13/bin/linux/amd64/kube-scheduler':
    'f28eae8144413156dd28c1758f148fc55732ab07b2f485599a8ca1340fe10b50',
  '/release/v1.32.13/bin/linux/arm64/kube-scheduler':
    'e95526e3cadd1ebbef2cf5c5ea7a3a68fa02979265e9f334819fa8448de34f56',
};
