import { kindsOf } from '../kinds.ts';
import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

const KUBEVELA = kindsOf('core.oam.dev', { Application: 'applications' });

/**
 * KubeVela. It labels what an Application makes, and the objects of its add-ons (oam/labels.go).
 */
export const kubevela: Tool = {
  id: 'kubevela',
  title: 'KubeVela',
  source: 'https://kubevela.io',
  known: 'code',
  patterns: [],
  delivers: [
    { kinds: [KUBEVELA.Application] },
    { kinds: WORKLOADS, labels: { 'app.oam.dev/name': [], 'app.oam.dev/component': [] } },
    { kinds: WORKLOADS, labels: { 'addons.oam.dev/name': [] } },
  ],
};
