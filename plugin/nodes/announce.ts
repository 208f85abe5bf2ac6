import { messageOf, type NodeFacts } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import type { Session } from '../session.ts';
import { conditionStatuses, isForbidden, removeConditions, setConditions, type ConditionChange } from './conditions.ts';
import { recordEvent, type NodeEvent } from './events.ts';
import { snapshotFromObject, type NodeSnapshot } from './snapshot.ts';

/**
 * Tells others what happens to a node: conditions and Events. They inform; the record is what counts. So a missing
 * right, or a server that fails, is a warning (one per kind of right) and never stops the command.
 */
export class Announcer {
  readonly #session: Session;
  readonly #told = new Set<string>();
  /** Status by type of condition, by node, as last written. */
  readonly #statuses = new Map<string, ReadonlyMap<string, string>>();
  /** Nodes as conditions were last written to them. */
  readonly #written = new Map<string, NodeSnapshot>();
  /** The last write about each node, done or not: they follow each other, so that none overtakes another. */
  readonly #last = new Map<string, Promise<void>>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Sets conditions on the node. */
  conditions(node: NodeSnapshot, changes: readonly ConditionChange[]): Promise<void> {
    const { cluster, clock } = this.#session;
    const { name } = node.facts;
    return this.#inTurn(name, 'conditions', async () => {
      const before = this.#statuses.get(name) ?? conditionStatuses(node.raw);
      const object = await setConditions({ node: name, changes, before, now: timestamp(clock.now()) }, cluster);
      this.#statuses.set(name, new Map([...before, ...changes.map(({ type, status }) => [type, status] as const)]));
      const written = snapshotFromObject(object);
      if (written !== undefined) this.#written.set(name, written);
    });
  }

  /** The node as it was last written, once everything that was to be told of it so far is: a write from it meets no conflict. */
  async latest(node: NodeSnapshot): Promise<NodeSnapshot> {
    const { name } = node.facts;
    await this.#last.get(name);
    return this.#written.get(name) ?? node;
  }

  /** Removes our conditions from the node. */
  noConditions(node: NodeFacts): Promise<void> {
    return this.#inTurn(node.name, 'conditions', () => removeConditions(node.name, this.#session.cluster));
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

  #inTurn(node: string, what: string, write: () => Promise<void>): Promise<void> {
    const written = (this.#last.get(node) ?? Promise.resolve()).then(() => this.#try(what, write));
    this.#last.set(node, written);
    return written;
  }

  async #try(what: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (thrown) {
      const why = isForbidden(thrown) ? `no right to write ${what} of nodes` : messageOf(thrown);
      if (this.#told.has(what)) return;
      this.#told.add(what);
      this.#session.screen.warn(`${what} of the node are not written: ${why}`);
    }
  }
}
