import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Sveltos. Annotates what it applies with the way of deployment (handlers_utils.go).
 */
export const sveltos: Tool = {
  id: 'sveltos',
  title: 'Sveltos',
  source: 'https://projectsveltos.io',
  patterns: [],
  delivers: [
    {
      kinds: [
        'config.projectsveltos.io/ClusterProfile',
        'config.projectsveltos.io/ClusterSummary',
        'config.projectsveltos.io/Profile',
      ],
    },
    { kinds: WORKLOADS, annotations: { 'projectsveltos.io/deploymenttype': [] } },
    { kinds: WORKLOADS, annotations: { 'projectsveltos.io/clustersummary': [] } },
  ],
};
