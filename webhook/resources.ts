/** Where the API server serves a kind. */
export interface Resource {
  readonly group: string;
  /** Plural name as in URLs. */
  readonly resource: string;
}

/**
 * Plural resource names by `group/Kind`, for every kind that the catalogue names and the workloads of Kubernetes.
 * A registration names resources, a tool names kinds, and only the running API server could translate; a test holds
 * this table and the catalogue against each other.
 */
export const RESOURCES: ReadonlyMap<string, Resource> = new Map(
  [
    { group: '', kind: 'Pod', resource: 'pods' },
    { group: 'batch', kind: 'Job', resource: 'jobs' },
    { group: 'apps', kind: 'DaemonSet', resource: 'daemonsets' },
    { group: 'apps', kind: 'Deployment', resource: 'deployments' },
    { group: 'apps', kind: 'ReplicaSet', resource: 'replicasets' },
    { group: 'apps', kind: 'StatefulSet', resource: 'statefulsets' },
    { group: 'k8up.io', kind: 'Archive', resource: 'archives' },
    { group: 'k8up.io', kind: 'Backup', resource: 'backups' },
    { group: 'k8up.io', kind: 'Check', resource: 'checks' },
    { group: 'k8up.io', kind: 'Prune', resource: 'prunes' },
    { group: 'k8up.io', kind: 'Restore', resource: 'restores' },
    { group: 'velero.io', kind: 'Backup', resource: 'backups' },
    { group: 'velero.io', kind: 'PodVolumeBackup', resource: 'podvolumebackups' },
    { group: 'velero.io', kind: 'PodVolumeRestore', resource: 'podvolumerestores' },
    { group: 'velero.io', kind: 'Restore', resource: 'restores' },
  ].map(({ group, kind, resource }) => [`${group}/${kind}`, { group, resource }]),
);
