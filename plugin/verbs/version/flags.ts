import type { ClusterFlags } from '../../session/connect.ts';

/** `kubectl maint version` */
export interface VersionOperation {
  readonly verb: 'version';
  readonly cluster: ClusterFlags;
  readonly format: 'text' | 'json' | 'yaml';
  /** No cluster is asked. */
  readonly clientOnly: boolean;
}
