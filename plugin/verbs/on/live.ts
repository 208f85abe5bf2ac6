import { renderGroup } from '../../drain/cause.ts';
import type { TerminalSize } from '../../terminal/screen.ts';
import { fitted } from '../../session/live.ts';
import type { NodeProgress } from '../../drain/events.ts';

const BAR_CELLS = 20;
/** How many causes are shown below each node: more would push the other nodes off the screen. */
const CAUSES_SHOWN = 3;

/** How far drains are: a bar for each node, and below it what it waits for. */
export function renderDrains(progresses: readonly NodeProgress[], size: TerminalSize): readonly string[] {
  const width = Math.max(0, ...progresses.map(({ node }) => node.length));
  const nodes = progresses.map((progress) => ({
    isDone: progress.left === 0 && progress.causes.length === 0,
    lines: [
      nodeLine(progress, width),
      ...progress.causes.slice(0, CAUSES_SHOWN).map((group) => `  ${renderGroup(group)}`),
    ],
  }));
  return fitted(nodes, size);
}

const PHASES: Readonly<Record<NodeProgress['phase'], string>> = {
  pods: '',
  volumes: 'waiting for volumes',
  replacements: 'waiting for replacements',
};

function nodeLine({ node, phase, left, total, causes }: NodeProgress, width: number): string {
  const gone = total - left;
  const filled = total === 0 ? 0 : Math.floor((gone / total) * BAR_CELLS);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR_CELLS - filled)}]`;
  const waiting = causes.reduce((sum, { names }) => sum + names.length, 0);
  const more = phase === 'pods' ? (waiting === 0 ? '' : `${waiting} waiting`) : PHASES[phase];
  return `${node.padEnd(width)}  ${bar}  ${gone}/${total}  ${more}`.trimEnd();
}
