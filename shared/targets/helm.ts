import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Helm. It writes a label and annotations on everything of a release (action/validate.go). Other tools install by Helm too,
 * so it comes last among them.
 */
export const helm: Tool = {
  id: 'helm',
  title: 'Helm',
  source: 'https://helm.sh',
  known: 'manifests',
  patterns: [],
  delivers: [
    {
      kinds: WORKLOADS,
      labels: { 'app.kubernetes.io/managed-by': ['Helm'] },
      annotations: { 'meta.helm.sh/release-name': [] },
    },
    { kinds: WORKLOADS, labels: { 'app.kubernetes.io/managed-by': ['Helm'] } },
    { kinds: WORKLOADS, annotations: { 'helm.sh/hook': [] } },
  ],
};
