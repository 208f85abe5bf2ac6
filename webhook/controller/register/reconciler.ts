import { isDeepStrictEqual } from 'node:util';
import {
  at,
  fieldsAt,
  isInMaintenance,
  messageOf,
  REGISTER_NAME,
  refusalFromAnswer,
  registerOf,
  registerPath,
  REGISTERS,
  type ApiAnswer,
  type ClusterReader,
  type ClusterSender,
  type ClusterWatcher,
  type RegisterSpec,
  FIELD_MANAGER,
} from '../../../shared/index.ts';
import { EMPTY_REGISTER_OBJECT } from '../../floor/definition.ts';
import type { Log } from '../../log.ts';
import type { NodeCache } from '../../nodes/cache.ts';
import { isAnyNode } from '../any-node.ts';
import { followObject } from '../following.ts';
import { ReconcileLoop } from '../reconcile-loop.ts';

/** What keeping the register needs. */
export interface RegisterPorts {
  readonly cluster: ClusterSender & ClusterWatcher & Pick<ClusterReader, 'pages'>;
  readonly nodes: Pick<NodeCache, 'synced' | 'nodeIndex' | 'isStale'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How often it is looked at although nothing was heard, and how long a failed write waits at most, in ms. */
const LOOK_EVERY_MS = 30_000;

/** How long until a register that could not be read is read again, in ms. */
const READ_AGAIN_MS = 5000;

/** What somebody else writes again and again is put right at most so often, in ms: two must not write in turns without end. */
const REPAIR_PAUSE_MS = 1000;

/** For one write, in ms: an API server that hangs is asked again. */
const WRITE_MS = 3000;

const UNREADABLE = 'the register cannot be read: the API server keeps nothing off by itself (docs/floor.md)';

/**
 * Keeps the register as the nodes are: it is written when they differ, whoever made them differ, and made where there is
 * none. Every write is a compare-and-swap. Nodes that have not been heard of for long are not written. What another one has
 * listed is not taken out by a watch that may be late: until this one has written once, the nodes are read for it.
 */
export class RegisterReconciler {
  readonly #ports: RegisterPorts;
  readonly #loop = new ReconcileLoop(() => this.#reconcile(), LOOK_EVERY_MS);
  /** As the API server has it; undefined where it has none. */
  #register: unknown;
  #synced = false;
  #written: RegisterSpec | undefined;
  #repairedAt = -Infinity;
  #failure: string | undefined;

  constructor(ports: RegisterPorts) {
    this.#ports = ports;
  }

  /** Looks whether something has to be written; whatever may change that calls this. */
  check(): void {
    this.#loop.check();
  }

  /** Follows the register until the signal aborts, and keeps it right. Never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    const place = { collection: REGISTERS, name: REGISTER_NAME };
    const seen = (register: unknown): void => {
      this.#synced = true;
      this.#register = register;
      this.check();
    };
    const refused = (thrown: unknown): void => {
      this.#failed(thrown, UNREADABLE);
    };
    await this.#loop.during(
      followObject(this.#ports.cluster, place, { seen }, { signal, readAgainMs: READ_AGAIN_MS, refused }),
    );
  }

  async #reconcile(): Promise<boolean> {
    const { nodes, now } = this.#ports;
    if (!this.#synced || !nodes.synced || nodes.isStale(now())) return true;
    const wanted = registerOf(nodes.nodeIndex.held);
    if (isDeepStrictEqual(at(this.#register, 'spec'), wanted)) {
      this.#written = wanted;
      return true;
    }
    if (this.#written === undefined && (await this.#isLate(wanted))) return false;
    return this.#mayWrite(wanted) && (await this.#write(wanted));
  }

  /** Whether a node that the register has, and that is not wanted there, is in maintenance all the same; true where it cannot be read. */
  async #isLate(wanted: RegisterSpec): Promise<boolean> {
    const listed = Object.keys(fieldsAt(this.#register, 'spec', 'nodes'));
    const leaving = new Set(listed.filter((name) => !(name in wanted.nodes)));
    if (leaving.size === 0) return false;
    try {
      return await isAnyNode(this.#ports.cluster, (node) => leaving.has(node.name) && isInMaintenance(node));
    } catch (thrown) {
      this.#failed(thrown, 'nodes cannot be read: none is taken out of the register');
      return true;
    }
  }

  /** What nodes ask for is written at once; what a stranger changed as well, but not again within a moment. */
  #mayWrite(wanted: RegisterSpec): boolean {
    if (!isDeepStrictEqual(wanted, this.#written)) return true;
    const { log, now } = this.#ports;
    if (now() - this.#repairedAt < REPAIR_PAUSE_MS) return false;
    this.#repairedAt = now();
    log.warn({}, 'somebody else changed the register of nodes in maintenance: it is put right');
    return true;
  }

  /** False where somebody else was faster, and where it failed. */
  async #write(wanted: RegisterSpec): Promise<boolean> {
    try {
      const answer = await this.#send(wanted);
      // The watch tells what they wrote.
      if (answer.status === 409) return false;
      if (answer.status >= 300) throw refusalFromAnswer(answer);
      this.#register = answer.body;
      this.#written = wanted;
      this.#failure = undefined;
      this.#ports.log.info(
        { listed: Object.keys(wanted.nodes).length, unlisted: wanted.unlisted },
        'register of nodes in maintenance written',
      );
      return true;
    } catch (thrown) {
      this.#failed(thrown, 'register of nodes in maintenance not written');
      return false;
    }
  }

  #send(spec: RegisterSpec): Promise<ApiAnswer> {
    const { cluster } = this.#ports;
    const query = { fieldManager: FIELD_MANAGER };
    const signal = AbortSignal.timeout(WRITE_MS);
    return this.#register === undefined
      ? cluster.send({ method: 'POST', path: REGISTERS, query, body: { ...EMPTY_REGISTER_OBJECT, spec }, signal })
      : cluster.send({
          method: 'PUT',
          path: registerPath(REGISTER_NAME),
          query,
          body: { ...fieldsAt(this.#register), spec },
          signal,
        });
  }

  /** The same failure again is no news. */
  #failed(thrown: unknown, what: string): void {
    const error = messageOf(thrown);
    if (error !== this.#failure) this.#ports.log.warn({ error }, what);
    this.#failure = error;
  }
}
