import { messageOf } from '../errors.ts';
import { evaluateSubjects, type Situation } from './evaluate.ts';
import { needKey, type Answer, type Need } from './needs.ts';
import type { ReviewRequest } from './request.ts';
import { subjectsFrom } from './subjects.ts';
import type { Verdict } from './verdict.ts';

/** Fetches what a rule needs. What it throws becomes the answer `unknown`. */
export type FetchNeed = (need: Need) => Promise<Answer>;

/** Rounds of asking: a rule may need a node, then what is on it. More would be a rule that never has enough. */
const MAX_ROUNDS = 3;

/**
 * What one request may ask for in all: real work asks for some three things. The rest would be a burst of reads that keeps
 * others waiting; the request is then decided as where nothing can be found out. 200 requests at once that all ask for
 * so much are some 5,000 reads that wait, with at most 4 kB of selector each.
 */
const MAX_NEEDS = 24;

/**
 * Decides a request as `evaluate` does, fetching what the rules need until the verdict is final. Rejects only where the
 * signal says that nobody waits for it any more: with the signal's reason, and without a further look.
 */
export async function decide(
  request: ReviewRequest,
  situation: Situation,
  fetch: FetchNeed,
  unwanted?: AbortSignal,
): Promise<Verdict> {
  const answers = new Map(situation.answers);
  const subjects = subjectsFrom(request, situation.catalogue);
  let verdict = evaluateSubjects(subjects, { ...situation, answers });
  for (let round = 0; round < MAX_ROUNDS && verdict.needs.length > 0; round += 1) {
    const isTooMuch = answers.size + verdict.needs.length > MAX_NEEDS;
    const fetched = await Promise.all(
      verdict.needs.map(async (need) => [needKey(need), isTooMuch ? TOO_MUCH : await answered(need, fetch)] as const),
    );
    unwanted?.throwIfAborted();
    for (const [key, answer] of fetched) answers.set(key, answer);
    verdict = evaluateSubjects(subjects, { ...situation, answers });
  }
  // Never a silent allow: what is still open is unknown, and the rule's configured answer holds.
  for (const need of verdict.needs) answers.set(needKey(need), { answer: 'unknown', why: 'it changed all the time' });
  return verdict.needs.length === 0 ? verdict : evaluateSubjects(subjects, { ...situation, answers, live: false });
}

const TOO_MUCH: Answer = { answer: 'unknown', why: `it depends on more than ${MAX_NEEDS} other objects or lists` };

async function answered(need: Need, fetch: FetchNeed): Promise<Answer> {
  try {
    return await fetch(need);
  } catch (thrown) {
    return { answer: 'unknown', why: messageOf(thrown) };
  }
}
