import { kindsOf } from '../kinds.ts';
import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

const HELM = kindsOf('helm.crossplane.io', { Release: 'releases' });
const PKG = kindsOf('pkg.crossplane.io', { Provider: 'providers', ProviderRevision: 'providerrevisions' });

/**
 * Crossplane. A Release is installed by Helm and carries Helm's marks; providers are packages (provider-helm).
 */
export const crossplane: Tool = {
  id: 'crossplane',
  title: 'Crossplane',
  source: 'https://crossplane.io',
  known: 'manifests',
  patterns: [],
  delivers: [{ kinds: [HELM.Release, PKG.Provider] }, { kinds: WORKLOADS, owners: [PKG.ProviderRevision] }],
};
