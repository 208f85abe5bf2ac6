import { isHeld, messageOf, NODES, textAt, type CollectionListener, type PodFacts } from '../../../shared/index.ts';
import { followPods, type PodsOnNode } from '../../drain/pods-on-node.ts';
import { Waiters } from '../../drain/waiters.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import type { Session } from '../../session/session.ts';
import { isOfInterest } from './node-status.ts';

/** A Node that nobody asked about and that is not in maintenance: only that it exists is kept, of thousands. */
interface Passed {
  readonly name: string;
}

type Seen = NodeSnapshot | Passed;

/**
 * Nodes as they change, by watch, and the pods on those in maintenance. A node that was shown once stays, so that its
 * return is seen as well.
 */
export class FollowedNodes {
  readonly #session: Session;
  readonly #choice: NodeChoice;
  readonly #nodes = new Map<string, NodeSnapshot>();
  readonly #pods = new Map<string, { readonly pods: PodsOnNode; readonly over: AbortController }>();
  readonly #waiters = new Waiters();
  #version = 0;
  #told = '';

  constructor(choice: NodeChoice, session: Session) {
    this.#choice = choice;
    this.#session = session;
  }

  /** Resolves when they were read for the first time; rejects where they may not be read or watched. */
  async begin(): Promise<void> {
    const { cluster, signal } = this.#session;
    const { promise: first, resolve, reject } = Promise.withResolvers<undefined>();
    const listener: CollectionListener<Seen> = {
      project: (object) => this.#project(object),
      synced: (found) => {
        this.#nodes.clear();
        for (const node of found) this.#put(node);
        resolve(undefined);
        this.#changed();
      },
      changed: (node) => {
        if (this.#put(node)) this.#changed();
      },
      removed: (node) => {
        if (this.#nodes.delete(nameOf(node))) this.#changed();
      },
      interrupted: (cause) => {
        const why = messageOf(cause);
        if (why !== this.#told) this.#session.screen.note(`watching nodes again: ${why}`);
        this.#told = why;
      },
    };
    const { names, selector } = this.#choice;
    // The API server tells of one node, or of all that a selector matches, but not of a list of names.
    const fieldSelector = names.length === 1 ? `metadata.name=${names[0] ?? ''}` : undefined;
    cluster.follow(NODES, listener, { query: { labelSelector: selector, fieldSelector }, signal }).then(() => {
      resolve(undefined);
    }, reject);
    await first;
  }

  /** The nodes that are shown or were shown, sorted, once the pods on those in maintenance are known. */
  async now(): Promise<readonly NodeSnapshot[]> {
    const nodes = [...this.#nodes.values()].sort((a, b) => (a.facts.name < b.facts.name ? -1 : 1));
    await this.#followPodsOn(nodes.filter(({ facts }) => isHeld(facts)).map(({ facts }) => facts.name));
    return nodes;
  }

  /** The pods on a node in maintenance; undefined where they cannot be read. */
  podsOn(node: string): readonly PodFacts[] | undefined {
    return this.#pods.get(node)?.pods.all();
  }

  /** Counts what has changed so far. */
  get version(): number {
    return this.#version;
  }

  /** Resolves when something has changed since that version, or when the signal aborts. */
  changedSince(version: number, signal: AbortSignal): Promise<void> {
    return version === this.#version ? this.#waiters.next(signal) : Promise.resolve();
  }

  #project(object: unknown): Seen {
    const node = snapshotFromObject(object);
    if (node === undefined) return { name: textAt(object, 'metadata', 'name') ?? '' };
    return this.#isShown(node) || this.#nodes.has(node.facts.name) ? node : { name: node.facts.name };
  }

  #isShown(node: NodeSnapshot): boolean {
    const { names, selector } = this.#choice;
    return names.length > 0 ? names.includes(node.facts.name) : selector !== undefined || isOfInterest(node);
  }

  #put(node: Seen): boolean {
    if (!('facts' in node)) return false;
    this.#nodes.set(node.facts.name, node);
    return true;
  }

  async #followPodsOn(held: readonly string[]): Promise<void> {
    for (const [node, { over }] of this.#pods) {
      if (held.includes(node)) continue;
      over.abort();
      this.#pods.delete(node);
    }
    await Promise.all(held.filter((node) => !this.#pods.has(node)).map((node) => this.#followPods(node)));
  }

  async #followPods(node: string): Promise<void> {
    const { screen, signal } = this.#session;
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const note = screen.note.bind(screen);
    const pods = followPods(node, undefined, this.#session, { signal: until, note });
    try {
      await pods.first;
    } catch {
      // The reading of the report tries once more, and says what is missing.
      over.abort();
      return;
    }
    this.#pods.set(node, { pods, over });
    void this.#wakeFor(pods, until);
  }

  async #wakeFor(pods: PodsOnNode, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await pods.changed(until);
      this.#changed();
    }
  }

  #changed(): void {
    this.#version += 1;
    this.#waiters.wake();
  }
}

function nameOf(node: Seen): string {
  return 'facts' in node ? node.facts.name : node.name;
}
