import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * OLM. Labels what belongs to an operator with its owner (ownerutil/util.go).
 */
export const olm: Tool = {
  id: 'olm',
  title: 'Operator Lifecycle Manager',
  source: 'https://olm.operatorframework.io',
  patterns: [],
  delivers: [
    {
      kinds: [
        'operators.coreos.com/ClusterServiceVersion',
        'operators.coreos.com/InstallPlan',
        'operators.coreos.com/Subscription',
      ],
    },
    { kinds: WORKLOADS, labels: { 'olm.owner': [] } },
    { kinds: WORKLOADS, labels: { 'olm.managed': ['true'] } },
  ],
};
