import { DATA_MODES, type DataMode, type Preparation } from './preparation.ts';

/** Nodes without Longhorn have no such object. */
const NODE = { object: 'nodes.longhorn.io/$(NODE)', namespace: 'longhorn-system', optional: true };

/** Longhorn labels its replicas with the name of their node (longhorn-manager types.LonghornNodeKey). */
const REPLICAS_HERE = 'replicas.longhorn.io -n longhorn-system -l longhornnode=$(NODE) --for=delete';

/**
 * How long the drain waits for replicas: 500 GiB at the 100 MiB a second that one rebuild comes to take 85 minutes, and a node
 * has several. `--timeout` bounds it as well.
 */
const TIMEOUT = '4h';

const NO_NEW_REPLICAS = { name: 'no-new-replicas', patch: { ...NODE, merge: { spec: { allowScheduling: false } } } };
const SAFE = { name: 'data-is-safe', safe: 'longhorn', timeout: TIMEOUT };

const STEPS: Readonly<Record<DataMode, readonly object[]>> = {
  keep: [NO_NEW_REPLICAS],
  ensure: [NO_NEW_REPLICAS, SAFE],
  evacuate: [
    { name: 'move-replicas', patch: { ...NODE, merge: { spec: { allowScheduling: false, evictionRequested: true } } } },
    { name: 'replicas-have-left', wait: REPLICAS_HERE, timeout: TIMEOUT },
    SAFE,
  ],
};

/** Longhorn (https://longhorn.io): no new replica comes to the node, and what becomes of those on it `--data` says. */
export const longhorn: Preparation = {
  id: 'longhorn',
  about: 'Longhorn places no new replica on the node; with --data it waits for those on it, or moves them off',
  dataModes: DATA_MODES,
  hooks: ({ data }) => [{ name: 'longhorn', at: 'before-drain', steps: STEPS[data] }],
};
