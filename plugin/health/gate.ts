import {
  ClusterRefusal,
  isForbidden,
  leasePath,
  MaintError,
  messageOf,
  nodePath,
  refusalFromAnswer,
  textAt,
  type Cluster,
} from '../../shared/index.ts';
import type { PodsByNode } from '../drain/pods-by-node.ts';
import type { Session } from '../session/session.ts';
import { pollUntil, untilAborted } from '../session/wait.ts';
import { followHeldAddons, type HeldAddons } from './held-addons.ts';
import { healthFrom, type NodeHealth } from './node-health.ts';

/** How often a node is looked at. */
const LOOK_EVERY_MS = 1000;

/**
 * How old the last heartbeat may be, in seconds, when a node that was watched passes: a kubelet renews its Lease every
 * 10 s (a quarter of its 40 s). A Lease still holds, and the node is still Ready, half a minute after a reboot.
 */
const ALIVE_WITHIN_SECONDS = 15;

/** How far a node is through the gate; part of the contract of `off -o json`. */
export interface GateState extends NodeHealth {
  readonly node: string;
  /** `NAMESPACE/NAME` of each DaemonSet whose held change is not current and Ready on the node yet. */
  readonly addons: readonly string[];
  /** Seconds without any problem, and how many of them are wanted. */
  readonly cleanFor: number;
  readonly healthyFor: number;
}

/** One node's way through the gate. */
export interface Gate {
  readonly node: string;
  readonly healthyForMs: number;
  readonly session: Session;
  readonly signal: AbortSignal;
  /** Hears every look. */
  readonly tell: (state: GateState) => void;
  readonly note: (text: string) => void;
  readonly pods: PodsByNode;
  /** Whether the gate need not be passed any more: the Node object as it is tells. */
  readonly isOver: (node: unknown) => boolean;
}

/**
 * Waits until the add-ons that were held back on a node are current and Ready, and the node was clean for some time
 * without a break. Returns the add-ons that caught up. Throws `gave-up` with what is missing when the signal ends it.
 */
export async function passGate(gate: Gate): Promise<readonly string[]> {
  const { node, session, signal } = gate;
  const { clock } = session;
  const addons = await followHeldAddons(gate.pods.follow(node, { signal, note: gate.note }), session, gate);
  let cleanSince = Infinity;
  let state: GateState | undefined;
  const isThrough = async (): Promise<boolean> => {
    const look = await lookAt(gate, addons);
    if (look.isOver) return true;
    const now = clock.now();
    // A problem starts the time anew.
    cleanSince = look.problems.length === 0 ? Math.min(cleanSince, now) : Infinity;
    const cleanForMs = Math.max(0, now - cleanSince);
    state = stateOf(gate, look, cleanForMs);
    gate.tell(state);
    return isPassed(gate, look, cleanForMs);
  };
  // Pods of add-ons that are current change nothing.
  const news = (stop: AbortSignal): Promise<void> =>
    state !== undefined && state.addons.length > 0 ? addons.changed(stop) : untilAborted(stop);
  try {
    const polling = { everyMs: LOOK_EVERY_MS, isDone: (through: boolean) => through, news };
    if (await pollUntil(isThrough, polling, { clock, signal })) return addons.names;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  throw notPassed(gate, state);
}

function stateOf({ node, healthyForMs }: Gate, { isOver, ...seen }: Look, cleanForMs: number): GateState {
  return { node, ...seen, cleanFor: Math.floor(cleanForMs / 1000), healthyFor: healthyForMs / 1000 };
}

function isPassed({ healthyForMs }: Gate, look: Look, cleanForMs: number): boolean {
  return look.problems.length === 0 && cleanForMs >= healthyForMs && (healthyForMs === 0 || isAlive(look));
}

function isAlive({ heartbeatAge = Infinity }: NodeHealth): boolean {
  return heartbeatAge <= ALIVE_WITHIN_SECONDS;
}

type Look = Omit<GateState, 'node' | 'cleanFor' | 'healthyFor'> & { readonly isOver: boolean };

/** What cannot be read now is a problem of the moment; only a missing right will not pass. */
async function lookAt({ node, session, signal, isOver }: Gate, addons: HeldAddons): Promise<Look> {
  try {
    const [object, lease] = await Promise.all([
      session.cluster.get(nodePath(node), { signal }),
      readLease(node, session.cluster, signal),
    ]);
    if (isOver(object)) return { ...UNKNOWN, problems: [], isOver: true };
    const late = await addons.late();
    const waits = late.map((name) => `DaemonSet ${name} is not current and Ready on it`);
    if (textAt(object, 'metadata', 'name') === undefined) return { ...UNKNOWN, addons: late, problems: ['deleted'] };
    const health = healthFrom({ node: object, lease: lease.object, serverNow: lease.serverNow ?? session.clock.now() });
    return { ...health, addons: late, problems: [...waits, ...health.problems], isOver: false };
  } catch (thrown) {
    if (signal.aborted || isRefusedForGood(thrown)) throw thrown;
    return { ...UNKNOWN, problems: [`API server: ${messageOf(thrown)}`] };
  }
}

const UNKNOWN = { ready: undefined, heartbeatAge: undefined, pressures: [], addons: [], isOver: false };

function isRefusedForGood(thrown: unknown): boolean {
  return thrown instanceof ClusterRefusal && (thrown.status === 401 || isForbidden(thrown));
}

/** What a node waits for, in one line. */
export function waitsFor(state: GateState): string {
  const { problems, cleanFor, healthyFor, heartbeatAge = 0 } = state;
  if (problems.length > 0) return problems.join(', ');
  const isLate = cleanFor >= healthyFor && !isAlive(state);
  return `clean for ${cleanFor}s of ${healthyFor}s${isLate ? `, but a heartbeat is due: the last was ${heartbeatAge}s ago` : ''}`;
}

function notPassed({ node, session }: Gate, state: GateState | undefined): MaintError {
  const missing = state === undefined ? 'it was not looked at yet' : waitsFor(state);
  const isInterrupted = session.signal.aborted;
  const what = isInterrupted ? 'interrupted while waiting for' : 'gave up waiting for';
  return new MaintError(isInterrupted ? 'interrupted' : 'gave-up', `${what} node ${node}: ${missing}`);
}

const NOT_FOUND = 404;

/** A node's Lease, undefined where it has none, and the API server's time at that moment. Throws ClusterRefusal. */
export async function readLease(
  node: string,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<{ object: unknown; serverNow: number | undefined }> {
  const answer = await cluster.send({ method: 'GET', path: leasePath(node), signal });
  if (answer.status >= 300 && answer.status !== NOT_FOUND) throw refusalFromAnswer(answer);
  const date = Date.parse(answer.headers['date'] ?? '');
  return {
    object: answer.status === NOT_FOUND ? undefined : answer.body,
    serverNow: Number.isNaN(date) ? undefined : date,
  };
}
