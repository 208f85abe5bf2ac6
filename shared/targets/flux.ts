import { kindsOf } from '../kinds.ts';
import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

const HELM = kindsOf('helm.toolkit.fluxcd.io', { HelmRelease: 'helmreleases' });
const KUSTOMIZE = kindsOf('kustomize.toolkit.fluxcd.io', { Kustomization: 'kustomizations' });
const SOURCE = kindsOf('source.toolkit.fluxcd.io', {
  GitRepository: 'gitrepositories',
  HelmRepository: 'helmrepositories',
  OCIRepository: 'ocirepositories',
});

/**
 * Flux. Its controllers label what they apply with the request's name (helm-controller common_renderer.go).
 */
export const flux: Tool = {
  id: 'flux',
  title: 'Flux',
  source: 'https://fluxcd.io',
  known: 'manifests',
  patterns: [],
  delivers: [
    { kinds: [HELM.HelmRelease, KUSTOMIZE.Kustomization] },
    {
      kinds: [SOURCE.GitRepository, SOURCE.HelmRepository, SOURCE.OCIRepository],
    },
    { kinds: WORKLOADS, labels: { 'helm.toolkit.fluxcd.io/name': [] } },
    { kinds: WORKLOADS, labels: { 'kustomize.toolkit.fluxcd.io/name': [] } },
  ],
};
