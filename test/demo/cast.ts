import { listAt, textAt } from '../../shared/facts/json.ts';

/** Who plays in the story: names that differ between a cluster that is made for it and one that is somebody's. */
export interface Cast {
  /** The node that goes into maintenance, and one that does not. */
  readonly node: string;
  readonly other: string;
  readonly namespaces: { readonly shop: string; readonly logging: string; readonly velero: string };
  /** How many pods the shop has. */
  readonly shopPods: number;
  /** Flags of `kubectl maint on` and `off`, and of what is created to be judged. */
  readonly onFlags: readonly string[];
  readonly offFlags: readonly string[];
  readonly createFlags: readonly string[];
  /** The update of the log collector, as arguments of kubectl, and the version that one of its pods has. */
  readonly update: readonly string[];
  readonly versionColumn: string;
  version(pod: unknown): string;
}

const NEW_IMAGE = 'fluent/fluent-bit:3.2';

/** For a cluster of fake nodes that is made for the story: everything really happens there. */
export const OWN_CAST: Cast = {
  node: 'worker-2',
  other: 'worker-3',
  namespaces: { shop: 'shop', logging: 'logging', velero: 'velero' },
  shopPods: 12,
  onFlags: [],
  offFlags: ['--healthy-for', '3s'],
  createFlags: [],
  update: ['set', 'image', 'daemonset/fluent-bit', `fluent-bit=${NEW_IMAGE}`, '-n', 'logging'],
  versionColumn: 'IMAGE:.spec.containers[0].image',
  version: (pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image') ?? '',
};

/** Label of everything that the story makes in somebody's cluster. */
export const DEMO_LABEL = 'kubectl-maint-demo';
/** On whose behalf the node is in maintenance there. */
export const DEMO_OWNER = 'kubectl-maint-demo';

/**
 * For somebody's cluster: only pods of the story are moved, backups and scans are dry runs, and the claim is the story's
 * own.
 */
export function guestCast(node: string, other: string): Cast {
  const logging = `${DEMO_LABEL}-logging`;
  const label = JSON.stringify({ spec: { template: { metadata: { labels: { version: '2' } } } } });
  return {
    node,
    other,
    namespaces: { shop: `${DEMO_LABEL}-shop`, logging, velero: `${DEMO_LABEL}-velero` },
    shopPods: 12,
    onFlags: ['--owner', DEMO_OWNER, '--pod-selector', DEMO_LABEL],
    offFlags: ['--owner', DEMO_OWNER, '--healthy-for', '3s'],
    createFlags: ['--dry-run=server'],
    update: ['patch', 'daemonset/fluent-bit', '-n', logging, '-p', label],
    versionColumn: 'VERSION:.metadata.labels.version',
    version: (pod) => textAt(pod, 'metadata', 'labels', 'version') ?? '',
  };
}
