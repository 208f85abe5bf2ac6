import { kindsOf } from '../kinds.ts';
import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

const SVELTOS = kindsOf('config.projectsveltos.io', {
  ClusterProfile: 'clusterprofiles',
  ClusterSummary: 'clustersummaries',
  Profile: 'profiles',
});

/**
 * Sveltos. It annotates what it applies with the way in which it was deployed (handlers_utils.go).
 */
export const sveltos: Tool = {
  id: 'sveltos',
  title: 'Sveltos',
  source: 'https://projectsveltos.io',
  known: 'code',
  patterns: [],
  delivers: [
    {
      kinds: [SVELTOS.ClusterProfile, SVELTOS.ClusterSummary, SVELTOS.Profile],
    },
    { kinds: WORKLOADS, annotations: { 'projectsveltos.io/deploymenttype': [] } },
    { kinds: WORKLOADS, annotations: { 'projectsveltos.io/clustersummary': [] } },
  ],
};
