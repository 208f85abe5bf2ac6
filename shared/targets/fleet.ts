import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Fleet. The agent annotates what it deploys with the bundle (helmdeployer/deployer.go).
 */
export const fleet: Tool = {
  id: 'fleet',
  title: 'Rancher Fleet',
  source: 'https://fleet.rancher.io',
  patterns: [],
  delivers: [
    {
      kinds: [
        'fleet.cattle.io/Bundle',
        'fleet.cattle.io/BundleDeployment',
        'fleet.cattle.io/GitRepo',
        'fleet.cattle.io/HelmOp',
      ],
    },
    { kinds: WORKLOADS, annotations: { 'fleet.cattle.io/bundle-id': [] } },
  ],
};
