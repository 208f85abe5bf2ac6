import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { type OnEvent, newClaimId, takeIntoMaintenance, tellInWords } from '../on/index.ts';
import { reportFor } from '../../session/report.ts';
import type { RunOperation } from './flags.ts';
import type { Session } from '../../session/session.ts';
import type { ChosenNodes } from './nodes.ts';
import { onOperationFor } from './on-operation.ts';

/** Tells what a run would do on each node, in its order. Nothing is changed. Throws MaintError where a node is refused. */
export async function dryRunOnNodes(
  { nodes, owner }: ChosenNodes,
  operation: RunOperation,
  session: Session,
  line: string,
): Promise<ExitCode> {
  const report = reportFor<OnEvent>(operation.format, session, tellInWords);
  let worst: ExitCode = EXIT.done;
  for (const { facts } of nodes) {
    const on = onOperationFor(facts.name, { operation, owner }, session);
    const { code } = await takeIntoMaintenance(on, session, {
      report,
      claimId: newClaimId(),
      refusesSameOwner: false,
    });
    if (code !== EXIT.done && code !== EXIT.gaveUp) return code;
    // A pod that does not go at once would be waited for: the dry run goes on with the next node.
    if (code === EXIT.gaveUp) worst = code;
    session.screen.result(`node/${facts.name} runs: ${line} (dry run)`);
    session.screen.result(`node/${facts.name} out of maintenance (dry run)`);
  }
  return worst;
}
