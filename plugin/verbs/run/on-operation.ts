import { MaintError } from '../../../shared/index.ts';
import type { OnOperation } from '../on/index.ts';
import type { RunOperation } from './flags.ts';
import type { Session } from '../../session/session.ts';

/** What `on` is asked for when a node's turn comes. An expected end that has passed is a reminder, and stops no run. */
export function onOperationFor(
  name: string,
  { operation, owner }: { readonly operation: RunOperation; readonly owner: string },
  { clock, screen }: Session,
): OnOperation {
  const { on } = operation;
  const passed = passedEnd(operation, clock.now());
  if (passed !== undefined) screen.warn(`node ${name} gets no new expected end: --until=${passed} has passed`);
  const until = passed === undefined ? on.claim.until : undefined;
  return { ...on, nodes: { names: [name], selector: undefined }, claim: { ...on.claim, owner, until } };
}

/** Refuses a run that begins after its expected end. One that goes on may be late. Throws MaintError('usage'). */
export function refusePassedEnd(operation: RunOperation, { clock }: Pick<Session, 'clock'>): void {
  const passed = passedEnd(operation, clock.now());
  if (passed === undefined || operation.resume) return;
  throw new MaintError('usage', `--until: ${passed} has passed already`, { hint: 'nothing was changed' });
}

/** The moment of `--until` where it has passed. */
export function passedEnd({ on }: RunOperation, now: number): string | undefined {
  const { until } = on.claim;
  return until !== undefined && 'at' in until && Date.parse(until.at) <= now ? until.at : undefined;
}
