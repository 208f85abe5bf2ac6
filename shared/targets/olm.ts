import { kindsOf } from '../kinds.ts';
import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

const OLM = kindsOf('operators.coreos.com', {
  ClusterServiceVersion: 'clusterserviceversions',
  InstallPlan: 'installplans',
  Subscription: 'subscriptions',
});

/**
 * OLM. It labels what belongs to an operator with the operator's owner (ownerutil/util.go).
 */
export const olm: Tool = {
  id: 'olm',
  title: 'Operator Lifecycle Manager',
  source: 'https://olm.operatorframework.io',
  known: 'manifests',
  patterns: [],
  delivers: [
    {
      kinds: [OLM.ClusterServiceVersion, OLM.InstallPlan, OLM.Subscription],
    },
    { kinds: WORKLOADS, labels: { 'olm.owner': [] } },
    { kinds: WORKLOADS, labels: { 'olm.managed': ['true'] } },
  ],
};
