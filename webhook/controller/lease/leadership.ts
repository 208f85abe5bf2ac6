import {
  messageOf,
  objectPath,
  refusalFromAnswer,
  textAt,
  type ClusterReader,
  type ClusterSender,
} from '../../../shared/index.ts';
import type { Log } from '../../log.ts';
import { isEnded, pause } from '../following.ts';
import { replacing, type ObjectPlace } from '../replacing.ts';
import { isFree, LEASE_TIMES, leaseReleased, leaseTaken, seenAfter, type LeaseTimes, type SeenLease } from './lease.ts';

/** What leading needs. */
export interface LeadershipPorts {
  readonly cluster: ClusterReader & ClusterSender;
  readonly log: Log;
  readonly place: ObjectPlace;
  /** Unlike that of every other candidate, and of this one in an earlier life. */
  readonly identity: string;
  /** Milliseconds since the epoch, for people who read the Lease. */
  readonly now: () => number;
  /** Milliseconds by a clock that nobody sets: what counts. */
  readonly elapsed?: () => number;
  /** LEASE_TIMES but for tests. */
  readonly times?: LeaseTimes;
}

/** How a try to take or to renew the Lease ended: it is ours, it is somebody else's, or nobody can tell. */
type Outcome = 'ours' | 'others' | 'unknown';

/** For one try, in ms, where no deadline is nearer: an API server that hangs is asked again. */
const TRY_MS = 5_000;

const LEASES = 'coordination.k8s.io/v1/leases';

/**
 * Which of several controllers writes: the one that holds a Lease, as controllers of Kubernetes do. Who cannot renew it in
 * time leads no more from that moment on, whatever hangs, and before anybody else may take it.
 */
export class Leadership {
  readonly #ports: LeadershipPorts;
  readonly #times: LeaseTimes;
  #seen: SeenLease | undefined;
  /** When the last try that took or renewed it began; undefined while it is not ours. */
  #renewedAt: number | undefined;
  #problem: string | undefined;

  constructor(ports: LeadershipPorts) {
    this.#ports = ports;
    this.#times = ports.times ?? LEASE_TIMES;
  }

  /** Whether this one may write now. */
  get leads(): boolean {
    return this.#leftMs() > 0;
  }

  /** Why the Lease could not be read or written the last time; undefined where it could. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Runs `lead` whenever the Lease is ours; its signal aborts when that is over, and the Lease is given back once it has
   * ended. Resolves when the signal aborts. Never rejects where `lead` does not.
   */
  async follow(lead: (term: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!isEnded(signal)) {
      if ((await this.#try(TRY_MS, signal)) === 'ours') await this.#term(lead, signal);
      else await pause(this.#times.retryMs, signal);
    }
  }

  async #term(lead: (term: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { log, identity } = this.#ports;
    const term = new AbortController();
    log.info({ identity }, 'leads');
    const led = lead(term.signal);
    await this.#renewWhileOurs(signal);
    const isOurs = this.leads;
    this.#renewedAt = undefined;
    term.abort();
    log[isEnded(signal) ? 'info' : 'warn']({ identity, why: this.#problem }, 'leads no more');
    await led;
    if (isOurs) await this.#release();
  }

  /** Resolves when the signal aborts, when somebody else has it, or when it was not renewed for too long. */
  async #renewWhileOurs(signal: AbortSignal): Promise<void> {
    while (!isEnded(signal) && this.leads) {
      await pause(Math.min(this.#times.retryMs, this.#leftMs()), signal);
      const left = this.#leftMs();
      if (isEnded(signal) || left === 0) return;
      if ((await this.#try(left, signal)) === 'others') this.#renewedAt = undefined;
    }
  }

  #leftMs(): number {
    if (this.#renewedAt === undefined) return 0;
    return Math.max(0, this.#renewedAt + this.#times.renewWithinMs - this.#elapsed());
  }

  async #try(withinMs: number, signal: AbortSignal): Promise<Outcome> {
    const begunAt = this.#elapsed();
    const limit = new AbortController();
    const timer = setTimeout(
      () => {
        limit.abort(new Error('the API server did not answer in time'));
      },
      Math.min(withinMs, TRY_MS),
    );
    try {
      const outcome = await this.#take(AbortSignal.any([signal, limit.signal]));
      if (outcome === 'ours') this.#renewedAt = begunAt;
      this.#problem = undefined;
      return outcome;
    } catch (thrown) {
      if (!isEnded(signal)) this.#fails(messageOf(thrown));
      return 'unknown';
    } finally {
      clearTimeout(timer);
    }
  }

  /** Said once: a right that is missing is missing every two seconds. */
  #fails(problem: string): void {
    if (problem !== this.#problem) {
      this.#ports.log.warn({ lease: this.#ports.place.name, error: problem }, 'the Lease cannot be had');
    }
    this.#problem = problem;
  }

  async #take(signal: AbortSignal): Promise<Outcome> {
    const { cluster, place, identity } = this.#ports;
    const path = objectPath(LEASES, place.namespace, place.name);
    const before = await cluster.get(path, { signal });
    if (before !== undefined) {
      this.#seen = seenAfter(before, this.#seen, this.#elapsed());
      if (!isFree(this.#seen, identity, this.#elapsed())) return 'others';
    }
    const taking = { identity, durationMs: this.#times.durationMs, now: this.#time() };
    const body = leaseTaken(place, taking, before);
    const answer = await cluster.send({ ...replacing(LEASES, place, body, before), signal });
    // Somebody was faster; the next try sees who.
    if (answer.status === 409) return 'others';
    if (answer.status >= 300) throw refusalFromAnswer(answer);
    return 'ours';
  }

  async #release(): Promise<void> {
    const { cluster, place, identity, log } = this.#ports;
    const path = objectPath(LEASES, place.namespace, place.name);
    const signal = AbortSignal.timeout(TRY_MS);
    try {
      const held = await cluster.get(path, { signal });
      if (textAt(held, 'spec', 'holderIdentity') !== identity) return;
      const answer = await cluster.send({
        method: 'PUT',
        path,
        body: leaseReleased(place, this.#time(), held),
        signal,
      });
      if (answer.status >= 300) throw refusalFromAnswer(answer);
    } catch (thrown) {
      log.warn({ error: messageOf(thrown) }, 'the Lease was not given back: it ends by itself');
    }
  }

  #time(): string {
    return new Date(this.#ports.now()).toISOString();
  }

  #elapsed(): number {
    return (this.#ports.elapsed ?? (() => performance.now()))();
  }
}
