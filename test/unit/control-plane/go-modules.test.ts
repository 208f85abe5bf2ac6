import { describe, expect, it } from 'vitest';
import { goModuleFiles, linkerFlags } from '../../control-plane/go-modules.ts';

describe('the go.mod of the control plane', () => {
  const files = goModuleFiles('control-plane');
  const goMod = files['go.mod'] ?? '';

  it('requires the releases and pins their Go behaviour', () => {
    expect(goMod).toContain('\tk8s.io/kubernetes v1.37.2\n');
    expect(goMod).toContain('\tgo.etcd.io/etcd/server/v3 v3.7.3\n');
    expect(goMod).toContain('\tsigs.k8s.io/kwok v0.8.0\n');
    expect(goMod).toContain('go 1.26.0\n');
    expect(goMod).toContain('godebug default=go1.26\n');
  });

  it('replaces every staging module by its published version, and no module that has versions of its own', () => {
    const replaced = [...goMod.matchAll(/^\tk8s\.io\/(\S+) => k8s\.io\/(\S+) v0\.37\.2$/gm)];
    expect(replaced).toHaveLength(31);
    expect(replaced.every(([, from, to]) => from === to)).toBe(true);
    const names = replaced.map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const own of ['utils', 'klog', 'kube-openapi', 'gengo']) expect(names).not.toContain(own);
  });

  it('gives etcd a main package of its own', () => {
    expect(files['etcd/main.go']).toContain('etcdmain.Main(os.Args)');
  });
});

it.each(['krew', 'helm'] as const)('needs only a go.mod for %s', (name) => {
  expect(Object.keys(goModuleFiles(name))).toEqual(['go.mod']);
});

it.each([
  ['control-plane', 'k8s.io/component-base/version.gitVersion=v1.37.2'],
  ['helm', 'internal/version.version=v4.3.1'],
  ['krew', 'internal/version.gitTag=v0.4.4'],
] as const)('tells the programs of %s their version, without which they call themselves v0.0.0', (name, version) => {
  expect(linkerFlags(name)).toMatch(/^-s -w -X /);
  expect(linkerFlags(name)).toContain(version);
});
