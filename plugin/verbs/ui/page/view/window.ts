/** The part of a long list that can be seen. */
export interface Seen {
  /** How far the list's beginning is above the view's, and how high the view is; in pixels. */
  readonly above: number;
  readonly height: number;
}

/** Which rows are drawn: from `first` up to but not including `end`, with so many pixels of nothing before and behind. */
export interface Drawn {
  readonly first: number;
  readonly end: number;
  readonly before: number;
  readonly behind: number;
}

/** Rows that are drawn beyond each edge, so that a step of the keyboard finds its row there. */
const SPARE = 6;

/** Of thousands of rows of one height only those are drawn that can be seen. Pure. */
export function drawnRows(count: number, rowHeight: number, { above, height }: Seen): Drawn {
  const first = clamped(Math.floor(above / rowHeight) - SPARE, count);
  const end = clamped(Math.ceil((above + height) / rowHeight) + SPARE, count);
  return { first, end, before: first * rowHeight, behind: (count - end) * rowHeight };
}

function clamped(row: number, count: number): number {
  return Math.max(0, Math.min(row, count));
}

/** Where the keyboard goes from a row; undefined: the key is none that goes anywhere. */
export function rowAfter(key: string, row: number, count: number, page: number): number | undefined {
  const target = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: count,
  }[key];
  return target === undefined ? undefined : Math.max(0, Math.min(target, count - 1));
}
