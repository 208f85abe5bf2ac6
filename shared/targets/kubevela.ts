import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * KubeVela. Labels what an Application makes (oam/labels.go), and its add-ons by name.
 */
export const kubevela: Tool = {
  id: 'kubevela',
  title: 'KubeVela',
  source: 'https://kubevela.io',
  patterns: [],
  delivers: [
    { kinds: ['core.oam.dev/Application'] },
    { kinds: WORKLOADS, labels: { 'app.oam.dev/name': [], 'app.oam.dev/component': [] } },
    { kinds: WORKLOADS, labels: { 'addons.oam.dev/name': [] } },
  ],
};
