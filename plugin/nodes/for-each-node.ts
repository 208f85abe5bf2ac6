import { MaintError } from '../../shared/index.ts';
import { EXIT, EXIT_OF, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../session/session.ts';
import { showLive } from '../session/live.ts';
import type { Report } from '../session/report.ts';
import type { TerminalSize } from '../terminal/screen.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** From the mildest to the gravest: of several nodes the gravest failure is the exit code. */
const GRAVITY: readonly ExitCode[] = [
  EXIT.done,
  EXIT.gaveUp,
  EXIT.usage,
  EXIT.denied,
  EXIT.cluster,
  EXIT.interrupted,
  EXIT.bug,
];

/** Something that a command does to a node. */
interface OnNode {
  readonly node: NodeSnapshot;
}

/** How a command goes over its nodes. */
interface ForEachNodeOptions<T> {
  /** No node is begun any more once its signal has aborted. */
  readonly session: Session;
  /** Nodes that are under way at once; 0 = all. */
  readonly parallel: number;
  /** Drawn again and again until the last node is done; left out where the steps of a node draw by themselves. */
  readonly live?: (size: TerminalSize) => readonly string[];
  /** Hears of a failure when it happens, while the others go on. Throws it where it is the whole command's. */
  readonly failures: (target: T, thrown: unknown) => void;
  /** What goes on for a node until its turn comes, which the signal tells. */
  readonly queued?: (target: T, signal: AbortSignal) => Promise<void>;
  /** Hears of a node whose turn came after the interruption. */
  readonly notBegun?: (target: T) => void;
}

/**
 * Does a task for each node, in their order, some at once. Returns `interrupted` where the signal has aborted, else the exit
 * code of the gravest failure. Throws what `failures` throws.
 */
export async function forEachNode<T extends OnNode>(
  targets: readonly T[],
  task: (target: T) => Promise<void>,
  options: ForEachNodeOptions<T>,
): Promise<ExitCode> {
  const { session, live, failures, notBegun } = options;
  const { signal } = session;
  let gravest: ExitCode = EXIT.done;
  const take = async (target: T): Promise<void> => {
    if (signal.aborted) {
      notBegun?.(target);
      return;
    }
    await task(target).catch((thrown: unknown) => {
      failures(target, thrown);
      gravest = graver(gravest, thrown);
    });
  };
  const area = live === undefined ? undefined : showLive(live, session);
  try {
    await inTurns(targets, take, options);
  } finally {
    area?.end();
  }
  return signal.aborted ? EXIT.interrupted : gravest;
}

async function inTurns<T extends OnNode>(
  targets: readonly T[],
  take: (target: T) => Promise<void>,
  { session, parallel, queued }: ForEachNodeOptions<T>,
): Promise<void> {
  const queue = targets.map((target) => {
    const turn = new AbortController();
    const waiting = queued?.(target, AbortSignal.any([session.signal, turn.signal]));
    return async (): Promise<void> => {
      turn.abort();
      await waiting;
      await take(target);
    };
  });
  const takeOneAfterTheOther = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
  };
  const atOnce = parallel === 0 ? targets.length : Math.min(parallel, targets.length);
  await Promise.all(Array.from({ length: atOnce }, takeOneAfterTheOther));
}

function graver(exit: ExitCode, thrown: unknown): ExitCode {
  const other = thrown instanceof MaintError ? EXIT_OF[thrown.code] : EXIT.bug;
  return GRAVITY.indexOf(other) > GRAVITY.indexOf(exit) ? other : exit;
}

/** The event by which a command tells that it failed on a node. */
interface NodeFailed {
  readonly type: 'failed';
  readonly node: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/**
 * Tells each failure as an event of its node. Of a command about one node alone the failure is the command's, and a bug is
 * always: these are thrown.
 */
export function failuresToldOneByOne(
  nodes: number,
  report: Report<NodeFailed>,
): (target: OnNode, thrown: unknown) => void {
  return ({ node: { facts } }, thrown) => {
    if (!(thrown instanceof MaintError) || nodes === 1) throw thrown;
    report.tell({ type: 'failed', node: facts.name, message: thrown.message, hint: thrown.hint });
  };
}
