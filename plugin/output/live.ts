import { renderGroup } from '../drain/cause.ts';
import type { Session } from '../session.ts';
import type { TerminalSize } from '../screen.ts';
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
      live.show(renderLive(progress(), live.size()));
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

/**
 * The view as lines that fit the terminal: what scrolls out of it cannot be drawn anew. Nodes that are done make room
 * first, then causes, then whole nodes.
 */
export function renderLive(progresses: readonly NodeProgress[], { columns, rows }: TerminalSize): readonly string[] {
  const width = Math.max(0, ...progresses.map(({ node }) => node.length));
  const nodes = progresses.map((progress) => ({
    isDone: progress.left === 0 && progress.causes.length === 0,
    lines: [
      nodeLine(progress, width),
      ...progress.causes.slice(0, CAUSES_SHOWN).map((group) => `  ${renderGroup(group)}`),
    ],
  }));
  // One row for the cursor, below the view.
  const room = Math.max(1, rows - 1);
  const busy = nodes.filter(({ isDone }) => !isDone);
  const whole = [nodes, busy].map((some) => some.flatMap(({ lines }) => lines)).find((lines) => lines.length <= room);
  const lines =
    whole ??
    shortened(
      busy.flatMap(({ lines: [first] }) => first ?? []),
      room,
    );
  return lines.map((line) => (line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`));
}

function shortened(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  return [...lines.slice(0, room - 1), `... and ${lines.length - room + 1} more nodes`];
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
