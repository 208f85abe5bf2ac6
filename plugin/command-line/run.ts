import { isForbidden, MaintError, messageOf } from '../../shared/index.ts';
import type { Screen } from '../terminal/screen.ts';
import { EXIT, EXIT_OF, type ExitCode } from '../terminal/exit-codes.ts';
import { parse } from './parse.ts';
import type { Commands, Operation, Task } from './verb.ts';

/** What the process hands to a run. */
export interface Invocation {
  readonly argv: readonly string[];
  readonly commands: Commands;
  readonly screen: Screen;
  /** Aborts when the person interrupts. */
  readonly signal: AbortSignal;
  readonly version: string;
}

/** Runs one command line to its exit code. The single place where failures become words. Never rejects. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  let task: Task | undefined;
  const warnings = { count: 0 };
  try {
    task = await parse(invocation.argv, invocation.commands);
    const code = await task.carryOut({ ...invocation, warnings });
    return strictly(task.operation, code, warnings.count, invocation.screen);
  } catch (thrown) {
    return explain(thrown, invocation, task?.changes === true);
  }
}

/** kubectl's --warnings-as-errors: what was done is done, and the command fails all the same. */
function strictly({ cluster }: Operation, code: ExitCode, warnings: number, screen: Screen): ExitCode {
  if (cluster?.warningsAsErrors !== true || warnings === 0 || code !== EXIT.done) return code;
  screen.note(`error: ${warnings} ${warnings === 1 ? 'warning' : 'warnings'} received (--warnings-as-errors)`);
  return EXIT.cluster;
}

const RIGHTS =
  'the roles kubectl-maint-operator and kubectl-maint-viewer of the chart have the rights; kubectl maint doctor names what is missing';

/** Nobody has foreseen the interruption here, so that it may have come before or after a write. */
const UNFORESEEN = 'interrupted; what was changed until then, if anything: kubectl maint status';

function explain(thrown: unknown, { screen, signal }: Invocation, changes: boolean): ExitCode {
  if (thrown instanceof MaintError) {
    screen.note(`error: ${thrown.message}`);
    const hint = thrown.hint ?? (isForbidden(thrown) ? RIGHTS : undefined);
    if (hint !== undefined) screen.note(`hint: ${hint}`);
    return signal.aborted ? EXIT.interrupted : EXIT_OF[thrown.code];
  }
  if (signal.aborted) {
    screen.note(changes ? UNFORESEEN : 'interrupted');
    return EXIT.interrupted;
  }
  return explainBug(thrown, screen);
}

function explainBug(thrown: unknown, screen: Screen): ExitCode {
  screen.note(`error: this is a bug in kubectl maint: ${messageOf(thrown)}`);
  screen.note('hint: please report it with the command line and the lines below');
  if (thrown instanceof Error && thrown.stack !== undefined) screen.note(thrown.stack);
  return EXIT.bug;
}
