import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Flux. Its controllers label what they apply with the request's name (helm-controller common_renderer.go).
 */
export const flux: Tool = {
  id: 'flux',
  title: 'Flux',
  source: 'https://fluxcd.io',
  patterns: [],
  delivers: [
    { kinds: ['helm.toolkit.fluxcd.io/HelmRelease', 'kustomize.toolkit.fluxcd.io/Kustomization'] },
    {
      kinds: [
        'source.toolkit.fluxcd.io/GitRepository',
        'source.toolkit.fluxcd.io/HelmRepository',
        'source.toolkit.fluxcd.io/OCIRepository',
      ],
    },
    { kinds: WORKLOADS, labels: { 'helm.toolkit.fluxcd.io/name': [] } },
    { kinds: WORKLOADS, labels: { 'kustomize.toolkit.fluxcd.io/name': [] } },
  ],
};
