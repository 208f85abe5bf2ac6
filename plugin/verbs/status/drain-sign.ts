import { conditionAt, textAt } from '../../../shared/index.ts';
import { OUR_CONDITIONS, RUN_SIGN_MS } from '../../nodes/conditions.ts';

/** What the node's conditions say of its drain. */
export interface DrainSign {
  /** How far it is, and what it waits for; empty when nothing tells. */
  readonly progress: string;
  /** Since when nobody goes on with it, RFC 3339; null: it goes on, has ended, or nothing tells. */
  readonly stoppedSince: string | null;
}

/**
 * A drain that gives no sign for so many ms has stopped, however it ended. It tells how far it is every 5 s, and a node
 * that waits for its turn every 30 s (drain/progress.ts): three signs may fail on a server that is slow.
 */
export const SILENT_MS = 4 * 30_000;

/** Reads them, for `now` in milliseconds since the epoch. `podsLeft`: as counted now, where it could be. */
export function drainSign(node: unknown, podsLeft: number | null, now: number): DrainSign {
  const running = conditionIn(node, 'DrainInProgress', 'True');
  const told = running ?? conditionIn(node, 'Drained', 'Unknown');
  return {
    progress: asOfNow(textAt(told, 'message') ?? '', podsLeft),
    stoppedSince: running === undefined ? null : stoppedSince(running, now),
  };
}

/**
 * Since when the run that has a node gives no sign, RFC 3339; null: it gives some, or nothing tells. A run tells its node
 * once in RUN_SIGN_MS that it goes on; two such signs may fail, on a server that is slow or away.
 */
export function silentSince(node: unknown, now: number): string | null {
  const told = OUR_CONDITIONS.flatMap((type) => textAt(conditionAt(node, type), 'lastHeartbeatTime') ?? []);
  const [last] = told.sort((one, other) => Date.parse(other) - Date.parse(one));
  return last !== undefined && now - Date.parse(last) > 3 * RUN_SIGN_MS ? last : null;
}

function conditionIn(node: unknown, type: string, status: string): unknown {
  const condition = conditionAt(node, type);
  return textAt(condition, 'status') === status ? condition : undefined;
}

function stoppedSince(running: unknown, now: number): string | null {
  const last = textAt(running, 'lastHeartbeatTime');
  if (last === undefined) return null;
  return textAt(running, 'reason') === 'Stopped' || now - Date.parse(last) > SILENT_MS ? last : null;
}

/** The condition is as old as its last sign: of the pods that it counts no more are left than are there. */
function asOfNow(message: string, podsLeft: number | null): string {
  return message.replace(/^\d+(?= of \d+ pods left)/, (told) => String(Math.min(Number(told), podsLeft ?? Infinity)));
}
