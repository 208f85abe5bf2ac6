import type { ClusterFlags } from '../../session/connect.ts';

/** A word that may stand next, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly about?: string;
}

/** Where the candidates for the word that is being typed come from. `typed` is that word, or its part behind `--flag=`. */
export type Wanted = { readonly typed: string } & (
  | { readonly from: 'list'; readonly candidates: readonly Candidate[]; readonly directive: number }
  /** The shell knows files best. */
  | { readonly from: 'files' }
  /** Nodes other than the given ones, each with the TYPE/ that is being typed; those in maintenance only, or all. */
  | { readonly from: 'nodes'; readonly onlyHeld: boolean; readonly given: readonly string[]; readonly type: string }
  /** Owners of claims on the given nodes; on all, where none is given. */
  | { readonly from: 'owners'; readonly given: readonly string[] }
  | { readonly from: 'kubeconfig'; readonly what: KubeconfigNames }
);

/** What a kubeconfig names. */
export type KubeconfigNames = 'contexts' | 'clusters' | 'users';

/** What an unfinished command line may go on with. */
export interface CompleteOperation {
  readonly verb: 'complete';
  readonly wanted: Wanted;
  /** Undefined where the words before cannot be read. */
  readonly cluster: ClusterFlags | undefined;
}
