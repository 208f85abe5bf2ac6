import { isForbidden, messageOf } from '../../../../shared/index.ts';
import { systemClock, timestamp } from '../../../session/clock.ts';
import type { Caller, ClusterFlags } from '../../../session/connect.ts';
import { inSession } from '../../../session/in-session.ts';
import type { Session } from '../../../session/session.ts';
import { firstOf, repeat } from '../../../session/wait.ts';
import { FollowedNodes } from '../../status/index.ts';
import type { Board } from '../board.ts';
import type { ClusterState } from '../wire.ts';
import { ALL, Looker, READ_AGAIN_MS } from './looker.ts';
import { reachability } from './reachability.ts';

/** Changes that come together are shown together. */
const SETTLE_MS = 200;

/** How often is asked whether the API server answers: before anybody wonders. */
const PROBE_MS = 2000;

/** How long until a cluster that could not be followed is tried again. */
const RETRY_MS = 5000;

/** One cluster, as long as the page is served: what is known of it goes to the board, and so does that it cannot be reached. */
export class FollowedCluster {
  readonly name: string;
  readonly #flags: ClusterFlags;
  readonly #caller: Caller;
  readonly #board: Board;
  #state: ClusterState;
  #session: Session | undefined;
  /** Whether the nodes were read since the connection was made. */
  #isRead = false;

  constructor(name: string, flags: ClusterFlags, caller: Caller, board: Board) {
    this.name = name;
    this.#flags = flags;
    this.#caller = { ...caller, screen: { ...caller.screen, live: undefined } };
    this.#board = board;
    this.#state = { name, state: 'connecting', why: '', since: timestamp(Date.now()), remarks: [] };
    board.cluster(this.#state);
  }

  /** The connection, as long as there is one. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Follows until the caller's signal aborts; what fails is told on the board and tried again. */
  async follow(): Promise<void> {
    const { signal } = this.#caller;
    const again = async (): Promise<void> => {
      try {
        await inSession(this.#flags, this.#caller, (session) => this.#live(session), { isShared: true });
      } catch (thrown) {
        this.#now({ state: isForbidden(thrown) ? 'refused' : 'unreachable', why: messageOf(thrown) });
      } finally {
        this.#session = undefined;
      }
    };
    await again();
    await repeat(RETRY_MS, again, { clock: systemClock, signal });
  }

  async #live(given: Session): Promise<void> {
    const over = new AbortController();
    const session = { ...given, signal: AbortSignal.any([given.signal, over.signal]) };
    this.#session = session;
    this.#isRead = false;
    void this.#probe(session);
    try {
      await this.#show(session);
    } finally {
      over.abort();
    }
  }

  /** A watch says nothing while nothing changes, so the API server is asked whether it is there. */
  async #probe(session: Session): Promise<void> {
    const look = async (): Promise<void> => {
      const why = await reachability(session);
      if (session.signal.aborted) return;
      if (why !== undefined) this.#now({ state: 'unreachable', why });
      else if (this.#state.state === 'unreachable') this.#now({ state: this.#isRead ? 'live' : 'connecting', why: '' });
    };
    await look();
    await repeat(PROBE_MS, look, session);
  }

  async #show(session: Session): Promise<void> {
    const { clock, signal } = session;
    const followed = new FollowedNodes(ALL, session);
    await followed.begin();
    this.#isRead = true;
    this.#now({ state: 'live', why: '' });
    const looker = new Looker(followed, session);
    while (!signal.aborted) {
      const seen = followed.version;
      const { rows, remarks } = await looker.look();
      this.#board.nodes(this.name, rows);
      this.#now({ remarks });
      await firstOf([(stop) => followed.changedSince(seen, stop), (stop) => clock.sleep(READ_AGAIN_MS, stop)], signal);
      await clock.sleep(SETTLE_MS, signal);
    }
  }

  #now(change: Partial<Pick<ClusterState, 'state' | 'why' | 'remarks'>>): void {
    const isOther = change.state !== undefined && change.state !== this.#state.state;
    this.#state = { ...this.#state, ...change, ...(isOther && { since: timestamp(Date.now()) }) };
    this.#board.cluster(this.#state);
  }
}
