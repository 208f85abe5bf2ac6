import { CONNECTION_FLAGS } from '../../command-line/connection.ts';
import type { FlagTable } from '../../command-line/flag.ts';
import type { ClusterFlags } from '../../session/connect.ts';

/** `kubectl maint attach` */
export interface AttachOperation {
  readonly verb: 'attach';
  readonly cluster: ClusterFlags;
  /** Undefined: the context's; empty: every namespace. */
  readonly namespace: string | undefined;
  /** What is followed: one Job, every one that has not ended; or none: they are listed. */
  readonly follows: { readonly job: string } | 'all' | 'none';
}

/** The flags of `attach`. */
export const FLAGS = {
  ...CONNECTION_FLAGS,
  namespace: { ...CONNECTION_FLAGS.namespace, describe: "Where the Jobs are; by default the context's namespace" },
  'all-namespaces': { ...CONNECTION_FLAGS['all-namespaces'], describe: 'The Jobs of every namespace' },
  all: {
    kind: 'switch',
    default: false,
    describe: 'Follow every one that has not ended, each line with its Job before it',
  },
} as const satisfies FlagTable;
