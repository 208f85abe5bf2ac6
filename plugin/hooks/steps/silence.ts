import type { Clock } from '../../session/clock.ts';
import type { ActionOf } from '../hook.ts';
import { digestOf } from '../record/digest.ts';
import type { UndoOf } from '../record/undo.ts';
import type { KnownBy } from '../servers/servers.ts';
import type { ServerPorts } from '../servers/ask.ts';
import { filledText, type Variables } from '../template.ts';
import {
  createSilence,
  expireSilence,
  extendSilence,
  renderMatcher,
  silencesWith,
  type Matcher,
  type NewSilence,
} from './alertmanager.ts';
import { UNDONE, type Prepared, type StepPorts, type Undone } from './step.ts';

/** Prometheus Operator labels the Service of each Alertmanager that it runs. */
const ALERTMANAGER: KnownBy = {
  system: 'Alertmanager',
  labelSelector: 'operated-alertmanager=true',
  word: 'alertmanager',
};

/** Where the silences of an action are made. Throws MaintError('usage') where that is not known. */
export async function alertmanagerOf(
  { server }: Pick<ActionOf<'silence'>, 'server'>,
  { servers }: Pick<StepPorts, 'servers'>,
): Promise<string> {
  return server ?? servers.find(ALERTMANAGER);
}

/** The matchers of an action, with everything filled in; in a regular expression names stand for themselves. */
export function filledMatchers({ matchers }: ActionOf<'silence'>, variables: Variables): readonly Matcher[] {
  return matchers.map((one) => ({
    ...one,
    value: one.isRegex ? filledText(one.value, variables, literal) : filledText(one.value, variables),
  }));
}

function literal(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** `node="worker-3", alertname!~"KubectlMaint.*"` */
export function renderMatchers(matchers: readonly Matcher[]): string {
  return matchers.map(renderMatcher).join(', ');
}

/**
 * A silence has an id only when it is made, which is too late for the record: there its marker is written, the same each time
 * that this maintenance asks for it, by which it is found again. Throws MaintError.
 */
export async function prepareSilence(action: ActionOf<'silence'>, ports: StepPorts): Promise<Prepared> {
  const { key, variables, maintenance, earlier } = ports;
  const matchers = filledMatchers(action, variables);
  const marker = `(kubectl-maint ${digestOf({ key, node: variables.node, maintenance })})`;
  // Where it was made before, it stays.
  const server = earlier?.undo.find((one) => one.kind === 'silence')?.server ?? (await alertmanagerOf(action, ports));
  const undo: UndoOf<'silence'> = {
    kind: 'silence',
    server,
    filter: matchers.slice(0, 1).map(renderMatcher).join(''),
    marker,
    forMs: action.forMs,
  };
  const { node, owner, reason } = variables;
  const why = `node ${node} is in maintenance${reason === '' ? '' : `: ${reason}`}`;
  const wanted = { matchers, createdBy: owner === '' ? 'kubectl maint' : owner, comment: `${why} ${marker}` };
  return {
    undo: [undo],
    carryOut: async () => {
      await makeOrExtend(undo, wanted, ports);
      return 'done';
    },
  };
}

/** By what the end of a silence is reckoned. */
interface EndPorts extends ServerPorts {
  readonly clock: Pick<Clock, 'now'>;
  /** The announced end of the maintenance, in milliseconds since the epoch. */
  readonly until: number | undefined;
}

/** A silence lasts until the announced end, and for its length from now on: nobody has to be there for the first. */
function endFor({ forMs }: UndoOf<'silence'>, { clock, until = 0 }: EndPorts): number {
  return Math.max(until, clock.now() + forMs);
}

/**
 * Which part of its length has to be left for a silence not to be extended: more than three quarters, which are left when a command
 * that goes on extends it (keep-silences.ts), and less than all of it, so that a second command right behind has nothing to do.
 */
const ENOUGH = 7 / 8;

function isLongEnough(endsAt: number, { forMs }: UndoOf<'silence'>, { clock, until = 0 }: EndPorts): boolean {
  return endsAt >= Math.max(until, clock.now() + forMs * ENOUGH);
}

async function makeOrExtend(undo: UndoOf<'silence'>, wanted: NewSilence, ports: EndPorts): Promise<void> {
  if ((await extendSilences(undo, ports)) > 0) return;
  await createSilence(undo.server, wanted, endFor(undo, ports), ports);
}

/** Extends what a step has made, where it would end soon. Returns how many there are; none: it has ended. Throws MaintError. */
export async function extendSilences(undo: UndoOf<'silence'>, ports: EndPorts): Promise<number> {
  const found = await silencesWith(undo, ports);
  for (const one of found)
    if (!isLongEnough(one.endsAt, undo, ports)) await extendSilence(undo.server, one, endFor(undo, ports), ports);
  return found.length;
}

/** How the silence of a recorded step is: `as left` where it goes on for long enough. */
export async function stateOfSilence(undo: UndoOf<'silence'>, ports: EndPorts): Promise<'as before' | 'as left'> {
  const found = await silencesWith(undo, ports);
  return found.some(({ endsAt }) => isLongEnough(endsAt, undo, ports)) ? 'as left' : 'as before';
}

/** Ends what a step has made. Throws MaintError. */
export async function undoSilence(undo: UndoOf<'silence'>, ports: ServerPorts): Promise<Undone> {
  let ended = 0;
  for (const one of await silencesWith(undo, ports)) if (await expireSilence(undo.server, one, ports)) ended += 1;
  if (ended > 0) return UNDONE;
  return { kind: 'gone', why: `the silence at ${undo.server} has ended already` };
}
