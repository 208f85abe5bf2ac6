import {
  DAEMONSETS,
  holdsAddons,
  messageOf,
  refusalFromAnswer,
  type ClusterReader,
  type ClusterSender,
  type ClusterWatcher,
  type CollectionListener,
  type NodeFactsIndex,
} from '../../../shared/index.ts';
import type { Log } from '../../log.ts';
import { followOn } from '../following.ts';
import { isOwedToNodes, rolloutFromObject, type Rollout } from './stalled.ts';
import { wakeRequest } from './wake.ts';

/** What reconciling needs. */
export interface RolloutPorts {
  readonly cluster: ClusterReader & ClusterSender & ClusterWatcher;
  /** The nodes as known now. */
  readonly nodeIndex: () => NodeFactsIndex;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How often rollouts are looked at, in ms. */
export interface RolloutPace {
  /**
   * The pause after a rollout has moved. By itself the controller is back sooner only for the first seven refusals
   * (5 ms, doubled each time: 0.6 s).
   */
  readonly shortestMs: number;
  /** The pause of one that has not moved for long: it waits for nodes that are held, or for something else than a refusal. */
  readonly longestMs: number;
  /**
   * For how long rollouts are followed while no node is held. The last maintenance may have just ended, and without being
   * woken the controller is back after 1000 s at the latest (workqueue's default back-off).
   */
  readonly lingerMs: number;
}

const PACE: RolloutPace = { shortestMs: 500, longestMs: 60_000, lingerMs: 1_000_000 };

/**
 * A rollout that has not moved is looked at again after a fortieth of that time, and half as much by chance: 32 times in the
 * first 20 s, 67 in the first minute. The controller picks at random, of 9 to 14 nodes the last one in service with a chance of
 * one in sixteen at worst (Go's maps iterate from a random slot): 67 tries miss it once in 75 times, 34 once in nine.
 */
const PAUSE_SHARE = 1 / 40;

/** For one look or one write, in ms: an API server that hangs is asked again. */
const CALL_MS = 10_000;

/** A rollout that is behind. */
interface Followed extends Rollout {
  /** When it, or what it waits for, has moved last. */
  movedAt: number;
  timer: NodeJS.Timeout | undefined;
  /** How often its controller was woken since. */
  woken: number;
  /** Why its last look failed: told once. */
  failure: string | undefined;
}

/**
 * Sees to it that held rollouts reach every other node. The DaemonSet controller picks nodes at random and comes back
 * later and later after a refusal, so that a node in service may be left out for minutes. While some node is held, and for
 * a while after, each rollout that stands still is looked at, and its controller is woken until no node in service is
 * behind; a node that comes back is in service. It goes by what DaemonSets, pods and nodes are, so that nothing is lost
 * where a refusal or a write was, nor what happened while nobody followed.
 */
export class RolloutReconciler {
  readonly #ports: RolloutPorts;
  readonly #pace: RolloutPace;
  readonly #followed = new Map<string, Followed>();
  #following: AbortController | undefined;
  #ending: NodeJS.Timeout | undefined;

  constructor(ports: RolloutPorts, pace = PACE) {
    this.#ports = ports;
    this.#pace = pace;
  }

  /** Begins, or looks at all soon: other nodes are held than before, or none any more. */
  nodesChanged(): void {
    clearTimeout(this.#ending);
    if (this.#ports.nodeIndex().held.length === 0) {
      this.#ending = setTimeout(() => {
        this.end();
      }, this.#pace.lingerMs).unref();
    }
    if (this.#following === undefined) {
      this.#following = new AbortController();
      void followOn(this.#ports.cluster, DAEMONSETS, this.#listener(), {
        signal: this.#following.signal,
        readAgainMs: this.#pace.longestMs,
        refused: (thrown) => {
          this.#ports.log.warn({ error: messageOf(thrown) }, 'held rollouts are not followed');
        },
      });
    }
    for (const rollout of this.#followed.values()) {
      clearTimeout(rollout.timer);
      rollout.movedAt = this.#ports.now();
      this.#lookLater(rollout);
    }
  }

  /** Nobody is woken any more. */
  end(): void {
    clearTimeout(this.#ending);
    this.#following?.abort();
    this.#following = undefined;
    for (const key of this.#followed.keys()) this.#forget(key);
  }

  #listener(): CollectionListener<Rollout | undefined> {
    return {
      project: rolloutFromObject,
      synced: (rollouts) => {
        const known = rollouts.filter((rollout) => rollout !== undefined);
        const keys = new Set(known.map(keyOf));
        for (const key of this.#followed.keys()) if (!keys.has(key)) this.#forget(key);
        for (const rollout of known) this.#see(rollout);
      },
      changed: (rollout) => {
        if (rollout !== undefined) this.#see(rollout);
      },
      removed: (rollout) => {
        if (rollout !== undefined) this.#forget(keyOf(rollout));
      },
    };
  }

  /** One that moves is left alone: its controller is at it. */
  #see(rollout: Rollout): void {
    const key = keyOf(rollout);
    if (rollout.isBehind && this.#followed.get(key)?.progress === rollout.progress) return;
    this.#forget(key);
    if (!rollout.isBehind) return;
    const followed = { ...rollout, movedAt: this.#ports.now(), timer: undefined, woken: 0, failure: undefined };
    this.#followed.set(key, followed);
    this.#lookLater(followed);
  }

  #forget(key: string): void {
    clearTimeout(this.#followed.get(key)?.timer);
    this.#followed.delete(key);
  }

  #isFollowed(rollout: Followed): boolean {
    return this.#followed.get(keyOf(rollout)) === rollout;
  }

  /** Up to half as much later by chance, so that rollouts of many are not looked at together. */
  #lookLater(rollout: Followed): void {
    const { shortestMs, longestMs } = this.#pace;
    const stillMs = this.#ports.now() - rollout.movedAt;
    const pauseMs = Math.min(Math.max(stillMs * PAUSE_SHARE, shortestMs), longestMs);
    rollout.timer = setTimeout(() => void this.#look(rollout), pauseMs * (1 + Math.random() / 2)).unref();
  }

  async #look(rollout: Followed): Promise<void> {
    try {
      await this.#reconcile(rollout);
      rollout.failure = undefined;
    } catch (thrown) {
      const error = messageOf(thrown);
      const isNews = this.#isFollowed(rollout) && rollout.failure !== error;
      if (isNews) this.#ports.log.warn({ daemonSet: keyOf(rollout), error }, 'its controller was not woken');
      rollout.failure = error;
    }
    if (this.#isFollowed(rollout)) this.#lookLater(rollout);
  }

  async #reconcile(rollout: Followed): Promise<void> {
    const { cluster, nodeIndex, now } = this.#ports;
    const signal = AbortSignal.timeout(CALL_MS);
    const isOwed = await isOwedToNodes(rollout, { nodeIndex: nodeIndex(), now: now() }, { reader: cluster, signal });
    // It may have moved while it was looked at.
    if (!isOwed || !this.#isFollowed(rollout)) return;
    rollout.woken += 1;
    const isInMaintenance = nodeIndex().held.some((node) => holdsAddons(node, now()));
    // The number makes it another text within the same second: a write that changes nothing wakes nobody.
    const message = `${isInMaintenance ? HELD : RETURNED} (${rollout.woken})`;
    const reason = isInMaintenance ? 'RolloutHeld' : 'NodeReturns';
    const waking = { reason, message, now: new Date(now()).toISOString() } as const;
    const answer = await cluster.send({ ...wakeRequest(rollout, waking), signal });
    if (answer.status >= 300) throw refusalFromAnswer(answer);
  }
}

const HELD = 'its rollout waits on nodes in maintenance, and was told to go on with the others';
const RETURNED = 'a node comes back from maintenance, and its rollout was told to go on there';

function keyOf({ namespace, name }: Pick<Rollout, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}
