import { replicationOf, type Replication } from '../../drain/members.ts';
import { cloudNativePg } from './cloudnative-pg.ts';
import { crunchyPgo } from './crunchy-pgo.ts';
import { eck } from './eck.ts';
import { kubevirt } from './kubevirt.ts';
import { linstor } from './linstor.ts';
import { longhorn } from './longhorn.ts';
import { rookCeph } from './rook-ceph.ts';
import { strimzi } from './strimzi.ts';
import type { DataSystem } from './system.ts';
import { zalandoPostgres } from './zalando-postgres.ts';

/** Every system that is asked, storage before what is kept on it. A new one is one file and one line here. */
export const DATA_SYSTEMS: readonly DataSystem[] = [
  longhorn,
  rookCeph,
  linstor,
  cloudNativePg,
  zalandoPostgres,
  crunchyPgo,
  strimzi,
  eck,
  kubevirt,
];

/** How those of them that replicate databases do so, for the drain. */
export const REPLICATIONS: readonly Replication[] = DATA_SYSTEMS.flatMap(({ title, members }) =>
  members === undefined ? [] : [replicationOf({ title, members })],
);
