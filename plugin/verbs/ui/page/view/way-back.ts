import { renderDuration } from '../../../../../shared/duration.ts';
import type { NodeRow, RunState } from '../../wire.ts';

/** One thing that a node is asked before it takes work again, as `off` asks it. */
export interface Criterion {
  readonly name: string;
  /** What is wrong; none where it is as it has to be, null where it is not known. */
  readonly problems: readonly string[] | null;
  readonly good: string;
  /** How many seconds of how many are over; undefined where nothing runs down. */
  readonly countdown?: { readonly seconds: number; readonly of: number };
}

/** How long `off` wants a node to stay clean unless it is told otherwise (`--healthy-for`), in seconds. */
const HEALTHY_FOR = 30;

/**
 * Each criterion of the way back, whoever brings the node back, and before anybody does: by what is seen of the node. Pure;
 * `healthyFor`: what an `off` of this page was told.
 */
export function wayBackOf(row: NodeRow, now: number, healthyFor?: number): readonly Criterion[] {
  const { heldBack, heartbeat, health, pressures } = row;
  return [
    { name: 'Add-ons', problems: heldBack, good: 'current' },
    { name: 'Ready', problems: row.ready ? [] : [said(health, NOT_READY) ?? NOT_READY], good: 'yes' },
    heartbeatOf(heartbeat, health, now),
    { name: 'Pressure', problems: pressures, good: 'none' },
    stableOf(row, now, healthyFor),
  ];
}

const NOT_READY = 'not Ready';
const NO_HEARTBEAT = 'no heartbeat';
/** Where a node is being deleted, none of the others says so. */
const DELETED = 'being deleted';

/** The problem in the words in which `off` tells it. */
function said(health: NodeRow['health'], begins: string): string | undefined {
  return health?.find((problem) => problem.startsWith(begins));
}

function heartbeatOf(heartbeat: NodeRow['heartbeat'], health: NodeRow['health'], now: number): Criterion {
  const name = 'Heartbeat';
  if (heartbeat === null) {
    const why = said(health, NO_HEARTBEAT);
    return { name, problems: why === undefined ? null : [why], good: '' };
  }
  const age = Math.max(0, now - Date.parse(heartbeat.renewedAt));
  const left = heartbeat.leaseSeconds * 1000 - age;
  const ago = `${renderDuration(age)} ago`;
  if (left < 0) return { name, problems: [`the last was ${ago}`], good: '' };
  return { name, problems: [], good: `${ago}; it has ${renderDuration(left)} more for the next one` };
}

function stableOf({ cleanSince, state, health, heldBack }: NodeRow, now: number, told: number | undefined): Criterion {
  const name = 'Stable';
  if (cleanSince === null) {
    const isKnown = health !== null && heldBack !== null;
    const waits = said(health, DELETED) ?? 'begins when all others are as they have to be';
    return { name, problems: isKnown ? [waits] : null, good: '' };
  }
  const seconds = Math.max(0, Math.floor((now - Date.parse(cleanSince)) / 1000));
  const wanted = told ?? HEALTHY_FOR;
  const time = (count: number): string => renderDuration(count * 1000);
  const seen = `seen clean for ${time(seconds)}`;
  if (state !== 'Returning') return { name, problems: [], good: `${seen}; off watches it for ${time(wanted)}` };
  const countdown = { seconds: Math.min(seconds, wanted), of: wanted };
  const left = `${seen} of ${time(wanted)}: ${time(wanted - seconds)} more`;
  if (seconds < wanted) return { name, problems: [], good: left, countdown };
  const end =
    told === undefined
      ? `its off wants ${time(wanted)}, unless it was told otherwise`
      : 'it takes work again with the next heartbeat';
  return { name, problems: [], good: `${seen}; ${end}`, countdown };
}

/** How long an `off` that goes on here wants the node to stay clean; undefined: none does, or it has not looked yet. */
export function healthyForOf(runs: readonly RunState[], node: string): number | undefined {
  return runs.find(({ code }) => code === null)?.gates.find((gate) => gate.node === node)?.healthyFor;
}
