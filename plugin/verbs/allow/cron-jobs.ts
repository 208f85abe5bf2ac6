import { messageOf, isForbidden } from '../../../shared/index.ts';
import {
  denyingRules,
  nameOfMaker,
  refusedCronJobs,
  wakeCronJobs,
  type CronJobAfter,
} from '../../kept-off/cron-jobs.ts';
import type { ChangedExceptions } from '../../nodes/exceptions.ts';
import type { MakerEvent } from '../../kept-off/kept-off.ts';
import { readMakerEvents } from '../../kept-off/maker-events.ts';
import { WOKEN_ANNOTATION } from '../../kept-off/wake.ts';
import { recordOf } from '../../nodes/mark.ts';
import type { Trial } from './text.ts';
import type { Session } from '../../session/session.ts';

/** What was granted on a node, and what the API server said to it. */
export interface Tried {
  readonly changed: ChangedExceptions;
  readonly trials: readonly Trial[];
}

/**
 * Wakes the CronJobs whose refused runs may pass now: after each refusal their controller pauses for longer, and would sleep
 * through a short exception. Gives what becomes of those of each node. Never rejects: `tell` hears what is not known.
 */
export async function wakeAllowedCronJobs(
  tried: readonly Tried[],
  session: Session,
  tell: (text: string) => void,
): Promise<ReadonlyMap<string, readonly CronJobAfter[]>> {
  const passing = tried.map(({ changed, trials }) => ({ changed, rules: passingRules(changed, trials) }));
  const nodes = passing.filter(({ rules }) => rules.length > 0);
  if (nodes.length === 0) return new Map();
  let makers: readonly MakerEvent[];
  try {
    makers = await readMakerEvents(session.cluster);
  } catch (thrown) {
    tell(`CronJobs that were refused are not told to make up for their latest run: ${whyNot(thrown)}; ${BY_HAND}`);
    return new Map();
  }
  const byNode = new Map(
    nodes.map(({ changed, rules }) => {
      const since = recordOf(changed.node)?.initiatedAt ?? '';
      const about = makers.filter(({ message }) => {
        const denying = denyingRules(message);
        return denying.length > 0 && denying.every((rule) => rules.includes(rule));
      });
      return [changed.node.facts.name, refusedCronJobs([{ node: changed.node.facts.name, since }], about)] as const;
    }),
  );
  const each = new Map([...byNode.values()].flat().map((event) => [nameOfMaker(event), event]));
  const after = await wakeCronJobs([...each.values()], session);
  return new Map(
    [...byNode].map(([node, events]) => {
      const names = new Set(events.map(nameOfMaker));
      return [node, after.filter(({ name }) => names.has(name))];
    }),
  );
}

const BY_HAND = `to have one go on now: kubectl annotate cronjob NAME -n NAMESPACE ${WOKEN_ANNOTATION}=now --overwrite`;

/** Woken for what is refused all the same, by another node for example, a CronJob would only pause for longer. */
function passingRules({ current }: ChangedExceptions, trials: readonly Trial[]): readonly string[] {
  const refused = new Set(trials.filter(({ said }) => said === 'refused').map(({ rule }) => rule));
  return [...new Set(current.flatMap(({ rules }) => rules))].filter((rule) => !refused.has(rule));
}

function whyNot(thrown: unknown): string {
  return isForbidden(thrown) ? 'no right to list Events' : messageOf(thrown);
}
