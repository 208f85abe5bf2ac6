import { renderGroup } from '../drain/cause.ts';
import type { Session } from '../session.ts';
import type { NodeProgress } from './on-events.ts';

/** How often the view is drawn anew, in ms: it moves, and nobody sees it flicker. */
const DRAW_MS = 200;
const BAR_CELLS = 20;
/** Causes below each node: more push the other nodes off the screen. */
const CAUSES_SHOWN = 3;

/** Shows how far nodes are until it is ended, where the screen can; plain lines tell of it elsewhere. */
export function showLive(progress: () => readonly NodeProgress[], { screen, clock, signal }: Session): { end(): void } {
  const { live } = screen;
  if (live === undefined) return { end: () => undefined };
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const keepDrawing = async (): Promise<void> => {
    while (!until.aborted) {
      live.show(renderLive(progress(), live.columns()));
      await clock.sleep(DRAW_MS, until);
    }
  };
  void keepDrawing();
  return {
    end: () => {
      over.abort();
      live.clear();
    },
  };
}

/** The view as lines of at most so many columns. */
export function renderLive(progresses: readonly NodeProgress[], columns: number): readonly string[] {
  const width = Math.max(0, ...progresses.map(({ node }) => node.length));
  return progresses
    .flatMap((progress) => [
      nodeLine(progress, width),
      ...progress.causes.slice(0, CAUSES_SHOWN).map((group) => `  ${renderGroup(group)}`),
    ])
    .map((line) => (line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`));
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
