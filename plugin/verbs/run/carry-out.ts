import { MaintError, renderDuration, type ClaimKey } from '../../../shared/index.ts';
import { placeOf } from '../../command/files.ts';
import { outputSink } from '../../command/output.ts';
import { watchSilence } from '../../command/silence.ts';
import { hasClaim, holdsClaim } from '../../nodes/mark.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { RunTarget, NodesRun } from './nodes-run.ts';
import { claimOf, readNode } from './read-node.ts';
import { enterStep } from './step.ts';
import { bootIdOf, proveReboot, watchForDown } from './reboot.ts';

/** Runs the command. Throws where it does not end well; false where that was because the person interrupted. */
export async function carryOutCommand(target: RunTarget, run: NodesRun): Promise<boolean> {
  const { operation, session, carrier, relay } = run;
  const { name } = target.node.facts;
  const ready = readyForCommand(await readNode(name, run), target);
  const node = readyForCommand(await enterStep(ready, 'running', target, run), target);
  const sink = outputSink(name, { show: run.shows(name, 'command'), screen: session.screen }, placeOf(operation));
  const begun = session.clock.now();
  target.times.commandBegun = begun;
  session.screen.note(`node/${name} runs: ${carrier.line}`);
  const over = new AbortController();
  const tell = (text: string): void => {
    session.screen.note(`node/${name} the command ${text}`);
  };
  void watchSilence(sink, tell, { clock: session.clock, signal: over.signal });
  const turn = { node, claim: claimOf(node, target.claim.owner) ?? target.claim };
  const down = new AbortController();
  const booting = operation.reboot ? bootingOf(node, operation.off.timeoutMs) : undefined;
  if (booting !== undefined)
    void watchForDown(booting, session, {
      signal: over.signal,
      down: () => {
        down.abort();
      },
    });
  const end = await carrier.carryOut(turn, { sink, relay, tell, down: down.signal }).finally(() => {
    over.abort();
  });
  target.times.commandEnded = session.clock.now();
  target.exitCode = end.code;
  const words = `the command ${end.words}`;
  if (session.signal.aborted) {
    target.stopped = `interrupted, ${words}`;
    return false;
  }
  if (!end.isWell && booting === undefined) throw new MaintError('gave-up', words);
  session.screen.note(`node/${name} ${words} after ${renderDuration(session.clock.now() - begun)}`);
  if (booting === undefined) return true;
  // The API server may stand on this very node: it is told of the reboot where it hears.
  const told = enterStep(node, 'rebooting', target, run).catch(() => undefined);
  target.healthyWithinMs = await proveReboot(end, booting, session);
  await told;
  return true;
}

function bootingOf(node: NodeSnapshot, timeoutMs: number) {
  const before = bootIdOf(node);
  if (before !== undefined) return { name: node.facts.name, before, timeoutMs };
  throw new MaintError(
    'gave-up',
    'the command was not begun: no boot id is reported any more, so that no reboot can be proved',
  );
}

/** The node, where nothing has changed since it was drained. Throws MaintError('gave-up') where it is not kept free any more. */
function readyForCommand(node: NodeSnapshot | undefined, { claim }: RunTarget): NodeSnapshot {
  if (node !== undefined && isKeptFree(node, claim)) return node;
  const why = node === undefined ? 'it does not exist any more' : whyNotFree(node, claim);
  throw new MaintError('gave-up', `the command was not begun: ${why}`);
}

function isKeptFree({ facts }: NodeSnapshot, claim: ClaimKey): boolean {
  return holdsClaim(facts, claim) && facts.state !== 'returning' && facts.unschedulable;
}

function whyNotFree({ facts }: NodeSnapshot, claim: ClaimKey): string {
  if (!hasClaim(facts, claim.owner)) return 'somebody has ended its maintenance meanwhile';
  if (!holdsClaim(facts, claim)) return TAKEN_AGAIN;
  return facts.unschedulable ? 'somebody brings it back' : 'somebody uncordoned it';
}

/** Why a node is left as it is. */
export const TAKEN_AGAIN = 'another command of the same owner has taken it into maintenance again meanwhile';
