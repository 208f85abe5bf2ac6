import { clean, fieldsAt, numberAt, renderDuration, textAt } from '../../../shared/index.ts';
import { isLeaving, isStaying, labelOf, namedObject, nodeOf, podsLabelled } from './objects.ts';
import { dataLoss, notice, type DataFinding, type DataObjects, type DataSystem, type Leaving } from './system.ts';

const GROUP = 'ceph.rook.io';

/** Ceph as Rook runs it (rook pkg/apis/ceph.rook.io/v1; OSD labels in pkg/operator/ceph/cluster/osd/labels.go). */
export const rookCeph: DataSystem = {
  name: 'rook-ceph',
  title: 'Ceph',
  group: GROUP,
  kinds: {
    clusters: {
      group: GROUP,
      versions: ['v1'],
      plural: 'cephclusters',
      fields: [
        'metadata.namespace',
        'metadata.name',
        'spec.disruptionManagement.osdMaintenanceTimeout',
        'status.ceph.health',
        'status.ceph.details',
      ],
    },
    osds: podsLabelled('app=rook-ceph-osd'),
  },
  refuses: 'OSDs of a second failure domain would be down; OSDs go while the cluster says that copies are missing',
  warns: 'OSDs go while the cluster is not healthy for another reason; it lasts longer than Rook keeps noout',
  find,
};

function find({ clusters = [], osds = [] }: DataObjects, leaving: Leaving): readonly DataFinding[] {
  return clusters.flatMap((cluster) => {
    const namespace = textAt(cluster, 'metadata', 'namespace');
    const own = osds.filter((osd) => textAt(osd, 'metadata', 'namespace') === namespace);
    return own.some((osd) => isLeaving(osd, leaving)) ? aboutCluster(cluster, own, leaving) : [];
  });
}

function aboutCluster(cluster: unknown, osds: readonly unknown[], leaving: Leaving): readonly DataFinding[] {
  const about = [namedObject(cluster)];
  const gone = domainsOf(osds.filter((osd) => !isStaying(osd, leaving)));
  const isDownAlready = osds.some((osd) => !isLeaving(osd, leaving) && !isStaying(osd, leaving));
  const second =
    gone.length > 1
      ? dataLoss(`OSDs of ${gone.length} failure domains would be down at once (${gone.join(', ')})`, about)
      : [];
  return [...second, ...ofHealth(cluster, isDownAlready), ...ofNoout(cluster, leaving)];
}

/** The parts of the cluster of which one may be away: hosts, racks or zones, as its pools have it. */
function domainsOf(osds: readonly unknown[]): readonly string[] {
  const domains = osds.map(
    (osd) => labelOf(osd, 'failure-domain') || labelOf(osd, 'topology-location-host') || nodeOf(osd),
  );
  return [...new Set(domains.filter((domain) => domain !== undefined))]
    .map((domain) => clean(domain, MAX_DOMAIN))
    .sort();
}

/** A label's value has as many characters at most. */
const MAX_DOMAIN = 63;

/** Health checks that say that data is out of reach, damaged, or about to be (Ceph's own names). */
const AT_RISK = /^(?:PG_AVAILABILITY|PG_DAMAGED|PG_BACKFILL_FULL|PG_RECOVERY_FULL|OBJECT_UNFOUND|OSD_FULL|POOL_FULL)$/;

/** Those that say that copies are missing, as they are while OSDs are down, and until all is copied again. */
const COPIES_MISSING = /^(?:PG_DEGRADED|OSD_(?:\w+_)?DOWN)$/;

/**
 * Copies may be missing because OSDs of the failure domain that goes are down already: to take the rest of it is what a
 * failure domain is for, and what the second run of an `on` does. That they are of no other one is found out beside this.
 */
function ofHealth(cluster: unknown, isDownAlready: boolean): readonly DataFinding[] {
  const health = textAt(cluster, 'status', 'ceph', 'health') ?? 'unknown';
  if (health === 'HEALTH_OK') return [];
  const codes = Object.keys(fieldsAt(cluster, 'status', 'ceph', 'details')).sort();
  const isAtRisk =
    health !== 'HEALTH_WARN' ||
    codes.some((code) => AT_RISK.test(code) || (!isDownAlready && COPIES_MISSING.test(code)));
  const text = clean(`the cluster is not healthy: ${[health, ...codes].join(' ')}`, MAX_HEALTH);
  return (isAtRisk ? dataLoss : notice)(text, [namedObject(cluster)]);
}

/** Some ten codes. */
const MAX_HEALTH = 200;

/** Rook's own default, in minutes (DisruptionManagementSpec OSDMaintenanceTimeout). */
const NOOUT_MINUTES = 30;

function ofNoout(cluster: unknown, { lastsMs }: Leaving): readonly DataFinding[] {
  const given = numberAt(cluster, 'spec', 'disruptionManagement', 'osdMaintenanceTimeout') ?? 0;
  const nooutMs = (given > 0 ? given : NOOUT_MINUTES) * 60_000;
  if (lastsMs === undefined || lastsMs <= nooutMs) return [];
  const text = `it lasts longer than Rook keeps noout (${renderDuration(nooutMs)}): Ceph copies the data of these OSDs elsewhere then`;
  return notice(text, [namedObject(cluster)]);
}
