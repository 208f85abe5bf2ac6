import { execFileSync } from 'node:child_process';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the control plane that tests run, for example `1.37.2`: asked of its API server's program. */
    readonly kubernetes: string;
  }
}

/** `37` of `1.37.2`. */
export function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

/** What the program says about itself: `Kubernetes v1.37.2`. */
export function versionOf(apiServer: string): string {
  const said = execFileSync(apiServer, ['--version'], { encoding: 'utf8' });
  return said.trim().replace(/^Kubernetes v/, '');
}
