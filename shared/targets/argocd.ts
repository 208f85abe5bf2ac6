import { kindsOf } from '../kinds.ts';
import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

const ARGOCD = kindsOf('argoproj.io', { Application: 'applications', ApplicationSet: 'applicationsets' });

/**
 * Argo CD. The tracking annotation names the Application (common.go). Its other way of tracking, the label
 * `app.kubernetes.io/instance`, is everybody's and proves nothing.
 */
export const argocd: Tool = {
  id: 'argocd',
  title: 'Argo CD',
  source: 'https://argo-cd.readthedocs.io',
  known: 'manifests',
  patterns: [],
  delivers: [
    { kinds: [ARGOCD.Application, ARGOCD.ApplicationSet] },
    { kinds: WORKLOADS, annotations: { 'argocd.argoproj.io/tracking-id': [] } },
  ],
};
