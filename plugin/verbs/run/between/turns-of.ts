import type { Session } from '../../../session/session.ts';
import type { Inherited } from '../local.ts';
import type { NodesRun } from '../nodes-run.ts';
import { checkCommand } from './check-command.ts';
import type { Check } from './checks.ts';
import type { BetweenFlags } from './flags.ts';
import { Turns, type OpenTimes } from './turns.ts';
import type { Window } from './window.ts';

/** What lies between nodes as far as it had to be read. */
export interface Between {
  readonly objects: Check | undefined;
  readonly windows: OpenTimes | undefined;
}

/**
 * Reads what was asked for between nodes: all that is wrong with it is found out before anything is changed, and nothing has
 * to be loaded in the middle of a run. Throws MaintError.
 */
export async function readBetween({ checkFile, windows }: BetweenFlags, session: Session): Promise<Between> {
  return {
    objects: checkFile === undefined ? undefined : await fileOf(checkFile, session),
    windows: windows.length === 0 ? undefined : await openTimes(windows),
  };
}

async function fileOf(path: string, { cluster }: Session): Promise<Check> {
  const { checkFile } = await import('./check-file/check-file.ts');
  return checkFile(path, cluster);
}

/** Zones of the world are loaded by those who name one. */
async function openTimes(windows: readonly Window[]): Promise<OpenTimes> {
  const { Windows, onTheWall } = await import('./windows.ts');
  const all = new Windows(windows);
  const [first] = windows;
  return {
    fits: (now, tookMs) => all.fits(now, tookMs),
    nextFit: (now, tookMs) => all.nextFit(now, tookMs),
    show: (at) => onTheWall(at, first?.zone ?? 'UTC'),
  };
}

/** What a run adds to its flags. */
interface TurnPorts extends Between {
  /** Aborts when no node is begun any more. */
  readonly signal: AbortSignal;
  readonly atOnce: number;
  readonly inherited: Inherited;
}

/** The turns of a run's nodes. */
export function turnsOf(run: NodesRun, { signal, atOnce, inherited, objects, windows }: TurnPorts): Turns {
  const { operation, session, owner, relay, closing, shows } = run;
  const { between: flags, on } = operation;
  const { reason, ticket } = on.claim;
  const claim = { owner, ...(reason !== undefined && { reason }), ...(ticket !== undefined && { ticket }) };
  const { screen, clock } = session;
  const checks: readonly Check[] = [
    ...(objects === undefined ? [] : [objects]),
    ...(flags.check === undefined ? [] : [checkCommand(flags.check, { claim, inherited, relay, screen, shows })]),
  ];
  const note = (text: string): void => {
    screen.note(text);
  };
  return new Turns({ flags, checks, windows, clock, signal, closing, atOnce, note });
}
