import {
  clean,
  collectionPath,
  isForbidden,
  isNotFound,
  podsPath,
  renderDuration,
  textAt,
  timeAt,
  type PodFacts,
} from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { followCollection, type FollowPorts } from '../session/live-collection.ts';
import type { ServedVersions } from '../session/served.ts';
import { causeOf, type Cause } from './cause.ts';
import { podName } from './plan.ts';

/** What KubeVirt does with the machines of pods that are to go. */
export interface Migrations {
  /** How far it has moved the machine of a pod, which it is followed for from now on; undefined where nothing tells. */
  of(pod: PodFacts): MigrationCause | undefined;
}

/** Why a machine's pod is still there. */
export interface MigrationCause extends Cause {
  /** Changes with what happens, and not with the time. */
  readonly step: string;
}

/** Where nothing is moved by anybody. */
export const NO_MIGRATIONS: Migrations = { of: () => undefined };

/** What following migrations needs. */
export interface MigrationsPorts {
  readonly cluster: FollowPorts['cluster'];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly served: () => Promise<ServedVersions>;
  /** Hears once that the caller may not read them. */
  readonly note: (text: string) => void;
}

const [GROUP, VERSION, PLURAL] = ['kubevirt.io', 'kubevirt.io/v1', 'virtualmachineinstancemigrations'];

/** On the pod of a machine (kubevirt.io/api core/v1 DomainAnnotation): the name of the machine, which its label cuts short. */
const MACHINE = 'kubevirt.io/domain';
/** On the pod that a machine moves to (MigrationJobLabel): the UID of its migration. */
const TARGET_OF = 'kubevirt.io/migrationJobUID';

/** KubeVirt tries again after 5 minutes at most: what failed longer ago than twice that, in ms, is not about this drain. */
const FAILED_COUNTS_MS = 600_000;

/** A VirtualMachineInstanceMigration that is under way, or has failed. */
interface Migration {
  readonly uid: string;
  readonly machine: string;
  readonly phase: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly targetNode: string | undefined;
  readonly failure: string | undefined;
}

/** The pod that a machine moves to. */
interface TargetPod {
  readonly migration: string;
  readonly node: string;
}

/** What is followed in one namespace. */
interface InNamespace {
  /** Rejects where migrations may not be read. */
  readonly first: Promise<unknown>;
  /** The latest migration of a machine. */
  readonly latest: (machine: string) => Migration | undefined;
  /** The node that a migration goes to; undefined while its pod is not there, empty while that has no node. */
  readonly target: (migration: string) => string | undefined;
}

/**
 * Follows KubeVirt's migrations, in each namespace with a machine that is asked about, until the signal aborts; none where the
 * cluster has no KubeVirt.
 */
export function followMigrations(ports: MigrationsPorts): Migrations {
  const byNamespace = new Map<string, InNamespace | undefined>();
  let isTold = false;
  const forbidden = (thrown: unknown): void => {
    if (isNotFound(thrown) || isTold) return;
    isTold = true;
    const why = isForbidden(thrown) ? `you may not list ${PLURAL}.${GROUP}` : `${PLURAL}.${GROUP} could not be listed`;
    ports.note(`how far KubeVirt has moved a machine is not seen: ${why}`);
  };
  const follow = async (namespace: string): Promise<void> => {
    const served = await ports.served();
    if (served?.has(VERSION) !== true || ports.signal.aborted) return;
    const found = followNamespace(namespace, ports);
    found.first.catch(forbidden);
    byNamespace.set(namespace, found);
  };
  return {
    of: (pod) => {
      const machine = machineOf(pod);
      if (machine === undefined) return undefined;
      if (!byNamespace.has(pod.namespace)) {
        byNamespace.set(pod.namespace, undefined);
        follow(pod.namespace).catch(forbidden);
      }
      const found = byNamespace.get(pod.namespace);
      return found && causeFrom(pod, found.latest(machine), found, ports.clock.now());
    },
  };
}

function followNamespace(namespace: string, { cluster, clock, signal }: MigrationsPorts): InNamespace {
  const path = collectionPath(`${VERSION}/${PLURAL}`, namespace);
  const pods = { path: podsPath(namespace), query: { labelSelector: TARGET_OF } };
  // Sorted anew after a change only: many machines of a namespace ask at once.
  let latest: ReadonlyMap<string, Migration> | undefined;
  let targets: ReadonlyMap<string, string> | undefined;
  const migrations = followCollection(
    { path, project: migrationFromObject, hear: () => void (latest = undefined), signal },
    { cluster, clock },
  );
  const targetPods = followCollection(
    { ...pods, project: targetFromObject, hear: () => void (targets = undefined), signal },
    { cluster, clock },
  );
  // Where a migration goes stands in itself, too, in the end.
  targetPods.first.catch(() => undefined);
  return {
    first: migrations.first,
    latest: (machine) => (latest ??= latestOf(migrations.all())).get(machine),
    target: (migration) =>
      (targets ??= new Map(targetPods.all().map((one) => [one.migration, one.node]))).get(migration),
  };
}

/** Undefined for a pod that runs no machine. */
function machineOf({ labels, work }: PodFacts): string | undefined {
  return labels.get('kubevirt.io') === 'virt-launcher' ? work.annotations.get(MACHINE) : undefined;
}

/** Of those that ended well nothing is kept. Where a migration goes stands in it only when it has ended (virt-controller). */
function migrationFromObject(object: unknown): Migration | undefined {
  const phase = textAt(object, 'status', 'phase') ?? '';
  if (phase === 'Succeeded') return undefined;
  return {
    uid: textAt(object, 'metadata', 'uid') ?? '',
    machine: textAt(object, 'spec', 'vmiName') ?? '',
    phase,
    createdAt: timeAt(object, 'metadata', 'creationTimestamp') ?? 0,
    startedAt: timeAt(object, 'status', 'migrationState', 'startTimestamp'),
    endedAt: timeAt(object, 'status', 'migrationState', 'endTimestamp'),
    targetNode: textAt(object, 'status', 'migrationState', 'targetNode'),
    failure: textAt(object, 'status', 'migrationState', 'failureReason'),
  };
}

function targetFromObject(object: unknown): TargetPod {
  return {
    migration: textAt(object, 'metadata', 'labels', TARGET_OF) ?? '',
    node: textAt(object, 'spec', 'nodeName') ?? '',
  };
}

/** By their machines. */
function latestOf(all: readonly Migration[]): ReadonlyMap<string, Migration> {
  return new Map([...all].sort((a, b) => a.createdAt - b.createdAt).map((one) => [one.machine, one]));
}

/** Longest reason of a failure that is told, in characters. */
const MAX_REASON = 120;

/** Pure; `now` is ms since the epoch. */
function causeFrom(
  pod: PodFacts,
  migration: Migration | undefined,
  { target }: Pick<InNamespace, 'target'>,
  now: number,
): MigrationCause | undefined {
  const when = migration && whenOf(migration, now);
  if (migration === undefined || when === undefined) return undefined;
  const node = migration.targetNode ?? target(migration.uid) ?? '';
  const step = [migration.phase || 'Pending', ...(node === '' ? [] : [`to node ${node}`])].join(', ');
  return { ...causeOf('moving', `KubeVirt is moving it: ${step}, ${when}`), key: `moving ${podName(pod)}`, step };
}

/** For how long it goes on, or when it failed and why; undefined where that is long ago. */
function whenOf({ phase, createdAt, startedAt, endedAt, failure }: Migration, now: number): string | undefined {
  if (phase !== 'Failed') return `for ${renderDuration(now - (startedAt ?? createdAt))}`;
  const ago = now - (endedAt ?? createdAt);
  const why = failure === undefined ? '' : ` (${clean(failure, MAX_REASON)})`;
  return ago > FAILED_COUNTS_MS ? undefined : `${renderDuration(ago)} ago${why}`;
}
