import * as z from 'zod/mini';
import { Told, type Line, type RunState } from '../wire.ts';

/** How many lines of a run are kept: the drain of a full node (110 pods) tells some hundreds. */
const MAX_LINES = 1000;

const Event = z.discriminatedUnion('type', [
  z.extend(Told.finding, { type: z.literal('finding') }),
  z.extend(Told.planned, { type: z.literal('planned') }),
  z.extend(Told.room, { type: z.literal('room') }),
]);

/** `on` tells how far a drain is by the same word as `off` how far a node is through its gate. */
const Progress = z.union([Told.progress, Told.gate]);

/** A run that has told one more line. */
export function withLine(run: RunState, line: Line): RunState {
  return { ...run, lines: [...run.lines, line].slice(-MAX_LINES) };
}

/** A run that has told one more event; what the page has no more to say of than its lines changes nothing. */
export function withEvent(run: RunState, event: object): RunState {
  const told = Event.safeParse(event);
  if (!told.success) return withProgress(run, event);
  switch (told.data.type) {
    case 'finding':
      return { ...run, findings: [...run.findings, told.data] };
    case 'planned':
      return { ...run, planned: [...run.planned, told.data] };
    case 'room':
      return { ...run, room: told.data };
  }
}

function withProgress(run: RunState, event: object): RunState {
  const told = Progress.safeParse(event);
  if (!told.success) return run;
  if ('causes' in told.data) return { ...run, progress: replaced(run.progress, told.data) };
  return { ...run, gates: replaced(run.gates, told.data) };
}

function replaced<T extends { readonly node: string }>(all: readonly T[], one: T): readonly T[] {
  return [...all.filter(({ node }) => node !== one.node), one];
}
