import { messageOf, type NodeFacts } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import type { Session } from '../session.ts';
import { conditionStatuses, isForbidden, removeConditions, setConditions, type ConditionChange } from './conditions.ts';
import { recordEvent, type NodeEvent } from './events.ts';
import type { NodeSnapshot } from './snapshot.ts';

/**
 * Tells others what happens to a node: conditions and Events. They inform; the record is what counts. So a missing
 * right, or a server that fails, is a warning (one per kind of right) and never stops the command.
 */
export class Announcer {
  readonly #session: Session;
  readonly #told = new Set<string>();
  /** Status by type of condition, by node, as last written. */
  readonly #statuses = new Map<string, ReadonlyMap<string, string>>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Sets conditions on the node. */
  conditions(node: NodeSnapshot, changes: readonly ConditionChange[]): Promise<void> {
    const { cluster, clock } = this.#session;
    const { name } = node.facts;
    const before = this.#statuses.get(name) ?? conditionStatuses(node.raw);
    this.#statuses.set(name, new Map([...before, ...changes.map(({ type, status }) => [type, status] as const)]));
    return this.#try('conditions', () =>
      setConditions({ node: name, changes, before, now: timestamp(clock.now()) }, cluster),
    );
  }

  /** Removes our conditions from the node. */
  noConditions(node: NodeFacts): Promise<void> {
    return this.#try('conditions', () => removeConditions(node.name, this.#session.cluster));
  }

  /** Writes an Event about the node. */
  event(node: NodeFacts, event: NodeEvent): Promise<void> {
    const { cluster, clock } = this.#session;
    return this.#try('Events', () => recordEvent(node, event, timestamp(clock.now()), cluster));
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
