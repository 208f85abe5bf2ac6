import {
  ClusterRefusal,
  isInMaintenance,
  isPassing,
  MaintError,
  messageOf,
  nodePath,
  renderDuration,
  retry,
  type Claim,
  type ClaimKey,
} from '../../../shared/index.ts';
import { withinTime } from '../../session/deadline.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { runCommand, type CommandStart } from './command/child.ts';
import { commandEnvironment } from './command/environment.ts';
import { placeOf } from './command/files.ts';
import { endInWords } from './command/outcome.ts';
import { outputSink } from './command/output.ts';
import { shellLine } from '../../terminal/shell-line.ts';
import { watchSilence } from './command/silence.ts';
import { hasClaim, holdsClaim, recordOf } from '../../nodes/mark.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import { type OnReport, takeIntoMaintenance } from '../on/index.ts';
import { runOffFor } from '../off/index.ts';
import type { RunTarget, NodesRun } from './nodes-run.ts';
import { waitForHealth } from './health.ts';
import { refuseHeld } from './nodes.ts';
import { onOperationFor } from './on-operation.ts';

/**
 * Takes one node through: into maintenance, the command, back. Its phase tells how far it came. Throws MaintError where it
 * fails; where another node failed, or the person interrupted, it only stops.
 */
export async function takeThrough(target: RunTarget, run: NodesRun): Promise<void> {
  target.phase = 'draining';
  if (!(await takeIn(target, run))) return;
  target.phase = 'running';
  if (!(await carryOutCommand(target, run))) return;
  target.phase = 'returning';
  target.phase = await bringBack(target, run);
}

/** Takes it into maintenance. False where another node failed meanwhile, or the person interrupted. */
async function takeIn(target: RunTarget, run: NodesRun): Promise<boolean> {
  const { owner, session, halt } = run;
  const { name } = target.node.facts;
  const fresh = await readNode(name, run);
  if (fresh !== undefined && !run.continued.has(name)) refuseHeld([fresh], owner);
  const on = onOperationFor(name, run, session);
  const report: OnReport = {
    tell: (event) => {
      if (event.type === 'cordoned') target.isMarked = true;
      run.report.tell(event);
    },
  };
  const { code } = await takeIntoMaintenance(
    on,
    { ...session, signal: halt },
    {
      report,
      claimId: target.claim.id,
      refusesSameOwner: !run.continued.has(name),
      view: run.view,
    },
  );
  if (code === EXIT.done && !halt.aborted) return true;
  target.stopped = 'the command was not begun';
  return false;
}

/** Runs the command. Throws where it does not end well; false where that was because the person interrupted. */
async function carryOutCommand(target: RunTarget, run: NodesRun): Promise<boolean> {
  const { operation, session, inherited, relay } = run;
  const { name } = target.node.facts;
  const node = readyForCommand(await readNode(name, run), target);
  const sink = outputSink(name, session.screen, placeOf(operation));
  const begun = session.clock.now();
  session.screen.note(`node/${name} runs: ${shellLine([operation.command.program, ...operation.command.args])}`);
  const start: CommandStart = {
    command: operation.command,
    env: commandEnvironment(inherited.env, node, claimOf(node, target.claim.owner) ?? target.claim),
    stdin: operation.maxParallel === 1 && inherited.canAnswer ? 'inherit' : 'ignore',
    onTerminal: inherited.onTerminal,
    timeoutMs: operation.commandTimeoutMs,
  };
  const over = new AbortController();
  const tell = (text: string): void => {
    session.screen.note(`node/${name} the command ${text}`);
  };
  void watchSilence(sink, tell, { clock: session.clock, signal: over.signal });
  const end = await runCommand(start, { sink, relay, tell }).finally(() => {
    over.abort();
  });
  const words = `the command ${endInWords(end, operation.commandTimeoutMs)}`;
  if (session.signal.aborted) {
    target.stopped = `interrupted, ${words}`;
    return false;
  }
  // A command that had to be stopped has failed, even where it exits with 0 then.
  if (end.code !== 0 || end.timedOut) throw new MaintError('gave-up', words);
  session.screen.note(`node/${name} ${words} after ${renderDuration(session.clock.now() - begun)}`);
  return true;
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

const TAKEN_AGAIN = 'another command of the same owner has taken it into maintenance again meanwhile';

function claimOf(node: NodeSnapshot, owner: string): Claim | undefined {
  return recordOf(node)?.claims.find((claim) => claim.owner === owner);
}

/** Brings a node back. Where the command has replaced it, its record is lost, and it is only waited for until it is healthy. */
async function bringBack({ node, claim }: RunTarget, run: NodesRun): Promise<'done' | 'gone'> {
  const { operation, owner, session } = run;
  const { name, uid } = node.facts;
  const now = await readAfterCommand(name, run);
  if (now === undefined) {
    session.screen.warn(`node ${name} does not exist any more after its command: there is nothing to bring back`);
    return 'gone';
  }
  if (claimOf(now, owner) === undefined) {
    const why = now.facts.uid === uid ? 'somebody ended it' : 'the node was deleted and made again';
    session.screen.warn(`node ${name} is not in maintenance for ${owner} any more: ${why} while the command ran`);
    if (!isInMaintenance(now.facts)) await waitForHealth(name, run);
    return 'done';
  }
  if (!holdsClaim(now.facts, claim)) throw new MaintError('gave-up', `${TAKEN_AGAIN}: it is not brought back`);
  const off = { ...operation.off, nodes: { names: [name], selector: undefined }, owner };
  const code = await runOffFor(claim, off, session);
  // The node may have come out of maintenance just before the interruption.
  const isBack = code === EXIT.done || claimOf((await readNode(name, run)) ?? now, owner) === undefined;
  if (!isBack) throw new MaintError('interrupted', 'interrupted on the way back');
  return 'done';
}

/** How often an API server that does not answer is asked again, in ms. */
const ASK_EVERY_MS = 1000;

/** Reads the node after its command. On a node of the control plane the command may have stopped the API server: it is asked until it answers. */
function readAfterCommand(name: string, { operation, session }: NodesRun): Promise<NodeSnapshot | undefined> {
  const waiting = {
    timeoutMs: operation.off.timeoutMs,
    waitsFor: `the API server after the command on node ${name}`,
    hint: `the node stays in maintenance; where the command need not run again: kubectl maint off ${name}`,
  };
  let told = false;
  return withinTime(waiting, session, (signal) => {
    const read = async (): Promise<NodeSnapshot | undefined> =>
      snapshotFromObject(await session.cluster.get(nodePath(name), { signal }));
    const failed = (thrown: unknown): number | undefined => {
      if (signal.aborted || isRefused(thrown)) return undefined;
      if (!told) session.screen.note(`node/${name} waits for the API server: ${messageOf(thrown)}`);
      told = true;
      return ASK_EVERY_MS;
    };
    return retry(read, { failed }, (ms) => session.clock.sleep(ms, signal));
  });
}

/** Whether the API server refused: asking again would be refused, too. */
function isRefused(thrown: unknown): boolean {
  return thrown instanceof ClusterRefusal && !isPassing(thrown);
}

async function readNode(name: string, { session }: NodesRun): Promise<NodeSnapshot | undefined> {
  return snapshotFromObject(await session.cluster.get(nodePath(name)));
}
