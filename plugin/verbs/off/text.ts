import { clean } from '../../../shared/index.ts';
import { waitsFor } from '../../health/gate.ts';
import { tellHookInWords } from '../../hooks/text.ts';
import type { Screen } from '../../terminal/screen.ts';
import { keptOffLines } from '../../kept-off/text.ts';
import type { OffEvent } from './events.ts';

/** Longest line about one node, in characters: kubelets write long messages. */
const MAX_LINE = 1000;
/** Longest owner in a line, in characters. */
const MAX_OWNER = 80;

/** Owners, which are written by others, as a list for people. */
export function renderOwners(owners: readonly string[]): string {
  return owners.map((owner) => clean(owner, MAX_OWNER)).join(', ');
}

/** Tells an event as lines for people: results in kubectl's words on stdout, everything else on stderr. */
export function tellOffInWords(event: OffEvent, screen: Screen): void {
  if (isResult(event)) tellResult(event, screen);
  else if (event.type === 'hook') tellHookInWords(event, screen);
  else tellRemark(event, screen);
}

type Of<T extends OffEvent['type']> = Extract<OffEvent, { readonly type: T }>;
type Result = Of<'not-in-maintenance' | 'stays' | 'ended'>;

function isResult(event: OffEvent): event is Result {
  return ['not-in-maintenance', 'stays', 'ended'].includes(event.type);
}

function tellRemark(event: Exclude<OffEvent, Result | Of<'hook'>>, screen: Screen): void {
  switch (event.type) {
    case 'note':
      screen.note(event.text);
      return;
    case 'warning':
      screen.warn(event.text);
      return;
    case 'claims':
      screen.note(`node/${event.node} drops the claims of ${renderOwners(event.owners)}`);
      return;
    case 'returning':
      return;
    case 'progress':
      tellProgress(event, screen);
      return;
    case 'kept-off':
      for (const line of keptOffLines(event)) screen.note(line);
      return;
    case 'failed':
      tellFailure(event, screen);
  }
}

/** Told in lines only where no live view shows it: lines would push the view off the screen. */
function tellProgress(event: Of<'progress'>, screen: Screen): void {
  if (screen.live === undefined) screen.note(`node/${event.node} ${progressText(event)}`);
}

function tellFailure({ node, message, hint }: Of<'failed'>, screen: Screen): void {
  // The command's own failure is told where it ends.
  if (node === undefined) return;
  screen.note(`error: node ${node}: ${message}`);
  if (hint !== undefined) screen.note(`hint: ${hint}`);
}

function tellResult(event: Result, screen: Screen): void {
  const name = `node/${event.node}`;
  switch (event.type) {
    case 'not-in-maintenance':
      screen.result(`${name} not in maintenance`);
      if (event.lostAt !== undefined) screen.warn(lostText(event.node, event.lostAt));
      return;
    case 'stays':
      screen.result(`${name} stays in maintenance for ${renderOwners(event.owners)}`);
      return;
    case 'ended':
      if (event.addons.length > 0) screen.note(`${name} add-ons caught up: ${event.addons.join(', ')}`);
      screen.result(event.cordoned ? `${name} stays cordoned, as it was before` : `${name} uncordoned`);
      screen.result(`${name} out of maintenance`);
  }
}

function lostText(node: string, lostAt: string): string {
  return `node ${node} was deleted while in maintenance, and its record with it (${lostAt}): nothing is kept off it any more; kubectl maint on ${node} takes it into maintenance again`;
}

function progressText(event: Of<'progress'>): string {
  const { problems, healthyFor } = event;
  return problems.length > 0 ? `waits: ${clean(waitsFor(event), MAX_LINE)}` : `clean, watching it for ${healthyFor}s`;
}
