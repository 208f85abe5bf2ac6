import {
  clean,
  isPassing,
  MaintError,
  MAX_TEXT,
  messageOf,
  nodePath,
  renderDuration,
  textAt,
} from '../../../shared/index.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import type { Session } from '../../session/session.ts';
import type { CarriedOut } from './carrier.ts';

/** How often a node that reboots is looked at, in ms. */
const LOOK_EVERY_MS = 1000;
/** How often is said what it is waited for, in ms. */
const TELL_EVERY_MS = 60_000;

/** What its kubelet says that the kernel calls this boot of the machine (status.nodeInfo.bootID); undefined: nothing. */
export function bootIdOf({ raw }: NodeSnapshot): string | undefined {
  const id = textAt(raw, 'status', 'nodeInfo', 'bootID') ?? '';
  return id === '' ? undefined : id;
}

/** Refuses nodes of which nobody could tell whether they have rebooted. Throws MaintError('usage'). */
export function refuseBootless(nodes: readonly NodeSnapshot[]): void {
  const bootless = nodes.filter((node) => bootIdOf(node) === undefined).map(({ facts }) => facts.name);
  if (bootless.length === 0) return;
  throw new MaintError(
    'usage',
    `--reboot: no boot id is reported for ${bootless.join(', ')}, so that no reboot can be proved`,
    {
      hint: 'kubelets report it as status.nodeInfo.bootID; without --reboot the command runs all the same',
    },
  );
}

/** A node whose boot is followed. */
interface Booting {
  readonly name: string;
  /** The boot id before its command. */
  readonly before: string;
  /** Milliseconds for it to come back; 0 = no limit. */
  readonly timeoutMs: number;
}

/** What was seen of a node that is to reboot. */
interface Seen {
  readonly hasRebooted: boolean;
  readonly isReady: boolean;
  /** Why nothing was seen. */
  readonly why?: string;
}

/** A node that is made again under its name, as clouds do, has booted as well; while it is not there it comes back perhaps. */
async function look({ name, before }: Booting, { cluster }: Session, signal: AbortSignal): Promise<Seen> {
  const node = snapshotFromObject(await cluster.get(nodePath(name), { signal }));
  if (node === undefined) return { hasRebooted: false, isReady: false };
  const id = bootIdOf(node);
  return { hasRebooted: id !== undefined && id !== before, isReady: node.facts.ready };
}

/**
 * While a command runs: calls `down` when the node has rebooted, or is not Ready for longer than it may take to come back.
 * What ran there runs no more then, though nobody may be left to say so. Ends with the signal; never rejects.
 */
export async function watchForDown(
  booting: Booting,
  session: Session,
  ports: { readonly signal: AbortSignal; readonly down: () => void },
): Promise<void> {
  const { clock } = session;
  let readyAt = clock.now();
  while (!ports.signal.aborted) {
    // An API server that does not answer says nothing about the node.
    const seen = await look(booting, session, ports.signal).catch(() => undefined);
    if (seen?.isReady !== false) readyAt = clock.now();
    const isLost = booting.timeoutMs > 0 && clock.now() - readyAt >= booting.timeoutMs;
    if (seen?.hasRebooted === true || isLost) {
      ports.down();
      return;
    }
    await clock.sleep(LOOK_EVERY_MS, ports.signal);
  }
}

/**
 * After a command: waits until the node's boot id is another one. A command that has failed by itself ends the run, unless
 * its node has rebooted all the same. Resolves with how much of the time is left, in ms (0 = no limit), for the node to be
 * healthy. Throws MaintError: 'gave-up' where it has not rebooted, 'interrupted'.
 */
export async function proveReboot(end: CarriedOut, booting: Booting, session: Session): Promise<number> {
  const { clock, screen, signal } = session;
  const { name, timeoutMs } = booting;
  const begun = clock.now();
  const told = { at: begun, first: true };
  for (;;) {
    const seen = await lookThrough(booting, session);
    if (signal.aborted) throw new MaintError('interrupted', 'interrupted while waiting for its reboot');
    const took = clock.now() - begun;
    if (seen.hasRebooted) {
      screen.note(`node/${name} has rebooted: its boot id is another one after ${renderDuration(took)}`);
      return timeoutMs === 0 ? 0 : Math.max(1, timeoutMs - took);
    }
    refuseNoReboot(end, booting, seen, took);
    if (told.first || clock.now() - told.at >= TELL_EVERY_MS) {
      screen.note(
        `node/${name} waits for its reboot${told.first ? '' : ` for ${renderDuration(took)}`}: ${stateOf(seen)}`,
      );
      Object.assign(told, { at: clock.now(), first: false });
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** The same while an API server comes and goes: one that does not answer may stand on the node that reboots. */
async function lookThrough(booting: Booting, session: Session): Promise<Seen> {
  try {
    return await look(booting, session, session.signal);
  } catch (thrown) {
    if (session.signal.aborted || isPassing(thrown))
      return { hasRebooted: false, isReady: false, why: messageOf(thrown) };
    throw thrown;
  }
}

function stateOf({ isReady, why }: Seen): string {
  if (why !== undefined) return `the API server does not answer (${clean(why, MAX_TEXT)})`;
  return isReady ? 'it is Ready, with the same boot id' : 'its kubelet is not heard';
}

/** Throws where there is nothing to wait for, or no more time. */
function refuseNoReboot(end: CarriedOut, booting: Booting, seen: Seen, tookMs: number): void {
  if (!end.isWell && !end.mayBeDown) throw new MaintError('gave-up', `the command ${end.words}`);
  if (booting.timeoutMs > 0 && tookMs >= booting.timeoutMs) throw notRebooted(end, booting, seen);
}

function notRebooted({ words, isWell }: CarriedOut, { before, timeoutMs }: Booting, seen: Seen): MaintError {
  const what = seen.isReady ? 'it has not rebooted' : 'it has not come back';
  const id = seen.isReady ? `: its boot id is ${clean(before, MAX_TEXT)} still` : '';
  const after = isWell ? 'the command ended well' : `the command ${words}`;
  return new MaintError('gave-up', `${after}, but ${what} within ${renderDuration(timeoutMs)}${id}`);
}
