import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Crossplane. A Release is installed by Helm and carries Helm's marks; providers are packages (provider-helm).
 */
export const crossplane: Tool = {
  id: 'crossplane',
  title: 'Crossplane',
  source: 'https://crossplane.io',
  patterns: [],
  delivers: [
    { kinds: ['helm.crossplane.io/Release', 'pkg.crossplane.io/Provider'] },
    { kinds: WORKLOADS, owners: ['pkg.crossplane.io/ProviderRevision'] },
  ],
};
