import type { DrainFlags } from '../../plugin/drain/options.ts';

/** The flags of a drain as `on` has them by default, but for what a test says. */
export function drainFlags(more: Partial<DrainFlags> = {}): DrainFlags {
  return {
    force: false,
    ignoreDaemonSets: true,
    deleteEmptyDirData: false,
    gracePeriodSeconds: -1,
    podSelector: undefined,
    disableEviction: false,
    skipWaitForDeleteSeconds: 0,
    ...more,
  };
}
