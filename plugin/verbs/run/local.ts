import { shellLine } from '../../terminal/shell-line.ts';
import type { Carrier } from './carrier.ts';
import { runCommand, type NodeCommand } from '../../command/child.ts';
import { commandEnvironment, type Environment } from '../../command/environment.ts';
import { refuseUnknownProgram } from '../../command/find.ts';
import { endInWords } from '../../command/outcome.ts';

/** What commands inherit from this process. */
export interface Inherited {
  readonly env: Environment;
  /** Standard input is a terminal: somebody may answer what a command asks. */
  readonly canAnswer: boolean;
  /** Some stream is a terminal: Ctrl-C there reaches our commands by itself. */
  readonly onTerminal: boolean;
}

/** What a run says of its command. */
interface LocalCommand {
  readonly command: NodeCommand;
  readonly maxParallel: number;
  readonly commandTimeoutMs: number;
}

/** From this exit code on a program may have been ended from outside: what shells give to a signal, and ssh (255) to a connection that broke. */
const SIGNALLED = 128;

/** Carries the command out as a process of this machine. */
export function localCarrier(operation: LocalCommand, { env, canAnswer, onTerminal }: Inherited): Carrier {
  const { command, maxParallel, commandTimeoutMs: timeoutMs } = operation;
  const stdin = maxParallel === 1 && canAnswer ? 'inherit' : 'ignore';
  return {
    line: shellLine([command.program, ...command.args]),
    refuseAhead: () => refuseUnknownProgram(command.program, env),
    carryOut: async ({ node, claim }, ports) => {
      const own = commandEnvironment(env, node, claim);
      const end = await runCommand({ command, env: own, stdin, onTerminal, timeoutMs }, ports);
      return {
        code: end.code,
        isWell: end.code === 0 && !end.timedOut,
        mayBeDown: !end.timedOut && (end.code ?? SIGNALLED) >= SIGNALLED,
        words: endInWords(end, timeoutMs),
      };
    },
  };
}
