import { MaintError } from '../../shared/index.ts';
import { runCommand } from '../command/child.ts';
import { KILL_AFTER_MS } from '../command/ending.ts';
import { endInWords } from '../command/outcome.ts';
import { outputSink } from '../command/output.ts';
import type { Screen } from '../terminal/screen.ts';
import type { ProgramRunner } from './steps/step.ts';

/** Where commands of hooks write. */
interface ProgramPorts {
  readonly screen: Screen;
  /** Takes a line of a command, with its node before it. */
  readonly tell: (text: string) => void;
}

/**
 * Runs the commands of hooks as `run` runs those of nodes: without a shell, and all that they have started ends with them
 * when their time is over. NODE, MAINT_OWNER and MAINT_REASON are in their environment.
 */
export function programRunner({ screen, tell }: ProgramPorts): ProgramRunner {
  return async ([program = '', ...args], { node, owner, reason }, signal) => {
    const show = (_: unknown, line: string): void => {
      tell(`${node} | ${line}`);
    };
    const end = await runCommand(
      {
        command: { program, args },
        env: { ...process.env, NODE: node, MAINT_OWNER: owner, MAINT_REASON: reason },
        stdin: 'ignore',
        onTerminal: false,
        timeoutMs: 0,
      },
      {
        sink: outputSink(node, { show, screen }, undefined),
        relay: { add: (hear) => endedBy(signal, hear) },
        tell: (text) => {
          screen.note(`node/${node} ${program} ${text}`);
        },
      },
    );
    if (end.code !== 0 || signal.aborted) throw new MaintError('gave-up', `${program} ${endInWords(end, 0)}`);
  };
}

/** What is aborted is asked to end, and killed where it does not. Returns what ends that. */
function endedBy(signal: AbortSignal, hear: (signal: NodeJS.Signals) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    hear('SIGTERM');
    timer = setTimeout(hear, KILL_AFTER_MS, 'SIGTERM');
  };
  signal.addEventListener('abort', stop, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  };
}
