import type { Detached } from '../../detached/asked.ts';
import { launching } from '../../detached/launching.ts';
import { recordOf } from '../../nodes/mark.ts';
import type { Caller } from '../../session/connect.ts';
import { systemClock } from '../../session/clock.ts';
import type { ExitCode } from '../../terminal/exit-codes.ts';
import type { RunOperation } from './flags.ts';
import { refuseBegun } from './nodes.ts';
import { refusePassedEnd } from './on-operation.ts';

/** Has a run carried out in the cluster: under a name, so that a pod that takes it over leaves out what is done. Throws MaintError. */
export async function detachRun(operation: RunOperation, detached: Detached, caller: Caller): Promise<ExitCode> {
  const { nodes, on, given, runId } = operation;
  refusePassedEnd(operation, { clock: systemClock });
  return launching(
    {
      verb: 'run',
      detached,
      nodes,
      owner: on.claim.owner,
      command: given,
      goingOn: (job) => [`--run-id=${runId ?? job}`, '--resume'],
      refuseAhead: (found, owner) => {
        found.forEach(recordOf);
        refuseBegun(found, owner, operation);
      },
    },
    operation.cluster,
    caller,
  );
}
