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
  gone.addEventListener('abort', giveUp, { once: true });
  let timer: NodeJS.Timeout | undefined;
  return {
    fresh,
    fetch: async (need) => {
      gone.throwIfAborted();
      asker ??= reads.asker();
      timer ??= setTimeout(giveUp, timeMs);
      const answer = await asker.ask(need);
      remember(need.need === 'node' ? need.name : undefined, answer, fresh);
      return answer;
    },
    end: () => {
      clearTimeout(timer);
      gone.removeEventListener('abort', giveUp);
      giveUp();
    },
  };
}

function remember(name: string | undefined, answer: Answer, fresh: Map<string, NodeFacts | undefined>): void {
  if (answer.answer === 'node' && name !== undefined) fresh.set(name, answer.node);
  if (answer.answer === 'held-nodes') answer.nodes.forEach((node) => fresh.set(node.name, node));
}
