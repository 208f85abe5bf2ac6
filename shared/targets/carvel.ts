import { kindsOf } from '../kinds.ts';
import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

const KAPP = kindsOf('kappctrl.k14s.io', { App: 'apps' });
const PACKAGING = kindsOf('packaging.carvel.dev', { PackageInstall: 'packageinstalls' });

/**
 * Carvel. kapp labels everything of an app (app_template.go).
 */
export const carvel: Tool = {
  id: 'carvel',
  title: 'Carvel kapp-controller',
  source: 'https://carvel.dev/kapp-controller',
  known: 'code',
  patterns: [],
  delivers: [{ kinds: [KAPP.App, PACKAGING.PackageInstall] }, { kinds: WORKLOADS, labels: { 'kapp.k14s.io/app': [] } }],
};
