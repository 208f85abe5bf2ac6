import { execFileSync } from 'node:child_process';
import type { ProvidedContext } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the control plane that tests run, for example `1.37.2`: asked of its API server's program. */
    readonly kubernetes: string;
  }
}

export type KubernetesVersion = ProvidedContext['kubernetes'];

/** What the program says about itself: `Kubernetes v1.37.2`. */
export function versionOf(apiServer: string): KubernetesVersion {
  return execFileSync(apiServer, ['--version'], { encoding: 'utf8' })
    .trim()
    .replace(/^Kubernetes v/, '');
}

/** Whether a version is this minor one or newer. */
export function isAtLeast(version: KubernetesVersion, minor: number): boolean {
  return Number(version.split('.')[1]) >= minor;
}
