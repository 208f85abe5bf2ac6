import { listAt, numberAt, renderDuration, textAt } from '../../../shared/index.ts';
import { conditionStatus } from './objects.ts';
import { dataLoss, notice, type DataFinding, type DataObjects, type DataSystem, type Leaving } from './system.ts';

const GROUP = 'piraeus.io';

/**
 * LINSTOR as Piraeus runs it (piraeus-operator api/v1). Where replicas are stands in LINSTOR's own database, which it keeps
 * as objects unless told otherwise (linstor-server dbdrivers/k8s/crd): the fields are the same in each of these versions.
 */
export const linstor: DataSystem = {
  name: 'linstor',
  title: 'LINSTOR',
  group: GROUP,
  kinds: {
    satellites: {
      group: GROUP,
      versions: ['v1'],
      plural: 'linstorsatellites',
      fields: ['metadata.name', 'status.conditions'],
    },
    resources: {
      group: 'internal.linstor.linbit.com',
      versions: ['v1-33-1', 'v1-31-1', 'v1-27-1', 'v1-25-1', 'v1-19-1'],
      plural: 'resources',
      fields: ['spec.node_name', 'spec.resource_name', 'spec.snapshot_name', 'spec.resource_flags'],
      isOptional: true,
    },
    clusters: {
      group: GROUP,
      versions: ['v1'],
      plural: 'linstorclusters',
      fields: ['metadata.name', 'spec.properties'],
      isOptional: true,
    },
  },
  refuses:
    'the last replica of a resource on a satellite that is Available is on the nodes; or some other satellite is not, and where replicas are may not be read',
  warns: 'it lasts longer than LINSTOR waits before it evicts a satellite, where it does',
  find,
};

function find({ satellites = [], resources, clusters = [] }: DataObjects, leaving: Leaving): readonly DataFinding[] {
  const here = satellites.map(nameOf).filter((name) => leaving.nodes.has(name));
  if (here.length === 0) return [];
  const others = satellites.filter((satellite) => !leaving.nodes.has(nameOf(satellite)));
  const available = others.filter(
    (one) => !leaving.out.has(nameOf(one)) && conditionStatus(one, 'Available') === 'True',
  );
  const silent = others.filter((one) => !available.includes(one)).map(nameOf);
  return [
    ...(resources === undefined
      ? dataLoss('other satellites are not Available, and where replicas are could not be read', named(silent))
      : ofReplicas(resources, inCapitals(here), inCapitals(available.map(nameOf)))),
    ...ofEviction(clusters, leaving),
  ];
}

/** LINSTOR writes names in capitals, where they are keys. */
function inCapitals(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toUpperCase()));
}

function nameOf(object: unknown): string {
  return textAt(object, 'metadata', 'name') ?? '';
}

function named(names: readonly string[]) {
  return [...names].sort().map((name) => ({ name }));
}

function ofReplicas(
  resources: readonly unknown[],
  here: ReadonlySet<string>,
  available: ReadonlySet<string>,
): readonly DataFinding[] {
  const replicas = resources.filter(isReplica);
  const on = (nodes: ReadonlySet<string>): ReadonlySet<string> =>
    new Set(replicas.filter((one) => nodes.has(textAt(one, 'spec', 'node_name') ?? '')).map(resourceOf));
  const kept = on(available);
  const last = [...on(here)].filter((name) => !kept.has(name));
  return dataLoss('the last replica on a satellite that is Available goes', named(last));
}

function resourceOf(object: unknown): string {
  return textAt(object, 'spec', 'resource_name') ?? '';
}

/** Flags of what is no copy of the data: DELETE, DISKLESS (which tie-breakers are), INACTIVE, DRBD_DELETE (Resource.Flags). */
const NO_COPY = (1 << 1) | (1 << 2) | (1 << 10) | (1 << 18);

function isReplica(object: unknown): boolean {
  const isSnapshot = (textAt(object, 'spec', 'snapshot_name') ?? '') !== '';
  return !isSnapshot && ((numberAt(object, 'spec', 'resource_flags') ?? 0) & NO_COPY) === 0;
}

/** LINSTOR's own default, in minutes: of its older versions, newer ones wait for 720 (ReconnectorTask). */
const EVICTED_AFTER_MINUTES = 60;

/** Piraeus switches this eviction off, unless a property of the cluster switches it on (pkg/vars/defaults.go). */
function ofEviction(clusters: readonly unknown[], { lastsMs }: Leaving): readonly DataFinding[] {
  return clusters.flatMap((cluster) => {
    const properties = listAt(cluster, 'spec', 'properties');
    const value = (name: string): string | undefined =>
      textAt(
        properties.find((one) => textAt(one, 'name') === `DrbdOptions/${name}`),
        'value',
      );
    const afterMs = Number(value('AutoEvictAfterTime') ?? EVICTED_AFTER_MINUTES) * 60_000;
    const isOn = value('AutoEvictAllowEviction')?.toLowerCase() === 'true';
    if (!isOn || lastsMs === undefined || !(lastsMs > afterMs)) return [];
    const text = `it may last longer than LINSTOR waits (${renderDuration(afterMs)}) before it evicts the satellite and places its replicas elsewhere`;
    return notice(text, named([nameOf(cluster)]));
  });
}
