import { isInMaintenance, NODES, type PodFacts } from '../../../shared/index.ts';
import { followPods, type PodsOnNode } from '../../drain/pods-on-node.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import { followCollection, type LiveCollection } from '../../session/live-collection.ts';
import type { Session } from '../../session/session.ts';
import { Notifier } from '../../session/wait.ts';
import { isOfInterest } from './node-status.ts';

/**
 * Nodes as they change, by watch, and the pods on those in maintenance. A node that was shown once stays, so that its
 * return is seen as well.
 */
export class FollowedNodes {
  readonly #session: Session;
  readonly #choice: NodeChoice;
  readonly #nodes: LiveCollection<NodeSnapshot>;
  /** UIDs of nodes that are shown or were shown. */
  readonly #shown = new Set<string>();
  readonly #pods = new Map<string, { readonly pods: PodsOnNode; readonly over: AbortController }>();
  readonly #changes = new Notifier();
  #version = 0;

  constructor(choice: NodeChoice, session: Session) {
    this.#choice = choice;
    this.#session = session;
    const { names, selector } = choice;
    // The API server tells of one node, or of all that a selector matches, but not of a list of names.
    const fieldSelector = names.length === 1 ? `metadata.name=${names[0] ?? ''}` : undefined;
    this.#nodes = followCollection(
      {
        path: NODES,
        query: { labelSelector: selector, fieldSelector },
        project: (object) => this.#project(object),
        // What --watch shows has to be of this moment.
        pollMs: 'never',
        hear: () => {
          this.#changed();
        },
        interrupted: (why) => {
          session.screen.note(`watching nodes again: ${why}`);
        },
        signal: session.signal,
      },
      session,
    );
  }

  /** Resolves when they were read for the first time; rejects where they may not be read or watched. */
  async begin(): Promise<void> {
    await this.#nodes.first;
  }

  /** The nodes that are shown or were shown, sorted, once the pods on those in maintenance are known. */
  async now(): Promise<readonly NodeSnapshot[]> {
    const nodes = [...this.#nodes.all()].sort((a, b) => (a.facts.name < b.facts.name ? -1 : 1));
    await this.#followPodsOn(nodes.filter(({ facts }) => isInMaintenance(facts)).map(({ facts }) => facts.name));
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
    return version === this.#version ? this.#changes.next(signal) : Promise.resolve();
  }

  /** Of a node that nobody asked about and that is not in maintenance nothing is kept: there may be thousands. */
  #project(object: unknown): NodeSnapshot | undefined {
    const node = snapshotFromObject(object);
    if (node === undefined) return undefined;
    const { uid } = node.facts;
    if (!this.#isShown(node) && !this.#shown.has(uid)) return undefined;
    this.#shown.add(uid);
    return node;
  }

  #isShown(node: NodeSnapshot): boolean {
    const { names, selector } = this.#choice;
    return names.length > 0 ? names.includes(node.facts.name) : selector !== undefined || isOfInterest(node);
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
    const stop = AbortSignal.any([signal, over.signal]);
    const note = screen.note.bind(screen);
    const pods = followPods(node, undefined, this.#session, { signal: stop, note });
    try {
      await pods.first;
    } catch {
      // The reading of the report tries once more, and says what is missing.
      over.abort();
      return;
    }
    this.#pods.set(node, { pods, over });
    void this.#wakeFor(pods, stop);
  }

  async #wakeFor(pods: PodsOnNode, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await pods.changed(stop);
      this.#changed();
    }
  }

  #changed(): void {
    this.#version += 1;
    this.#changes.notify();
  }
}
