import { kindsOf } from '../kinds.ts';
import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

const FLEET = kindsOf('fleet.cattle.io', {
  Bundle: 'bundles',
  BundleDeployment: 'bundledeployments',
  GitRepo: 'gitrepos',
  HelmOp: 'helmops',
});

/**
 * Fleet. The agent annotates what it deploys with the bundle (helmdeployer/deployer.go).
 */
export const fleet: Tool = {
  id: 'fleet',
  title: 'Rancher Fleet',
  source: 'https://fleet.rancher.io',
  known: 'code',
  patterns: [],
  delivers: [
    {
      kinds: [FLEET.Bundle, FLEET.BundleDeployment, FLEET.GitRepo, FLEET.HelmOp],
    },
    { kinds: WORKLOADS, annotations: { 'fleet.cattle.io/bundle-id': [] } },
  ],
};
