import type { Screen } from '../../../terminal/screen.ts';
import type { Claim } from '../../../../shared/index.ts';
import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import { runCommand } from '../../../command/child.ts';
import { commandEnvironment } from '../../../command/environment.ts';
import { endInWords } from '../../../command/outcome.ts';
import { outputSink } from '../../../command/output.ts';
import type { SignalRelay } from '../../../command/signals.ts';
import type { Inherited } from '../local.ts';
import type { NodesRun } from '../nodes-run.ts';
import type { Check } from './checks.ts';

/** What the command of a check goes by. */
interface CheckTerms {
  readonly claim: Partial<Claim>;
  readonly inherited: Inherited;
  readonly relay: SignalRelay;
  readonly screen: Screen;
  readonly shows: NodesRun['shows'];
}

/** `--check`: a command line for this machine's shell, with the same environment and output as the command of the run. */
export function checkCommand(line: string, { claim, inherited, relay, screen, shows }: CheckTerms): Check {
  return async ({ node }: { readonly node: NodeSnapshot }, timeoutMs) => {
    const { name } = node.facts;
    const end = await runCommand(
      {
        command: { program: line, args: [], isShellLine: true },
        env: commandEnvironment(inherited.env, node, claim),
        // It is asked again and again: nobody can answer each time.
        stdin: 'ignore',
        onTerminal: inherited.onTerminal,
        timeoutMs,
      },
      {
        sink: outputSink(name, { show: shows(name, 'check'), screen }, undefined),
        relay,
        tell: (text) => {
          screen.note(`node/${name} the check before it ${text}`);
        },
      },
    );
    const isMet = end.code === 0 && !end.timedOut;
    return isMet ? [] : [`the check ${endInWords(end, timeoutMs, '--check-timeout')}`];
  };
}
