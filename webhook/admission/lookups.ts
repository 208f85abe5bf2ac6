import {
  answersFromCluster,
  MaintError,
  type Answer,
  type ClusterReader,
  type FetchNeed,
  type NodeFacts,
} from '../../shared/index.ts';

/** Live reads for one request. All of them end together, at its deadline. */
export interface Lookups {
  readonly fetch: FetchNeed;
  /** Nodes as they were read, by name; undefined = it does not exist. */
  readonly fresh: ReadonlyMap<string, NodeFacts | undefined>;
  /** Ends what is still under way. */
  end(): void;
}

/** Lookups by a reader, for `timeMs` from the first of them on; most requests need none, and then no timer runs. */
export function lookupsWithin(reader: ClusterReader, timeMs: number): Lookups {
  const fresh = new Map<string, NodeFacts | undefined>();
  const controller = new AbortController();
  const { signal } = controller;
  const answers = answersFromCluster(reader, signal);
  let timer: NodeJS.Timeout | undefined;
  return {
    fresh,
    fetch: async (need) => {
      timer ??= setTimeout(() => {
        controller.abort(tooLate());
      }, timeMs);
      const answer = await orAborted(answers(need), signal);
      remember(need.need === 'node' ? need.name : undefined, answer, fresh);
      return answer;
    },
    end: () => {
      clearTimeout(timer);
      controller.abort(tooLate());
    },
  };
}

function tooLate(): MaintError {
  return new MaintError('cluster', 'the API server did not answer in time');
}

/** The answer, or the signal's reason: a reader that overlooks the signal cannot hold the decision up. */
async function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const fail = () => {
      reject(tooLate());
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
  return Promise.race([answer, aborted]);
}

function remember(name: string | undefined, answer: Answer, fresh: Map<string, NodeFacts | undefined>): void {
  if (answer.answer === 'node' && name !== undefined) fresh.set(name, answer.node);
  if (answer.answer === 'held-nodes') answer.nodes.forEach((node) => fresh.set(node.name, node));
}
