import {
  eventAboutNode,
  eventsPath,
  messageOf,
  NODE_EVENT_NAMESPACE,
  refusalFromAnswer,
  type ClusterSender,
  type NodeFacts,
} from '../../../shared/index.ts';
import type { Log } from '../../log.ts';
import type { NodeCache } from '../../nodes/cache.ts';
import { OneAtATime } from '../../one-at-a-time.ts';
import { lostEvent, overdueEvent, type MaintenanceEvent } from './events.ts';

/** How often ends are looked at, in ms: they are announced in minutes and hours. */
const LOOK_EVERY_MS = 30_000;
/**
 * So long what happened is kept by who does not lead, in ms: whoever led may have gone with it untold, and is followed after
 * the 15 s of its Lease.
 */
const UNTOLD_MS = 60_000;
/** For one write, in ms: an API server that hangs must not keep later ones from being tried. */
const WRITE_MS = 3000;

/** What writing needs. */
export interface MaintenanceRecorderPorts {
  readonly cluster: ClusterSender;
  readonly nodes: Pick<NodeCache, 'nodeIndex' | 'isStale'>;
  /** Whether this one writes, or somebody else. */
  readonly leads: () => boolean;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Writes as Events what happens to maintenances by itself: an announced end passes, a node is deleted with its record.
 * Whoever leads does; the API server keeps one Event of a name. A write that fails is tried again.
 */
export class MaintenanceRecorder {
  readonly #ports: MaintenanceRecorderPorts;
  readonly #ticker: NodeJS.Timeout;
  /** Names of what is overdue and has been told. */
  #told: ReadonlySet<string> = new Set();
  readonly #lost = new Map<string, { readonly event: MaintenanceEvent; readonly notedAt: number }>();
  readonly #writing = new OneAtATime(() => this.#writeOnce());
  #deleted = 0;

  constructor(ports: MaintenanceRecorderPorts, everyMs = LOOK_EVERY_MS) {
    this.#ports = ports;
    this.#ticker = setInterval(() => {
      void this.write();
    }, everyMs).unref();
  }

  /** How many nodes were deleted while in maintenance, as far as this process has seen. */
  get deletedInMaintenance(): number {
    return this.#deleted;
  }

  /** Takes note of a node that was deleted while in maintenance. */
  lost(node: NodeFacts): void {
    this.#deleted += 1;
    const notedAt = this.#ports.now();
    const event = lostEvent(node, notedAt);
    this.#lost.set(event.name, { event, notedAt });
    void this.write();
  }

  /** Writes what is to be told by now, including what is noted while it writes. Never rejects. */
  write(): Promise<void> {
    return this.#writing.run();
  }

  async #writeOnce(): Promise<void> {
    const { nodes, now, leads } = this.#ports;
    for (const [name, { event, notedAt }] of this.#lost) {
      const isDone = leads() ? await this.#try(event) : now() - notedAt > UNTOLD_MS;
      if (isDone) this.#lost.delete(name);
    }
    if (!leads()) return;
    // What has not been heard of for long may be over.
    if (nodes.isStale(now())) return;
    const told = new Set<string>();
    for (const node of nodes.nodeIndex.held) {
      const event = overdueEvent(node, now());
      if (event !== undefined && (this.#told.has(event.name) || (await this.#try(event)))) told.add(event.name);
    }
    this.#told = told;
  }

  /** Looks no more. */
  end(): void {
    clearInterval(this.#ticker);
  }

  async #try({ node, name, event }: MaintenanceEvent): Promise<boolean> {
    const { cluster, log, now } = this.#ports;
    const at = new Date(now()).toISOString();
    try {
      const answer = await cluster.send({
        method: 'POST',
        path: eventsPath(NODE_EVENT_NAMESPACE),
        body: eventAboutNode(node, { ...event, count: 1, first: at, last: at }, name),
        signal: AbortSignal.timeout(WRITE_MS),
      });
      // It is told already.
      if (answer.status >= 300 && answer.status !== 409) throw refusalFromAnswer(answer);
      return true;
    } catch (thrown) {
      log.warn({ node: node.name, error: messageOf(thrown) }, `${event.reason} not written as an Event`);
      return false;
    }
  }
}
