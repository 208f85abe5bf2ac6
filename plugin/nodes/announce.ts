import { isForbidden, messageOf, type NodeFacts } from '../../shared/index.ts';
import { timestamp } from '../session/clock.ts';
import type { Session } from '../session/session.ts';
import { removeConditions, setConditions, type ConditionChange } from './conditions.ts';
import { recordEvent, type NodeEvent } from './events.ts';
import { newer, type NodeSnapshot } from './snapshot.ts';

/**
 * Tells others what happens to a node: conditions and Events. They inform; the record is what counts. So a missing
 * right, or a server that fails, is a warning (one per kind of right) and never stops the command.
 */
export class Announcer {
  readonly #session: Session;
  readonly #isOurs: (node: NodeFacts) => boolean;
  readonly #told = new Set<string>();
  /** Nodes as conditions were last written to them. */
  readonly #written = new Map<string, NodeSnapshot>();
  /** The last write about each node, done or not: they follow each other, so that none overtakes another. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** `isOurs`: whether a node, as it is, is in the maintenance that is told of; it has conditions only while it is. */
  constructor(session: Session, isOurs: (node: NodeFacts) => boolean) {
    this.#session = session;
    this.#isOurs = isOurs;
  }

  /** Sets conditions on the node. False where it is not ours any more, so that they were not written. */
  async conditions(node: NodeSnapshot, changes: readonly ConditionChange[]): Promise<boolean> {
    const { cluster, clock } = this.#session;
    const { name } = node.facts;
    const written = await this.#inTurn(name, 'conditions', async () => {
      const newest = newer(node, this.#written.get(name));
      const write = { node: newest, changes, isWanted: this.#isOurs, now: timestamp(clock.now()) };
      const done = await setConditions(write, cluster);
      if (done !== 'unwanted') this.#written.set(name, done);
      return done;
    });
    return written !== 'unwanted';
  }

  /** The node as it was last written, once everything that was to be told of it so far is: a write from it meets no conflict. */
  async latest(node: NodeSnapshot): Promise<NodeSnapshot> {
    const { name } = node.facts;
    await this.#last.get(name);
    return this.#written.get(name) ?? node;
  }

  /** Removes our conditions from a node that is out of maintenance, unless it is in one anew. */
  noConditions(node: NodeSnapshot): Promise<void> {
    return this.#inTurn(node.facts.name, 'conditions', () => removeConditions(node, this.#session.cluster));
  }

  /** Writes an Event about the node. */
  event(node: NodeFacts, event: NodeEvent): Promise<void> {
    const { cluster, clock } = this.#session;
    return this.#inTurn(node.name, 'Events', () => recordEvent(node, event, timestamp(clock.now()), cluster));
  }

  /** Resolves when everything that was to be told has been written, or could not be. */
  async settled(): Promise<void> {
    await Promise.all(this.#last.values());
  }

  #inTurn<T>(node: string, what: string, write: () => Promise<T>): Promise<T | undefined> {
    const written = (this.#last.get(node) ?? Promise.resolve()).then(() => this.#try(what, write));
    this.#last.set(node, written);
    return written;
  }

  async #try<T>(what: string, write: () => Promise<T>): Promise<T | undefined> {
    try {
      return await write();
    } catch (thrown) {
      const why = isForbidden(thrown) ? `no right to write ${what} of nodes` : messageOf(thrown);
      if (!this.#told.has(what)) this.#session.screen.warn(`${what} of the node are not written: ${why}`);
      this.#told.add(what);
      return undefined;
    }
  }
}
