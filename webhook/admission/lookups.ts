import type { Answer, FetchNeed, NodeFacts } from '../../shared/index.ts';
import type { Patience } from './admit.ts';
import type { Asker, LiveReads } from './live-reads.ts';

/** Live reads for one request. All of them end together, at its deadline. */
export interface Lookups {
  readonly fetch: FetchNeed;
  /** Nodes as they were read, by name; undefined = it does not exist. */
  readonly fresh: ReadonlyMap<string, NodeFacts | undefined>;
  /** Ends what is still under way. */
  end(): void;
}

/** Lookups for the time from the first of them on; most requests need none, and then nobody asks and no timer runs. */
export function lookupsWithin(reads: LiveReads, { timeMs, gone }: Patience): Lookups {
  const fresh = new Map<string, NodeFacts | undefined>();
  let asker: Asker | undefined;
  const giveUp = (): void => {
    asker?.end();
  };
  let timer: NodeJS.Timeout | undefined;
  const begun = (): Asker => {
    timer = setTimeout(giveUp, timeMs);
    gone.addEventListener('abort', giveUp, { once: true });
    return reads.asker();
  };
  return {
    fresh,
    fetch: async (need) => {
      gone.throwIfAborted();
      asker ??= begun();
      const answer = await asker.ask(need);
      remember(need.need === 'node' ? need.name : undefined, answer, fresh);
      return answer;
    },
    end: () => {
      if (asker === undefined) return;
      clearTimeout(timer);
      gone.removeEventListener('abort', giveUp);
      asker.end();
    },
  };
}

function remember(name: string | undefined, answer: Answer, fresh: Map<string, NodeFacts | undefined>): void {
  if (answer.answer === 'node' && name !== undefined) fresh.set(name, answer.node);
  if (answer.answer === 'held-nodes') answer.nodes.forEach((node) => fresh.set(node.name, node));
}
