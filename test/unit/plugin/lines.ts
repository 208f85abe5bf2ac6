import type { LiveArea, Screen } from '../../../plugin/terminal/screen.ts';

/** A live area that shows nothing. */
export const STILL: LiveArea = {
  show: () => undefined,
  clear: () => undefined,
  remark: () => undefined,
  size: () => ({ columns: 80, rows: 24 }),
};

/** A screen that keeps every line in order, with where it went before it. */
export function screenInto(lines: string[], live: LiveArea | undefined): Screen {
  return {
    result: (line) => lines.push(`out: ${line}`),
    data: (line) => lines.push(`out: ${line}`),
    note: (line) => lines.push(`err: ${line}`),
    warn: (line) => lines.push(`err: Warning: ${line}`),
    live,
  };
}
