import { clean, MAX_TEXT, podsPath } from '../../../shared/index.ts';
import { jobFacts, jobPod, jobsPath, podsOf, type JobFacts, type JobPod } from '../../detached/jobs.ts';
import { CONTAINER } from '../../detached/names.ts';
import { PodLog } from '../../logs/pod-log.ts';
import { followCollection, type LiveCollection } from '../../session/live-collection.ts';
import type { Session } from '../../session/session.ts';
import { firstOf } from '../../session/wait.ts';
import { EXIT, EXIT_MEANING, type ExitCode } from '../../terminal/exit-codes.ts';
import { LineBreaker, printable } from '../../terminal/lines.ts';

/** How long a log may take to end by itself when its container has, in ms; what is missing then is read anew. */
const LOG_END_MS = 2000;

/** How its lines are shown. */
interface Showing {
  /** Each has the name of its Job before it. */
  readonly isNamed: boolean;
}

/**
 * Follows a Job through all its pods, of which there is one at a time, until it ends; what they write is told once and
 * whole. Resolves with the exit code of what it has carried out, or when the person leaves. Rejects with MaintError.
 */
export async function followJob(job: JobFacts, session: Session, showing: Showing): Promise<ExitCode> {
  const over = new AbortController();
  const signal = AbortSignal.any([session.signal, over.signal]);
  try {
    return await new FollowedJob(job, { ...session, signal }, showing).toEnd();
  } finally {
    over.abort();
  }
}

class FollowedJob {
  readonly #job: JobFacts;
  readonly #session: Session;
  readonly #before: string;
  readonly #jobs: LiveCollection<JobFacts>;
  readonly #pods: LiveCollection<JobPod>;
  /** The pods as they were seen last, whether they are still there or not. */
  readonly #seen = new Map<string, JobPod>();
  /** Those whose log is told, or being told. */
  readonly #told = new Set<string>();
  #last: JobPod | undefined;

  constructor(job: JobFacts, session: Session, { isNamed }: Showing) {
    this.#job = job;
    this.#session = session;
    this.#before = isNamed ? `${job.name} | ` : '';
    const { signal } = session;
    this.#jobs = followCollection(
      {
        path: jobsPath(job.namespace),
        query: { fieldSelector: `metadata.name=${job.name}` },
        project: jobFacts,
        signal,
      },
      session,
    );
    this.#pods = followCollection(
      {
        path: podsPath(job.namespace),
        query: podsOf(job),
        project: jobPod,
        hear: (pods) => {
          for (const [uid, pod] of pods) this.#seen.set(uid, pod);
        },
        signal,
      },
      session,
    );
  }

  async toEnd(): Promise<ExitCode> {
    const { signal } = this.#session;
    await Promise.all([this.#jobs.first, this.#pods.first]);
    for (;;) {
      const next = this.#next();
      const job = this.#jobs.get(this.#job.uid);
      if (signal.aborted) return EXIT.interrupted;
      if (next !== undefined) await this.#tell(next);
      else if (job === undefined) return this.#deleted();
      else if (job.state === 'done' || job.state === 'failed') return this.#ended(job);
      else await firstOf([(stop) => this.#jobs.changed(stop), (stop) => this.#pods.changed(stop)], signal);
    }
  }

  /** The eldest pod that has begun, or ended without, and is not told yet. */
  #next(): JobPod | undefined {
    return [...this.#seen.values()]
      .filter(({ uid, hasBegun, exitCode }) => !this.#told.has(uid) && (hasBegun || exitCode !== undefined))
      .toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1))[0];
  }

  /** Tells the log of a pod to its end. */
  async #tell(pod: JobPod): Promise<void> {
    const { screen, clock, signal } = this.#session;
    this.#told.add(pod.uid);
    if (this.#last !== undefined) this.#note(`goes on on node ${pod.node}, in pod ${pod.name}`);
    const breaker = new LineBreaker();
    const show = (lines: readonly string[]): void => {
      for (const line of lines) screen.data(`${this.#before}${printable(line)}`);
    };
    const log = this.#logOf(pod, (bytes) => {
      show(breaker.push(bytes));
    });
    const [ended, over] = [new AbortController(), new AbortController()];
    const following = log.follow(ended.signal, AbortSignal.any([signal, over.signal]));
    const last = await this.#untilEnded(pod);
    ended.abort();
    await firstOf([() => following, (stop) => clock.sleep(LOG_END_MS, stop)], signal);
    over.abort();
    await following;
    // Of a pod that is gone there is no more to be read than has come.
    if (this.#pods.has(pod.uid) && !signal.aborted) await this.#finish(log, pod);
    show(breaker.end());
    this.#last = last;
    if (last.moved !== undefined && !signal.aborted)
      this.#note(`was moved away from node ${last.node} (${clean(last.moved, MAX_TEXT)})`);
  }

  #logOf({ name }: JobPod, take: (bytes: Buffer) => void): PodLog {
    const { cluster, clock } = this.#session;
    const interrupted = (why: string): void => {
      this.#note(`cannot be heard at the moment, and goes on: ${clean(why, MAX_TEXT)}`);
    };
    const container = { namespace: this.#job.namespace, pod: name, container: CONTAINER };
    return new PodLog(container, { cluster, clock, take, interrupted });
  }

  async #finish(log: PodLog, { name }: JobPod): Promise<void> {
    const why = await log.finish();
    if (why !== undefined) this.#note(`the last lines of pod ${name} could not be read: ${clean(why, MAX_TEXT)}`);
  }

  /** The pod as it was when its container ended, or it was gone. */
  async #untilEnded({ uid, ...first }: JobPod): Promise<JobPod> {
    const { signal } = this.#session;
    for (;;) {
      const now = this.#pods.get(uid);
      if (now === undefined || now.exitCode !== undefined || signal.aborted)
        return this.#seen.get(uid) ?? { uid, ...first };
      await this.#pods.changed(signal, uid);
    }
  }

  #deleted(): ExitCode {
    this.#note('was deleted: the nodes stay as they are (kubectl maint status)');
    return EXIT.interrupted;
  }

  #ended({ state, why = 'it has failed' }: JobFacts): ExitCode {
    if (state === 'done') return EXIT.done;
    const code = EXIT_MEANING.map(([known]) => known).find((known) => known === this.#last?.exitCode);
    if (code !== undefined && code !== EXIT.done) return code;
    this.#note(`has failed: ${clean(why, MAX_TEXT)}`);
    return EXIT.gaveUp;
  }

  #note(text: string): void {
    this.#session.screen.note(`job ${this.#job.name} ${text}`);
  }
}
