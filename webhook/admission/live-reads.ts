import {
  answersFromCluster,
  MaintError,
  needKey,
  type Answer,
  type ClusterReader,
  type Need,
} from '../../shared/index.ts';

/** Reads of the API server at once, for all requests together: a burst of reviews must not become one of reads. */
const MAX_READS = 16;
/** For one read, in ms: our timeoutSeconds. Whoever waits for it has a deadline of its own. */
const READ_MS = 3000;

/** Objects that the answers to one request may hold: the largest list (shared/cluster/answers.ts), and as many again. */
const MAX_KEPT_EACH = 10_000;
/** Objects in the answers to all requests under way: as facts of some 700 bytes they are 35 MB. */
export const MAX_KEPT = 50_000;
/** What an object counts that is kept as it is: it may have a thousand times the size of facts. */
export const RAW_WEIGHT = 1000;

/** Somebody who asks: one request. */
export interface Asker {
  /** Rejects where the read fails, and with MaintError('cluster') once the asker has ended or more would be kept than may be. */
  ask(need: Need): Promise<Answer>;
  /** Ends what this asker alone still waits for, begun or not, and lets go of what it was answered. */
  end(): void;
}

/** One read, for all who ask for it before it begins. */
interface Read {
  readonly key: string;
  readonly need: Need;
  readonly askers: Set<Questions>;
  readonly ended: AbortController;
  readonly answer: PromiseWithResolvers<Answer>;
}

/** What one asker waits for: what has not begun, in its order, and all of it. */
interface Questions {
  readonly waiting: Read[];
  readonly open: Set<Read>;
  readonly ended: PromiseWithResolvers<never>;
  /** Objects in its answers. */
  kept: number;
}

/**
 * Live reads for decisions. What several requests want to know at the same moment is read once, and only so many reads are
 * under way. Whoever waits gets the next free place in turn with the others, however much one of them asks for. Nothing is
 * kept beyond its request: each answer is newer than every question that it answers.
 */
export class LiveReads {
  readonly #fetch: (need: Need, signal: AbortSignal) => Promise<Answer>;
  readonly #maxReads: number;
  /** Those that have not begun, and may be joined: one that has may have missed what its asker has just seen. */
  readonly #joinable = new Map<string, Read>();
  /** Whose turn it is first. */
  readonly #turns = new Set<Questions>();
  #running = 0;
  /** Objects in the answers of all askers. */
  #kept = 0;

  constructor(reader: ClusterReader, maxReads = MAX_READS) {
    this.#fetch = (need, signal) => answersFromCluster(reader, signal)(need);
    this.#maxReads = maxReads;
  }

  asker(): Asker {
    const questions: Questions = { waiting: [], open: new Set(), ended: Promise.withResolvers(), kept: 0 };
    questions.ended.promise.catch(() => undefined);
    return {
      ask: async (need) => {
        const answer = await Promise.race([this.#ask(need, questions), questions.ended.promise]);
        this.#keep(answer, questions);
        return answer;
      },
      end: () => {
        this.#end(questions);
      },
    };
  }

  #ask(need: Need, questions: Questions): Promise<Answer> {
    const key = needKey(need);
    const read = this.#joinable.get(key) ?? {
      key,
      need,
      askers: new Set(),
      ended: new AbortController(),
      answer: Promise.withResolvers<Answer>(),
    };
    read.answer.promise.catch(() => undefined);
    this.#joinable.set(key, read);
    read.askers.add(questions);
    questions.open.add(read);
    questions.waiting.push(read);
    this.#turns.add(questions);
    // Not at once: what is asked in the same moment joins.
    queueMicrotask(() => {
      this.#begin();
    });
    return read.answer.promise;
  }

  #keep(answer: Answer, questions: Questions): void {
    const objects = objectsIn(answer);
    if (questions.kept + objects > MAX_KEPT_EACH || this.#kept + objects > MAX_KEPT)
      throw new MaintError('cluster', 'more had to be read for it than is kept at once');
    questions.kept += objects;
    this.#kept += objects;
  }

  #begin(): void {
    while (this.#running < this.#maxReads) {
      const read = this.#next();
      if (read === undefined) return;
      this.#joinable.delete(read.key);
      this.#running += 1;
      void this.#carryOut(read).finally(() => {
        this.#running -= 1;
        this.#begin();
      });
    }
  }

  /** The next read of the asker whose turn it is; it comes last then. */
  #next(): Read | undefined {
    for (const questions of this.#turns) {
      this.#turns.delete(questions);
      const read = this.#firstJoinable(questions);
      if (questions.waiting.length > 0) this.#turns.add(questions);
      if (read !== undefined) return read;
    }
    return undefined;
  }

  /** Others may have begun what this one waits for. */
  #firstJoinable({ waiting }: Questions): Read | undefined {
    for (let read = waiting.shift(); read !== undefined; read = waiting.shift()) {
      if (this.#joinable.get(read.key) === read) return read;
    }
    return undefined;
  }

  async #carryOut(read: Read): Promise<void> {
    const { need, ended, answer } = read;
    try {
      answer.resolve(await this.#fetch(need, AbortSignal.any([ended.signal, AbortSignal.timeout(READ_MS)])));
    } catch (thrown) {
      answer.reject(thrown);
    }
    for (const questions of read.askers) questions.open.delete(read);
  }

  #end(questions: Questions): void {
    const tooLate = new MaintError('cluster', 'the API server did not answer in time');
    questions.ended.reject(tooLate);
    this.#kept -= questions.kept;
    questions.kept = 0;
    this.#turns.delete(questions);
    for (const read of questions.open) {
      read.askers.delete(questions);
      if (read.askers.size > 0) continue;
      if (this.#joinable.get(read.key) === read) this.#joinable.delete(read.key);
      read.ended.abort(tooLate);
    }
    questions.open.clear();
  }
}

function objectsIn(answer: Answer): number {
  switch (answer.answer) {
    case 'pods':
    case 'pods-on-node':
      return answer.pods.length;
    case 'held-nodes':
      return answer.nodes.length;
    case 'object':
      return RAW_WEIGHT;
    case 'node':
    case 'daemonset':
    case 'unknown':
      return 1;
  }
}
