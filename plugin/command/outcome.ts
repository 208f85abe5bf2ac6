import { renderLeft } from '../../shared/index.ts';

/** How a command ended: an exit code, or the signal that ended it; neither where it runs on whatever we do. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  /** Ids of processes that should have ended with it, and still run. */
  readonly left: readonly number[];
  /** Those of them that we may not signal. */
  readonly refused: readonly number[];
}

/** The end of a sentence about the command, whose time a flag bounds. */
export function endInWords(end: CommandEnd, timeoutMs: number, flag = '--command-timeout'): string {
  const { left } = end;
  const how = howInWords(end, timeoutMs, flag);
  if (left.length === 0) return how;
  const run = left.length === 1 ? 'runs' : 'run';
  return `${how}, but ${processes(left)} still ${run}${whyInWords(end)}: see to it before you go on`;
}

function whyInWords({ left, refused }: CommandEnd): string {
  if (refused.length === 0) return '';
  const all = left.length === 1 ? 'it' : 'them';
  return ` (no permission to end ${refused.length === left.length ? all : processes(refused)})`;
}

function howInWords({ code, signal, timedOut, left }: CommandEnd, timeoutMs: number, flag: string): string {
  if (timedOut) {
    const was = left.length === 0 ? 'was' : 'was to be';
    return `${was} stopped after ${renderLeft(timeoutMs)} (${flag})`;
  }
  if (signal !== null) return `was killed by ${signal}`;
  if (code === null) return left.length === 0 ? 'was killed' : 'was to be killed';
  return code === 0 ? 'ended well' : `exited with code ${code}`;
}

/** Ids in a sentence: some tell enough. */
const NAMED = 5;

/** Processes by their ids. */
export function processes(pids: readonly number[]): string {
  const named = pids.slice(0, NAMED).join(', ');
  const more = pids.length > NAMED ? ` and ${pids.length - NAMED} more` : '';
  return `${pids.length === 1 ? 'process' : 'processes'} ${named}${more}`;
}
