import { MaintError } from '../../../shared/index.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { OnOperation } from './flags.ts';
import type { Survey } from '../../preflight/survey.ts';
import type { Session } from '../../session/session.ts';
import { reportFor } from '../../session/report.ts';
import { inBatches } from './batches.ts';
import { choose, newClaimId, type OnOptions } from './choose.ts';
import { drainNodes } from './drain.ts';
import { dryRunOn } from './dry-run.ts';
import { interrupted, unlessInterrupted, type OnEnd } from './end.ts';
import { tellEnforcement } from './enforcement.ts';
import { findingsOnce, type OnEvent } from './events.ts';
import { backOutIfGuardBroken } from './guard.ts';
import { markAll } from './mark.ts';
import { preflight, preflightOfBatch, wantsAllNames } from './preflight.ts';
import type { OnRun, Target } from './on-run.ts';
import { tellInWords } from './text.ts';

/**
 * `kubectl maint on`: read everything and refuse before the first write; mark and cordon the nodes; then drain them,
 * several at once. Each node's record tells how far it came, whatever happens.
 */
export async function runOn(operation: OnOperation, session: Session): Promise<ExitCode> {
  const allNames = wantsAllNames(operation);
  const report = reportFor<OnEvent>(operation.format, session, (event, screen) => {
    tellInWords(event, screen, allNames);
  });
  const options: OnOptions = {
    report: findingsOnce(report),
    claimId: newClaimId(),
    refusesSameOwner: false,
    tellsWhere: true,
  };
  try {
    const { code, leaves } = await takeIntoMaintenance(operation, session, options);
    if (leaves !== undefined) report.tell({ type: 'note', text: `interrupted: ${leaves}` });
    return code;
  } catch (thrown) {
    if (thrown instanceof MaintError && operation.format === 'json') {
      report.tell({ type: 'failed', node: undefined, message: thrown.message, hint: thrown.hint });
    }
    throw thrown;
  }
}

/** Everything that `on` does; how it ended is the caller's to tell. Throws MaintError. */
export async function takeIntoMaintenance(operation: OnOperation, given: Session, options: OnOptions): Promise<OnEnd> {
  const over = new AbortController();
  // What is watched ends with the command, however it ends.
  const session = { ...given, signal: AbortSignal.any([given.signal, over.signal]) };
  try {
    return await takeSteps(operation, session, options);
  } finally {
    over.abort();
  }
}

async function takeSteps(operation: OnOperation, session: Session, options: OnOptions): Promise<OnEnd> {
  const begun = await begin(operation, session, options).catch(unlessInterrupted(session));
  if (begun === undefined) return interrupted('nothing was changed');
  const { targets, survey, run } = begun;
  if (operation.dryRun !== 'none') return { code: await dryRunOn(targets, survey, run), leaves: undefined };
  try {
    return await inBatches(targets, (batch) => takeBatch(batch, survey, run), run);
  } finally {
    await run.announcer.settled();
  }
}

/** The steps before the first write. Throws where the preflight refuses. */
async function begin(operation: OnOperation, session: Session, options: OnOptions) {
  const { nodes, run } = await choose(operation, session, options);
  return { ...(await preflight(nodes, run)), run };
}

/** The steps on the nodes of one batch. Returns the gravest failure; throws where the batch, or an only node, failed as a whole. */
async function takeBatch(batch: readonly Target[], before: Survey, run: OnRun): Promise<ExitCode> {
  const looked = await preflightOfBatch(batch, before, run).catch(unlessInterrupted(run.session));
  if (looked === undefined) return EXIT.done;
  const marked = await markAll(looked.targets, run);
  await backOutIfGuardBroken(marked, looked.survey, run);
  run.marked.push(...marked);
  if (run.session.signal.aborted) return EXIT.done;
  const told = tellEnforcement(marked, run);
  try {
    return run.operation.claim.mode === 'cordon' ? EXIT.done : await drainNodes(marked, run);
  } finally {
    await told;
  }
}
