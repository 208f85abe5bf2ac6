import type { TerminalSize } from '../terminal/screen.ts';
import type { Session } from './session.ts';
import { repeat } from './wait.ts';

/** How often the view is drawn anew, in ms: it moves, and nobody sees it flicker. */
const DRAW_MS = 200;

/** Shows how far nodes are until it is ended, where the screen can; plain lines tell of it elsewhere. */
export function showLive(
  view: (size: TerminalSize) => readonly string[],
  { screen, clock, signal }: Session,
): { end(): void } {
  const { live } = screen;
  if (live === undefined) return { end: () => undefined };
  const over = new AbortController();
  const draw = (): void => {
    live.show(view(live.size()));
  };
  if (!signal.aborted) draw();
  void repeat(DRAW_MS, draw, { clock, signal: AbortSignal.any([signal, over.signal]) });
  return {
    end: () => {
      over.abort();
      live.clear();
    },
  };
}

/** A node in the view. */
export interface NodeView {
  readonly isDone: boolean;
  /** Its own line, and those below it that say more. */
  readonly lines: readonly string[];
}

/**
 * The view as lines that fit the terminal: what scrolls out of it cannot be drawn anew. Nodes that are done make room
 * first, then what is said below each, then whole nodes.
 */
export function fitted(nodes: readonly NodeView[], { columns, rows }: TerminalSize): readonly string[] {
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
