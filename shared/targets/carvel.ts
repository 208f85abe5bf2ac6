import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Carvel. kapp labels everything of an app (app_template.go).
 */
export const carvel: Tool = {
  id: 'carvel',
  title: 'Carvel kapp-controller',
  source: 'https://carvel.dev/kapp-controller',
  patterns: [],
  delivers: [
    { kinds: ['kappctrl.k14s.io/App', 'packaging.carvel.dev/PackageInstall'] },
    { kinds: WORKLOADS, labels: { 'kapp.k14s.io/app': [] } },
  ],
};
