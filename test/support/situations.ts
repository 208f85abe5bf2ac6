import { CATALOGUE, DEFAULT_POLICY, NO_ANSWERS, type NodeFactsIndex, type Situation } from '../../shared/index.ts';

/** What a decision of the built-in policy depends on, by the nodes alone unless said otherwise. */
export function situationWith(now: number, nodeIndex: NodeFactsIndex, more: Partial<Situation> = {}): Situation {
  return { now, nodeIndex, config: DEFAULT_POLICY, catalogue: CATALOGUE, answers: NO_ANSWERS, live: false, ...more };
}
