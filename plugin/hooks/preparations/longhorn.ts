import type { Preparation } from './preparation.ts';

/** Nodes without Longhorn have no such object. */
const NODE = { object: 'nodes.longhorn.io/$(NODE)', namespace: 'longhorn-system', optional: true };

/** Longhorn (https://longhorn.io): its replicas stay where they are. */
export const longhorn: Preparation = {
  id: 'longhorn',
  about: 'Longhorn places no new replica on the node',
  hooks: () => [
    {
      name: 'longhorn',
      at: 'before-drain',
      steps: [{ name: 'no-new-replicas', patch: { ...NODE, merge: { spec: { allowScheduling: false } } } }],
    },
  ],
};

/**
 * The same, and its replicas move to other nodes. The drain waits for them: Longhorn keeps a disruption budget on its instance
 * manager while a replica is there.
 */
export const longhornEvacuate: Preparation = {
  id: 'longhorn-evacuate',
  about: 'Longhorn moves all replicas off the node',
  hooks: () => [
    {
      name: 'longhorn-evacuate',
      at: 'before-drain',
      steps: [
        {
          name: 'move-replicas',
          patch: { ...NODE, merge: { spec: { allowScheduling: false, evictionRequested: true } } },
        },
      ],
    },
  ],
};
