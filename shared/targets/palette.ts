import { kindsOf } from '../kinds.ts';
import { WORKLOADS, scanRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const PALETTE = kindsOf('cluster.spectrocloud.com', {
  Audit: 'audits',
  ClusterProfile: 'clusterprofiles',
  Pack: 'packs',
  SpectroCluster: 'spectroclusters',
});

/**
 * Palette. Its scans are reported by Audit objects (documented as `audits.cluster.spectrocloud.com`, from which the kind is
 * inferred) and run the scanners of this catalogue, which are known by themselves. It delivers add-ons as packs.
 */
export const palette: Tool = {
  id: 'palette',
  title: 'Palette',
  source: 'https://docs.spectrocloud.com',
  known: 'documentation',
  patterns: [
    scanRoot({
      what: 'Palette audit',
      match: { kinds: [PALETTE.Audit] },
      afterDenial: 'failed',
    }),
  ],
  delivers: [
    {
      kinds: [PALETTE.ClusterProfile, PALETTE.Pack, PALETTE.SpectroCluster],
    },
    { kinds: WORKLOADS, annotations: { 'cluster.spectrocloud.com/last-applied-hash': [] } },
  ],
};
