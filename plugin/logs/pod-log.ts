import { ClusterRefusal, isPassing, MaintError, messageOf, podLogPath, type Cluster } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { LogCursor } from './log-cursor.ts';

/** After so much silence, in ms, the log is opened again: a connection that has died in the middle looks just as silent. */
const QUIET_MS = 90_000;

/** How long is waited until a log that broke off is opened again, in ms: a kubelet that restarts takes seconds. */
const REOPEN_MS = 1000;

/** How long the end of a log may take once its container has ended, in ms. */
const LAST_MS = 10_000;

/** A container of a pod. */
export interface ContainerName {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What following a log needs. */
export interface LogPorts {
  readonly cluster: Pick<Cluster, 'stream'>;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Takes what the container has written, as it comes. */
  readonly take: (bytes: Buffer) => void;
  /** Hears, once for each new cause, that the log cannot be read at the moment. */
  readonly interrupted: (why: string) => void;
}

/** The log of a pod's container, through interruptions, kubelets that restart, and API servers that go. */
export class PodLog {
  readonly #path: string;
  readonly #container: string;
  readonly #ports: LogPorts;
  readonly #cursor = new LogCursor();
  #cause = '';
  /** It was read to its end after its container had ended. */
  #isWhole = false;

  constructor({ namespace, pod, container }: ContainerName, ports: LogPorts) {
    this.#path = podLogPath(namespace, pod);
    this.#container = container;
    this.#ports = ports;
  }

  /** Follows it until its end was read after its container's, or the signal aborts; it never rejects. */
  async follow(ended: AbortSignal, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isLast = ended.aborted;
      const isRead = await this.#read('true', signal).then(
        () => true,
        (thrown: unknown) => {
          if (!ended.aborted) this.#failed(thrown, signal);
          return false;
        },
      );
      this.#isWhole = isLast && isRead && !signal.aborted;
      if (this.#isWhole) return;
      await this.#ports.clock.sleep(REOPEN_MS, isLast ? signal : AbortSignal.any([signal, ended]));
    }
  }

  /**
   * Reads what is left of it once its container has ended; why it could not be read, where it could not. It is tried again for
   * a while: a kubelet that comes back tells of its containers before it gives their logs.
   */
  async finish(): Promise<string | undefined> {
    if (this.#isWhole) return undefined;
    const over = AbortSignal.timeout(LAST_MS);
    for (;;) {
      const thrown = await this.#read(undefined, over).then(
        () => undefined,
        (reason: unknown) => reason ?? 'unknown',
      );
      if (thrown === undefined) return over.aborted ? 'its end did not come' : undefined;
      if (over.aborted || (thrown instanceof ClusterRefusal && !isPassing(thrown))) return messageOf(thrown);
      await this.#ports.clock.sleep(REOPEN_MS, over);
    }
  }

  async #read(follow: 'true' | undefined, signal: AbortSignal): Promise<void> {
    const { since } = this.#cursor;
    this.#cursor.reopened();
    const query = { container: this.#container, timestamps: 'true', follow, sinceTime: since };
    for await (const bytes of this.#ports.cluster.stream(
      { method: 'GET', path: this.#path, query, signal },
      QUIET_MS,
    )) {
      if (signal.aborted) return;
      const news = this.#cursor.take(bytes);
      if (news.length > 0) this.#ports.take(news);
    }
    // With 200 and in the place of the log: `unable to retrieve container logs`.
    if (this.#cursor.foreign !== '') throw new MaintError('cluster', this.#cursor.foreign);
  }

  /** A container that is not there yet, or not any more, is no news: what becomes of the pod is told by others. */
  #failed(thrown: unknown, signal: AbortSignal): void {
    if (signal.aborted || (thrown instanceof ClusterRefusal && !isPassing(thrown))) return;
    const why = messageOf(thrown);
    if (why !== this.#cause && !why.startsWith('no data from')) this.#ports.interrupted(why);
    this.#cause = why;
  }
}
