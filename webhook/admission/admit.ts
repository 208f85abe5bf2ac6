import {
  decide,
  indexWith,
  NO_ANSWERS,
  type Catalogue,
  type NodeFactsIndex,
  type PolicyConfig,
  type ReviewRequest,
  type Verdict,
} from '../../shared/index.ts';
import type { LiveReads } from './live-reads.ts';
import { lookupsWithin } from './lookups.ts';

/** What a decision is made with. */
export interface AdmissionPorts {
  readonly reads: LiveReads;
  readonly config: PolicyConfig;
  readonly catalogue: Catalogue;
  readonly nodes: {
    readonly nodeIndex: NodeFactsIndex;
    /** Whether the nodes have not been heard of for too long at this moment. */
    isStale(now: number): boolean;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A request with its final verdict, and what it was decided by. */
export interface AdmittedReview {
  readonly request: ReviewRequest;
  readonly verdict: Verdict;
  readonly now: number;
  /** The nodes, with those that were read for this request. */
  readonly nodeIndex: NodeFactsIndex;
  readonly stale: boolean;
}

/** What a call leaves for its decision. */
export interface Patience {
  /** Milliseconds from now on. */
  readonly timeMs: number;
  /** Aborts when whoever asked has gone. */
  readonly gone: AbortSignal;
}

/**
 * Decides one request; what cannot be looked up in time is unknown, and the policy's answer to that holds. Rejects with the
 * signal's reason once whoever asked has gone: nothing is read or decided for nobody.
 */
export async function admit(
  request: ReviewRequest,
  patience: Patience,
  ports: AdmissionPorts,
): Promise<AdmittedReview> {
  const { reads, nodes, config, catalogue } = ports;
  const now = ports.now();
  const { nodeIndex } = nodes;
  const lookups = lookupsWithin(reads, patience);
  try {
    const situation = { now, nodeIndex, config, catalogue, answers: NO_ANSWERS, live: true };
    const verdict = await decide(request, situation, lookups.fetch, patience.gone);
    return { request, verdict, now, nodeIndex: indexWith(nodeIndex, lookups.fresh), stale: nodes.isStale(now) };
  } finally {
    lookups.end();
  }
}
