import { messageOf } from '../errors.ts';
import { evaluate, type Situation } from './evaluate.ts';
import { needKey, type Answer, type Need } from './needs.ts';
import type { ReviewRequest } from './request.ts';
import type { Verdict } from './verdict.ts';

/** Fetches what a rule needs. What it throws becomes the answer `unknown`. */
export type FetchNeed = (need: Need) => Promise<Answer>;

/** Rounds of asking: a rule may need a node, then what is on it. More would be a rule that never has enough. */
const MAX_ROUNDS = 3;

/** Decides a request as `evaluate` does, fetching what the rules need until the verdict is final. Never rejects. */
export async function decide(request: ReviewRequest, situation: Situation, fetch: FetchNeed): Promise<Verdict> {
  const answers = new Map(situation.answers);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const verdict = evaluate(request, { ...situation, answers });
    if (verdict.needs.length === 0) return verdict;
    const fetched = await Promise.all(
      verdict.needs.map(async (need) => [needKey(need), await answered(need, fetch)] as const),
    );
    for (const [key, answer] of fetched) answers.set(key, answer);
  }
  return evaluate(request, { ...situation, answers, live: false });
}

async function answered(need: Need, fetch: FetchNeed): Promise<Answer> {
  try {
    return await fetch(need);
  } catch (thrown) {
    return { answer: 'unknown', why: messageOf(thrown) };
  }
}
