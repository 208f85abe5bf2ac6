import { clean } from '../../shared/index.ts';
import type { Screen } from '../terminal/screen.ts';
import type { HookEvent, HooksPlanned, HookState } from './events.ts';
import { stepTitle, type RecordedStep } from './record/record.ts';
import type { Undo } from './record/undo.ts';

/** Longest reason in a line, in characters: servers and webhooks write long messages. */
const MAX_WHY = 500;

/** What would be done for a node, as lines for people. */
export function tellPlannedHooks({ node, steps }: HooksPlanned, screen: Screen): void {
  screen.note(`hooks on node ${node}:`);
  for (const step of steps) screen.note(`  ${step.moment} ${stepTitle(step)}: ${step.what}; ${step.undoneBy}`);
}

/** Tells of hooks as lines for people: what was done and undone on stdout, everything else on stderr. */
export function tellHookInWords(event: HookEvent, screen: Screen): void {
  const title = `node/${event.node} hook ${stepTitle(event)}`;
  const text = `${title}${ENDS[event.state]}${event.why === undefined ? '' : `: ${clean(event.why, MAX_WHY)}`}`;
  if (event.state === 'done' || event.state === 'undone') screen.result(text);
  else if (event.state === 'failed' || event.state === 'left') screen.warn(text);
  else screen.note(text);
}

/** The ends of sentences about a step. */
const ENDS: Readonly<Record<HookState, string>> = {
  begun: ' begins',
  done: ' done',
  already: ' has nothing to do: it is so already',
  undone: ' undone',
  gone: ' has nothing to undo',
  left: ' undone, but for what somebody else has changed since',
  failed: ' failed',
};

/** Longest value in a line, in characters: lists and maps are values as well. */
const MAX_VALUE = 80;

/** What a step has changed, and what undoes it. */
export function undoText({ undo }: Pick<RecordedStep, 'undo'>): string {
  return undo.length === 0 ? 'nothing undoes it' : undo.map(oneText).join('; ');
}

function oneText(one: Undo): string {
  switch (one.kind) {
    case 'fields':
      return one.changes
        .map(
          ({ path, before, after }) =>
            `${one.object.title} ${path.join('.')} ${valueText(before)} -> ${valueText(after)}`,
        )
        .join(', ');
    case 'silence':
      return `the silence ${one.filter} at ${one.server} is expired`;
    case 'call':
      return `to be undone by ${one.call.method} ${one.call.url}`;
    case 'job':
      return `to be undone by a job in namespace ${one.namespace}`;
    case 'delete':
      return `${one.title} is deleted`;
    case 'command':
      return `to be undone by ${one.words.join(' ')}`;
  }
}

function valueText(value: unknown): string {
  return value === undefined ? 'none' : clean(JSON.stringify(value), MAX_VALUE);
}
