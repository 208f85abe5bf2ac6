import { describe, expect, it } from 'vitest';
import { goModuleFiles, linkerFlags } from '../../control-plane/go-modules.ts';
import { BINARIES } from '../../control-plane/versions.ts';

describe('the go.mod of Kubernetes', () => {
  const goMod = goModuleFiles('kubernetes')['go.mod'] ?? '';

  it('requires the release and pins its Go behaviour', () => {
    expect(goMod).toContain('require k8s.io/kubernetes v1.37.2\n');
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
});

it('gives etcd a main package of its own', () => {
  const files = goModuleFiles('etcd');
  expect(files['go.mod']).toContain('require go.etcd.io/etcd/server/v3 v3.7.3\n');
  expect(files['main.go']).toContain('etcdmain.Main(os.Args)');
});

it.each(['kwok', 'helm'] as const)('needs only a go.mod for %s', (name) => {
  expect(Object.keys(goModuleFiles(name))).toEqual(['go.mod']);
});

it('tells Kubernetes programs their version, without which they call themselves v0.0.0', () => {
  for (const binary of BINARIES) {
    const flags = linkerFlags(binary);
    expect(flags).toMatch(/^-s -w/);
    expect(flags.includes('gitVersion=v1.37.2')).toBe(binary.goModule === 'kubernetes');
  }
});
