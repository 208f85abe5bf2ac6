import type { Preparation } from './preparation.ts';

/** As long as the placement groups are not active and clean, its health is another one. */
const HEALTHY = "cephclusters.ceph.rook.io -A --all --for=jsonpath='{.status.ceph.health}'=HEALTH_OK";

/**
 * Rook with Ceph (https://rook.io): no node is drained while another is missing from the cluster, and whoever goes on to the
 * next node does so when this one is back in it.
 */
export const rook: Preparation = {
  id: 'rook',
  about: 'Rook: the drain begins when all Ceph clusters are HEALTH_OK, and the return ends when they are again',
  hooks: () => [
    { name: 'rook', at: 'before-drain', steps: [{ name: 'healthy', wait: HEALTHY, timeout: '10m' }] },
    { name: 'rook-return', at: 'after-return', steps: [{ name: 'healthy-again', wait: HEALTHY, timeout: '1h' }] },
  ],
};
