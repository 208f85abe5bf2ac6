import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { chooseNodes } from '../../nodes/choose.ts';
import type { StatusOperation } from './flags.ts';
import { tellStatus } from './notes.ts';
import { AppendedRows, LiveTable, type StatusView } from './view.ts';
import type { Look } from '../../terminal/screen.ts';
import type { Session } from '../../session/session.ts';
import { firstOf, repeat } from '../../session/wait.ts';
import { FollowedNodes } from './following.ts';
import { NO_EVENTS, readFromEvents, releasedDuring } from './from-events.ts';
import { isNarrowed } from './node-status.ts';
import { readingMemory } from './held.ts';
import { reportOn } from './report.ts';
import { Unreadable } from './unreadable.ts';

/** Changes that come together are shown together: a drain changes many pods at once. */
const SETTLE_MS = 200;

/** What no watch tells is read again so often: kubelets renew their Leases every 10 s. */
const READ_AGAIN_MS = 10_000;

/** How often ages move on. */
const TICK_MS = 1000;

/** `kubectl maint status --watch`: nodes, and the pods on those in maintenance, are followed by watch until interrupted. */
export async function watchStatus(operation: StatusOperation, look: Look, session: Session): Promise<ExitCode> {
  const { clock, signal } = session;
  const view = viewFor(operation, look, session);
  try {
    await follow(operation, view, session);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    view.end(clock.now());
  }
  return EXIT.interrupted;
}

async function follow(operation: StatusOperation, view: StatusView, session: Session): Promise<void> {
  const { clock, signal, screen } = session;
  const { format, nodes: choice } = operation;
  // Names that do not exist are an error, as without --watch.
  if (choice.names.length > 0) await chooseNodes(choice, session.cluster);
  const followed = new FollowedNodes(choice, session);
  await followed.begin();
  const unreadable = new Unreadable(signal);
  const podsOn = followed.podsOn.bind(followed);
  // Said once, at first: it is about what was before.
  const events = format === 'name' ? NO_EVENTS : await readFromEvents(choice, session.cluster, unreadable);
  const memory = readingMemory(clock, READ_AGAIN_MS);
  let isFirst = true;
  while (!signal.aborted) {
    const seen = followed.version;
    const report = await reportOn(await followed.now(), { format, podsOn, memory }, session, unreadable);
    await view.show(report.nodes, clock.now());
    unreadable.tell(screen);
    const released = releasedDuring(report.nodes, events);
    if (isFirst) tellStatus({ ...report, lost: events.lost, released }, format, screen, session.clock.now());
    isFirst = false;
    await nextReason(seen, followed, view, session);
    await clock.sleep(SETTLE_MS, signal);
  }
}

/** Waits until there is a reason to read again; ages move on meanwhile. */
async function nextReason(
  seen: number,
  followed: FollowedNodes,
  view: StatusView,
  { clock, signal }: Session,
): Promise<void> {
  const tick = (): void => {
    view.tick(clock.now());
  };
  await firstOf(
    [
      (stop) => followed.changedSince(seen, stop),
      (stop) => clock.sleep(READ_AGAIN_MS, stop),
      (stop) => repeat(TICK_MS, tick, { clock, signal: stop }),
    ],
    signal,
  );
}

function viewFor(operation: StatusOperation, look: Look, { screen }: Session): StatusView {
  const { format } = operation;
  const { colour } = look;
  const style = { colour, noHeaders: operation.noHeaders };
  const isTable = format === 'table' || format === 'wide';
  return isTable && look.isTerminal && screen.live !== undefined
    ? new LiveTable(
        format,
        { area: screen.live, screen },
        { style: { ...style, width: operation.width ?? 0 }, all: isNarrowed(operation.nodes) },
      )
    : new AppendedRows(format, screen, { ...style, width: operation.width ?? look.width });
}
