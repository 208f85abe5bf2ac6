import type { Binary, GoModuleName } from './versions.ts';
import { GO_VERSION, KUBERNETES_VERSION, REQUIRED_MODULES } from './versions.ts';

/**
 * `k8s.io/kubernetes` requires its staging modules as v0.0.0 and replaces them by folders of its own tree. A module that
 * requires it from outside has to name their published versions. Modules with versions of their own (utils, klog,
 * kube-openapi, gengo) do not belong here.
 */
const STAGING_MODULES: readonly string[] = [
  'api',
  'apiextensions-apiserver',
  'apimachinery',
  'apiserver',
  'cli-runtime',
  'client-go',
  'cloud-provider',
  'cluster-bootstrap',
  'code-generator',
  'component-base',
  'component-helpers',
  'controller-manager',
  'cri-api',
  'cri-client',
  'cri-streaming',
  'csi-translation-lib',
  'dynamic-resource-allocation',
  'endpointslice',
  'externaljwt',
  'kms',
  'kube-aggregator',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubectl',
  'kubelet',
  'metrics',
  'mount-utils',
  'pod-security-admission',
  'sample-apiserver',
  'streaming',
];

/** Etcd's server module has no main package that may be installed from outside, so it gets this one. */
const ETCD_MAIN = `package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
`;

/** The files (name → text) of the small Go module in which the binaries of one kind are built. */
export function goModuleFiles(name: GoModuleName): Readonly<Record<string, string>> {
  const files = { 'go.mod': goMod(name) };
  return name === 'etcd' ? { ...files, 'main.go': ETCD_MAIN } : files;
}

function goMod(name: GoModuleName): string {
  const lines = [`module kubectl-maint.io/control-plane/${name}`, `go ${GO_VERSION}.0`];
  if (name === 'kubernetes') lines.push(`godebug default=go${GO_VERSION}`);
  lines.push(`require ${REQUIRED_MODULES[name]}`);
  if (name === 'kubernetes') {
    const staging = KUBERNETES_VERSION.replace(/^1\./, 'v0.');
    lines.push(`replace (\n${STAGING_MODULES.map((m) => `\tk8s.io/${m} => k8s.io/${m} ${staging}`).join('\n')}\n)`);
  }
  return lines.join('\n\n') + '\n';
}

/** `-ldflags`: no debug information (a third of the size), and the version that the program says it has. */
export function linkerFlags(binary: Binary): string {
  if (binary.goModule === 'helm') return `-s -w -X helm.sh/helm/v4/internal/version.version=v${binary.version}`;
  if (binary.goModule === 'krew') return `-s -w -X sigs.k8s.io/krew/internal/version.gitTag=v${binary.version}`;
  if (binary.goModule !== 'kubernetes') return '-s -w';
  const [major, minor] = binary.version.split('.');
  const base = 'k8s.io/component-base/version';
  return [
    '-s -w',
    `-X ${base}.gitVersion=v${binary.version}`,
    `-X ${base}.gitMajor=${major ?? ''}`,
    `-X ${base}.gitMinor=${minor ?? ''}`,
    `-X k8s.io/client-go/pkg/version.gitVersion=v${binary.version}`,
  ].join(' ');
}
