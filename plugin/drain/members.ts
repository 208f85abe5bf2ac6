import { conditionAt, isFinished, podFromObject, textAt, type PodFacts } from '../../shared/index.ts';

/** How the pods of a replicated database tell what they are, by their labels. */
export interface MemberLabels {
  /** Labels that every member has from its beginning; an empty value stands for any. */
  readonly has: Readonly<Record<string, string>>;
  /** Label whose value tells the databases of a namespace apart. */
  readonly cluster: string;
  /** Label that says who takes writes, and its values for that one; left out where no member is more than another. */
  readonly role?: { readonly label: string; readonly primary: readonly string[] };
}

/** Databases that are replicated by a system of their own. */
export interface ReplicatedSystem {
  /** What people call it. */
  readonly title: string;
  readonly members: MemberLabels;
}

/** A pod that keeps a copy of a database, as far as its turn needs to know it. */
export interface Member {
  readonly uid: string;
  readonly name: string;
  /** `CloudNativePG shop/main`: tells one database from all others. */
  readonly database: string;
  readonly isPrimary: boolean;
  readonly isReady: boolean;
  /** Somebody has asked for its deletion. */
  readonly isLeaving: boolean;
  /** The whole pod, while the scheduler finds no node for it. */
  readonly unplaced: PodFacts | undefined;
}

/** One way in which databases are replicated. */
export interface Replication {
  /** Label selector of its pods. */
  readonly selector: string;
  /** The database of such a pod; undefined where it belongs to none. */
  readonly databaseOf: (pod: PodFacts) => string | undefined;
  readonly isPrimary: (pod: PodFacts) => boolean;
}

/** The label selector of a system's pods, as a query takes it. */
export function memberSelector({ has }: MemberLabels): string {
  return Object.entries(has)
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(',');
}

/** How a system's databases are replicated, by its labels. */
export function replicationOf({ title, members }: ReplicatedSystem): Replication {
  const { has, cluster, role } = members;
  const isMember = ({ labels }: PodFacts): boolean =>
    Object.entries(has).every(([key, value]) => (value === '' ? labels.has(key) : labels.get(key) === value));
  return {
    selector: memberSelector(members),
    databaseOf: (pod) => {
      const name = pod.labels.get(cluster);
      return name === undefined || !isMember(pod) ? undefined : `${title} ${pod.namespace}/${name}`;
    },
    isPrimary: ({ labels }) => role?.primary.includes(labels.get(role.label) ?? '') === true,
  };
}

/** What operators and agents of databases call the member that takes writes, and the others; in whatever case. */
const PRIMARY_ROLES: readonly string[] = ['primary', 'master', 'leader'];
const OTHER_ROLES: readonly string[] = [
  'replica',
  'secondary',
  'slave',
  'follower',
  'standby',
  'sync_standby',
  'standby_leader',
];

/**
 * A StatefulSet is a replicated database where pods of it carry a role (a label whose key ends with `role`, as that of Redis'
 * and MySQL's operators and of Patroni does). A pod that was just made has none yet, and is a member all the same.
 */
const STATEFUL_SETS: Replication = {
  // Its controller sets it on every pod (k8s pkg/controller/statefulset).
  selector: 'statefulset.kubernetes.io/pod-name',
  databaseOf: ({ namespace, controller }) =>
    controller?.groupKind === 'apps/StatefulSet' ? `StatefulSet ${namespace}/${controller.name}` : undefined,
  isPrimary: (pod) => rolesOf(pod).some((role) => PRIMARY_ROLES.includes(role)),
};

function rolesOf({ labels }: PodFacts): readonly string[] {
  return [...labels].filter(([key]) => /role$/i.test(key)).map(([, value]) => value.toLowerCase());
}

function hasRole(pod: PodFacts): boolean {
  return rolesOf(pod).some((role) => PRIMARY_ROLES.includes(role) || OTHER_ROLES.includes(role));
}

/** How the database of a pod is replicated; undefined where it keeps no copy of one. */
export function replicationOfPod(pod: PodFacts, systems: readonly Replication[]): Replication | undefined {
  const system = systems.find(({ databaseOf }) => databaseOf(pod) !== undefined);
  return system ?? (STATEFUL_SETS.databaseOf(pod) !== undefined && hasRole(pod) ? STATEFUL_SETS : undefined);
}

/** A Pod object as a member; undefined where it is none, or has ended. */
export function memberFromObject(object: unknown, replication: Replication): Member | undefined {
  const pod = podFromObject(object);
  const member = pod && memberFrom(pod, replication);
  const isUnschedulable = textAt(conditionAt(object, 'PodScheduled'), 'reason') === 'Unschedulable';
  return member && { ...member, unplaced: isUnschedulable ? pod : undefined };
}

/** A pod that has a node, as a member; undefined where it is none, or has ended. */
export function memberFrom(pod: PodFacts, { databaseOf, isPrimary }: Replication): Member | undefined {
  const database = databaseOf(pod);
  if (database === undefined || isFinished(pod)) return undefined;
  return {
    uid: pod.uid,
    name: pod.name,
    database,
    isPrimary: isPrimary(pod),
    isReady: pod.ready && pod.deletedAt === undefined,
    isLeaving: pod.deletedAt !== undefined,
    unplaced: undefined,
  };
}
