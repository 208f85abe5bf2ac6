import { podsPath, type PodFacts } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { followCollection, type FollowPorts } from '../session/live-collection.ts';
import { firstOf, type Wait } from '../session/wait.ts';
import type { Cause } from './cause.ts';
import type { Tie } from './database.ts';
import { candidateFrom, LiveDatabase, type MemberTurn, type WaitingMember } from './live-database.ts';
import { memberFrom, memberFromObject, replicationOfPod, type Member, type Replication } from './members.ts';

/** The replicated databases whose members are drained, shared by all nodes that are drained at once. */
export interface Databases {
  /** These pods are to go, from now on until what is returned is called: primaries let the others go first. */
  announce(pods: readonly PodFacts[]): () => void;
  /**
   * Waits until it makes sense to ask for a pod's eviction; at once where it is no member of a database. Resolves with what
   * holds it where no waiting helps. Ends early with the signal.
   */
  turn(pod: PodFacts, tell: (cause: Cause) => void, signal: AbortSignal): Promise<Cause | undefined>;
  /** Takes the turn, for the moment of asking and, where the pod goes, until it is gone; undefined where somebody was quicker. */
  take(pod: PodFacts): MemberTurn | undefined;
  /** What would hold each of some pods, by UID, if all of them were asked to go now. */
  predict(pods: readonly PodFacts[]): Promise<ReadonlyMap<string, Cause>>;
}

/** Where members have no turns. */
export const NO_DATABASES: Databases = {
  announce: () => () => undefined,
  turn: () => Promise.resolve(undefined),
  take: () => FREE,
  predict: () => Promise.resolve(new Map()),
};

const FREE: MemberTurn = { end: () => undefined };

/** What following databases needs. */
export interface DatabasesPorts {
  readonly cluster: FollowPorts['cluster'];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The systems by which databases are replicated. */
  readonly systems: readonly Replication[];
  /** What ties a pod that no node takes to nodes that take none; undefined where it waits for something else. */
  readonly tieOf: (pod: PodFacts) => Promise<Tie | undefined>;
}

/** How often a caller without the right to watch looks, in ms: as for the pods of a node. */
const POLL_MS = 1000;

/**
 * Follows the members of each database that a drain touches, wherever they are, until the signal aborts: one watch for each
 * namespace and way of replication.
 */
export function followDatabases(ports: DatabasesPorts): Databases {
  return new FollowedDatabases(ports);
}

/** A member with its database. */
interface Known extends WaitingMember {
  readonly database: LiveDatabase;
  /** Resolves when the members of the database are known. Throws ClusterRefusal. */
  readonly first: Promise<unknown>;
}

class FollowedDatabases implements Databases {
  readonly #ports: DatabasesPorts;
  readonly #byName = new Map<string, LiveDatabase>();
  readonly #firsts = new Map<string, Promise<unknown>>();

  constructor(ports: DatabasesPorts) {
    this.#ports = ports;
  }

  announce(pods: readonly PodFacts[]): () => void {
    const known = pods.flatMap((pod) => this.#know(pod) ?? []);
    for (const { pod, database } of known) database.announce(pod.uid);
    return () => {
      for (const { pod, database } of known) database.withdraw(pod.uid);
    };
  }

  async turn(pod: PodFacts, tell: (cause: Cause) => void, signal: AbortSignal): Promise<Cause | undefined> {
    const known = this.#know(pod);
    if (known === undefined) return undefined;
    const { clock } = this.#ports;
    const { database, first } = known;
    await first;
    const since = clock.now();
    while (!signal.aborted) {
      const answer = database.answer(candidateFrom(known, since), clock.now());
      if (answer.isTurn) return undefined;
      if (answer.isFinal) return answer.cause;
      tell(answer.cause);
      const ms = answer.until - clock.now();
      const news: readonly Wait[] = [(stop) => database.changes.next(stop)];
      await firstOf(ms === Infinity ? news : [...news, (stop) => clock.sleep(ms, stop)], signal);
    }
    return undefined;
  }

  take(pod: PodFacts): MemberTurn | undefined {
    const known = this.#know(pod);
    return known === undefined ? FREE : known.database.take(known);
  }

  async predict(pods: readonly PodFacts[]): Promise<ReadonlyMap<string, Cause>> {
    const known = pods.flatMap((pod) => this.#know(pod) ?? []);
    await Promise.all(known.map(({ first }) => first));
    const now = this.#ports.clock.now();
    const byDatabase = Map.groupBy(known, ({ database }) => database);
    const causes = await Promise.all([...byDatabase].map(([database, some]) => database.predict(some, now)));
    return new Map(causes.flatMap((some) => [...some]));
  }

  /** The database of a pod, followed from now on; undefined where it is a member of none. */
  #know(pod: PodFacts): Known | undefined {
    const replication = replicationOfPod(pod, this.#ports.systems);
    const member = replication && memberFrom(pod, replication);
    if (replication === undefined || member === undefined) return undefined;
    const first = this.#follow(pod.namespace, replication);
    return { pod, member, database: this.#database(member.database), first };
  }

  #database(name: string): LiveDatabase {
    const known = this.#byName.get(name) ?? new LiveDatabase(name, this.#ports);
    this.#byName.set(name, known);
    return known;
  }

  #follow(namespace: string, replication: Replication): Promise<unknown> {
    const key = `${namespace} ${replication.selector}`;
    const known = this.#firsts.get(key);
    if (known !== undefined) return known;
    const { cluster, clock, signal } = this.#ports;
    const places = new Map<string, string>();
    const { first } = followCollection(
      {
        path: podsPath(namespace),
        query: { labelSelector: replication.selector },
        project: (object) => memberFromObject(object, replication),
        pollMs: POLL_MS,
        hear: (members, uids) => {
          for (const uid of uids) this.#place(uid, members.get(uid), places);
        },
        signal,
      },
      { cluster, clock },
    );
    this.#firsts.set(key, first);
    // Who announces pods may never ask for one.
    first.catch(() => undefined);
    return first;
  }

  #place(uid: string, member: Member | undefined, places: Map<string, string>): void {
    const before = places.get(uid);
    if (before !== undefined && before !== member?.database) this.#database(before).remove(uid);
    if (member === undefined) {
      places.delete(uid);
      return;
    }
    places.set(uid, member.database);
    this.#database(member.database).put(member);
  }
}
