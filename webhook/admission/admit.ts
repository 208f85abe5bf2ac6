import {
  decide,
  fieldWith,
  NO_ANSWERS,
  type Catalogue,
  type NodeField,
  type PolicyConfig,
  type ReviewRequest,
  type Verdict,
} from '../../shared/index.ts';
import type { LiveReads } from './live-reads.ts';
import { lookupsWithin } from './lookups.ts';

/** What a decision is made with. */
export interface Judges {
  readonly reads: LiveReads;
  readonly config: PolicyConfig;
  readonly catalogue: Catalogue;
  readonly nodes: {
    readonly field: NodeField;
    /** Whether the field has not been heard of for too long at this moment. */
    isStale(now: number): boolean;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A request with its final verdict, and what it was judged by. */
export interface Judged {
  readonly request: ReviewRequest;
  readonly verdict: Verdict;
  readonly now: number;
  /** The nodes, with those that were read for this request. */
  readonly field: NodeField;
  readonly stale: boolean;
}

/** Decides one request within `timeMs`; what cannot be looked up in time is unknown, and the policy's answer to that holds. */
export async function admit(request: ReviewRequest, timeMs: number, judges: Judges): Promise<Judged> {
  const { reads, nodes, config, catalogue } = judges;
  const now = judges.now();
  const { field } = nodes;
  const lookups = lookupsWithin(reads, timeMs);
  try {
    const situation = { now, field, config, catalogue, answers: NO_ANSWERS, live: true };
    const verdict = await decide(request, situation, lookups.fetch);
    return { request, verdict, now, field: fieldWith(field, lookups.fresh), stale: nodes.isStale(now) };
  } finally {
    lookups.end();
  }
}
