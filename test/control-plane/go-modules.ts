import type { GoModuleName } from './versions.ts';
import { GO_VERSION, HELM_VERSION, KREW_VERSION, KUBERNETES_VERSION, REQUIRED_MODULES } from './versions.ts';

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

/** Those that only older versions require: it is named and not built, see the tag `providerless`. */
const FORMER_STAGING_MODULES: readonly string[] = ['legacy-cloud-providers'];

/** Of these a module proxy may have no release of that version: the one before it, of the same minor version, takes its place. */
const STAND_INS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '1.32.13': { endpointslice: 'v0.32.12' },
  '1.31.14': { endpointslice: 'v0.31.13', 'kube-controller-manager': 'v0.31.13', 'kube-scheduler': 'v0.31.13' },
};

/** Etcd's server module has no main package that may be installed from outside, so it gets this one. */
const ETCD_MAIN = `package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
`;

/** The files (path → text) of the small Go module in which binaries are built together. */
export function goModuleFiles(name: GoModuleName): Readonly<Record<string, string>> {
  const files = { 'go.mod': goMod(name) };
  return name === 'control-plane' ? { ...files, 'etcd/main.go': ETCD_MAIN } : files;
}

/** The go.mod in which the programs of an older Kubernetes are built: a control plane takes the others from that of today. */
export function olderGoMod(version: string): string {
  const modules = [...STAGING_MODULES, ...FORMER_STAGING_MODULES];
  const required = block('require', [`k8s.io/kubernetes v${version}`]);
  return [...head(`kubernetes-${version}`), required, staging(version, modules)].join('\n\n') + '\n';
}

function goMod(name: GoModuleName): string {
  const required = block('require', REQUIRED_MODULES[name]);
  const lines =
    name === 'control-plane'
      ? [...head(name), required, staging(KUBERNETES_VERSION)]
      : [`module kubectl-maint.io/programs/${name}`, `go ${GO_VERSION}.0`, required];
  return lines.join('\n\n') + '\n';
}

function head(name: string): readonly string[] {
  return [`module kubectl-maint.io/programs/${name}`, `go ${GO_VERSION}.0`, `godebug default=go${GO_VERSION}`];
}

function staging(version: string, modules = STAGING_MODULES): string {
  return block('replace', stagingReplaces(version, modules));
}

/**
 * What whoever requires `k8s.io/kubernetes` of a version has to replace. Those that it does not have yet, or no longer, are
 * required by nobody.
 */
export function stagingReplaces(version: string, modules = STAGING_MODULES): readonly string[] {
  const published = (module: string) => STAND_INS[version]?.[module] ?? version.replace(/^1\./, 'v0.');
  return modules.map((module) => `k8s.io/${module} => k8s.io/${module} ${published(module)}`);
}

function block(directive: string, lines: readonly string[]): string {
  return `${directive} (\n${lines.map((line) => `\t${line}`).join('\n')}\n)`;
}

/**
 * `-ldflags`: no debug information (a third of the size), and the versions that the programs say they have. A variable
 * that a program does not have is ignored, so that etcd and KWOK can be linked by the same command as Kubernetes.
 */
export function linkerFlags(name: GoModuleName): string {
  return linkedWith(VERSIONS[name]);
}

/** The same for an older Kubernetes. */
export function olderLinkerFlags(version: string): string {
  return linkedWith(kubernetesVersions(version));
}

/** The same with other variables. */
export function linkedWith(variables: Readonly<Record<string, string>>): string {
  return ['-s -w', ...Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`)].join(' ');
}

function kubernetesVersions(version: string): Readonly<Record<string, string>> {
  const [major = '', minor = ''] = version.split('.');
  return {
    'k8s.io/component-base/version.gitVersion': `v${version}`,
    'k8s.io/component-base/version.gitMajor': major,
    'k8s.io/component-base/version.gitMinor': minor,
    'k8s.io/client-go/pkg/version.gitVersion': `v${version}`,
  };
}

const VERSIONS: Readonly<Record<GoModuleName, Readonly<Record<string, string>>>> = {
  'control-plane': kubernetesVersions(KUBERNETES_VERSION),
  helm: { 'helm.sh/helm/v4/internal/version.version': `v${HELM_VERSION}` },
  krew: { 'sigs.k8s.io/krew/internal/version.gitTag': `v${KREW_VERSION}` },
};
