import { renderDuration, renderEnd } from '../../../../../shared/duration.ts';
import type { NodeRow } from '../../wire.ts';

/** How something looks; every one has a sign and a word besides its colour. */
export type Tone = 'calm' | 'busy' | 'done' | 'back' | 'late' | 'off';

/** A moment as it is told, with the exact one for those who point at it. */
export interface Told {
  readonly text: string;
  /** RFC 3339; null: there is none. */
  readonly at: string | null;
  readonly isLate: boolean;
}

/** One node as a line of the list. */
export interface NodeView {
  readonly tone: Tone;
  readonly state: string;
  /** What the state means, and what is wrong with it. */
  readonly meaning: string;
  readonly roles: string;
  readonly owners: string;
  readonly reason: string;
  readonly until: Told;
  readonly podsLeft: string;
  readonly heldBack: string;
  readonly heartbeat: string;
  readonly deletion: string;
  readonly deletionWhy: string;
}

/** Of a node that is not in maintenance nothing more is read. */
const NOTHING = '–';
const UNKNOWN = 'unknown';

/** Whether a node is in maintenance, and not only cordoned. */
export function isRowInMaintenance({ state }: Pick<NodeRow, 'state'>): boolean {
  return state !== 'None' && state !== 'Cordoned';
}

/** Whether its announced end has passed by now: it does so without a change of the node. */
export function isLate({ until }: Pick<NodeRow, 'until'>, now: number): boolean {
  return until !== null && Date.parse(until) < now;
}

/** Pure: the same row at the same time looks the same. */
export function nodeView(row: NodeRow, now: number): NodeView {
  const isInMaintenance = isRowInMaintenance(row);
  const reasons = row.claims.map(({ ticket, reason }) =>
    [ticket, reason].filter((part) => part !== undefined).join(' '),
  );
  const known = <T>(value: T | null, render: (value: T) => string): string =>
    value !== null ? render(value) : isInMaintenance ? UNKNOWN : NOTHING;
  return {
    tone: toneOf(row, now),
    state: stateOf(row),
    meaning: meaningOf(row, now),
    roles: row.roles.join(', '),
    owners: row.cordonedBy ?? ownersOf(row, now),
    reason: reasons.filter((text) => text !== '').join('; '),
    until: untilOf(row.until, now),
    podsLeft: known(row.podsLeft, String),
    heldBack: known(row.heldBack, ({ length }) => String(length)),
    heartbeat: known(row.heartbeat, ({ renewedAt }) => `${renderDuration(now - Date.parse(renewedAt))} ago`),
    deletion: known(row.deletion, ({ verdict }) => verdict),
    deletionWhy: row.deletion?.blockers.map(({ text }) => text).join('; ') ?? '',
  };
}

function stateOf({ state, stateText, ready }: NodeRow): string {
  if (state === 'None') return ready ? 'Ready' : 'Not Ready';
  return stateText;
}

/** Of several owners, those who are overdue are told apart; of one alone the end tells. */
function ownersOf({ claims }: NodeRow, now: number): string {
  const late = (until: string | undefined): string => {
    const told = claims.length === 1 ? undefined : untilOf(until ?? null, now);
    return told?.isLate === true ? ` (${told.text})` : '';
  };
  return claims.map(({ owner, until }) => owner + late(until)).join(', ');
}

const TONES: Readonly<Record<string, Tone>> = {
  Initiated: 'busy',
  Complete: 'done',
  Returning: 'back',
  Cordoned: 'off',
  None: 'calm',
};

function toneOf(row: NodeRow, now: number): Tone {
  if (isLate(row, now) || row.stoppedSince !== null || (row.state === 'None' && !row.ready)) return 'late';
  return TONES[row.state] ?? 'late';
}

const MEANINGS: Readonly<Record<string, string>> = {
  Initiated: 'its workloads are being moved',
  Complete: 'its workloads are gone, and work is kept off',
  Returning: 'it comes back when it is clean',
  Unreadable: 'in maintenance, and its record cannot be read',
  Cordoned: 'cordoned without a record',
  None: 'not in maintenance',
};

function meaningOf(row: NodeRow, now: number): string {
  const meaning = MEANINGS[row.state] ?? row.state;
  const stopped = row.stoppedSince === null ? [] : ['nobody goes on with its drain'];
  const run =
    row.run === null ? [] : [`${row.run.number} of ${row.run.of} in a run of ${row.run.owner}: ${row.run.step}`];
  const late = row.until !== null && isLate(row, now) ? [untilOf(row.until, now).text] : [];
  const unready = row.ready ? [] : ['it is not Ready'];
  return [meaning, ...run, ...stopped, ...late, ...unready].join('; ');
}

/** When it was to end, as the table of `status` has it. */
export function untilOf(until: string | null, now: number): Told {
  if (until === null) return { text: NOTHING, at: null, isLate: false };
  const left = Date.parse(until) - now;
  return { text: renderEnd(left), at: until, isLate: left < 0 };
}

/** How long ago. */
export function agoOf(at: string, now: number): Told {
  return { text: `${renderDuration(now - Date.parse(at))} ago`, at, isLate: false };
}
