/** A kind of object, as tools and rules name it. */
export interface Kind {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** `group/Kind`, by which kinds are compared: `velero.io/Backup`, `/Pod`. */
  readonly groupKind: string;
  /** Plural name as in URLs; undefined for kinds of the configuration, of which only the API server knows it. */
  readonly resource: string | undefined;
}

/** A kind of which it is known under which name the API server serves it. */
export interface ServedKind extends Kind {
  readonly resource: string;
}

/** Kinds of one API group, by their names, from each one's plural name as in URLs. */
export function kindsOf<const Name extends string>(
  group: string,
  plurals: Readonly<Record<Name, string>>,
): Readonly<Record<Name, ServedKind>>;
export function kindsOf(
  group: string,
  plurals: Readonly<Record<string, string>>,
): Readonly<Record<string, ServedKind>> {
  const entries = Object.entries(plurals);
  return Object.fromEntries(
    entries.map(([kind, resource]) => [kind, { group, kind, groupKind: `${group}/${kind}`, resource }]),
  );
}

/** Kubernetes' own kinds that run or prepare work, and the node. */
export const KUBERNETES = {
  ...kindsOf('', { Node: 'nodes', PersistentVolumeClaim: 'persistentvolumeclaims', Pod: 'pods', Secret: 'secrets' }),
  ...kindsOf('apps', {
    DaemonSet: 'daemonsets',
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
  }),
  ...kindsOf('batch', { CronJob: 'cronjobs', Job: 'jobs' }),
};

const OWN_KINDS: ReadonlyMap<string, Kind> = new Map(Object.values(KUBERNETES).map((kind) => [kind.groupKind, kind]));

/** A kind from `group/Kind`, as a configuration names it. */
export function kindFromText(groupKind: string): Kind {
  const slash = groupKind.indexOf('/');
  const [group, kind] = [groupKind.slice(0, slash), groupKind.slice(slash + 1)];
  return OWN_KINDS.get(groupKind) ?? { group, kind, groupKind, resource: undefined };
}

/** Whether a kind belongs to a tool, and not to Kubernetes itself. */
export function isOwnKind({ group }: Kind): boolean {
  return !['', 'apps', 'batch'].includes(group);
}

/** Whether an object, or an owner, is of one of some kinds. */
export function isOfKind({ groupKind }: Pick<Kind, 'groupKind'>, kinds: readonly Kind[]): boolean {
  return kinds.some((kind) => kind.groupKind === groupKind);
}

/** Each kind once, sorted by `group/Kind`. */
export function distinctKinds(kinds: readonly Kind[]): readonly Kind[] {
  const byName = new Map(kinds.map((kind) => [kind.groupKind, kind]));
  return [...byName.values()].sort((a, b) => (a.groupKind < b.groupKind ? -1 : 1));
}

/** Where the API server serves a kind in one version: `group/version/resource`, as objectPath takes it. */
export function resourceIn({ group, resource }: ServedKind, version: string): string {
  return `${group}/${version}/${resource}`;
}
