import { wrapped } from '../../../shared/words.ts';
import type { Block } from './blocks.ts';

/** Colours of a terminal, which are told apart as text on their ground (WCAG AA: 4.5 to 1). */
export interface Theme {
  readonly ground: string;
  readonly text: string;
  readonly command: string;
  readonly refused: string;
  readonly warned: string;
}

export const LIGHT: Theme = {
  ground: '#f6f8fa',
  text: '#1f2328',
  command: '#0550ae',
  refused: '#a40e26',
  warned: '#7d4e00',
};
export const DARK: Theme = {
  ground: '#161b22',
  text: '#e6edf3',
  command: '#79c0ff',
  refused: '#ffa198',
  warned: '#e3b341',
};

/** Characters in a line: what a page of GitHub shows without making it small. */
const COLUMNS = 100;
/** Pixels: a character of a monospaced font is six tenths of its size wide. */
const SIZE = 13;
const WIDE = SIZE * 0.6;
const HIGH = 19;
const MARGIN = 16;

interface Line {
  /** Characters before the text, which SVG would leave out. */
  readonly indent: number;
  readonly text: string;
  readonly colour: keyof Theme;
}

/** Commands and what they wrote, as a picture of a terminal. Pure. */
export function terminalPicture(blocks: readonly Block[], theme: Theme): string {
  const lines = blocks.flatMap((block, index) => [...(index === 0 ? [] : [BLANK]), ...linesOf(block)]);
  const width = Math.ceil(COLUMNS * WIDE + 2 * MARGIN);
  const height = lines.length * HIGH + 2 * MARGIN;
  const rows = lines.map(({ indent, text, colour }, index) => {
    const x = MARGIN + indent * WIDE;
    const y = MARGIN + index * HIGH + SIZE;
    return `  <text x="${x}" y="${y}" fill="${theme[colour]}">${escaped(text)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"`,
    `  font-family="ui-monospace, Menlo, Consolas, monospace" font-size="${SIZE}">`,
    `  <rect width="${width}" height="${height}" rx="8" fill="${theme.ground}"/>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

const BLANK: Line = { indent: 0, text: '', colour: 'text' };

function linesOf({ command, output }: Block): readonly Line[] {
  return [...folded(`$ ${command}`, 'command'), ...output.flatMap((text) => folded(text, colourOf(text)))];
}

function colourOf(text: string): keyof Theme {
  if (text.startsWith('Error')) return 'refused';
  return text.startsWith('Warning') ? 'warned' : 'text';
}

/** A long line goes on below, indented as it was. */
function folded(text: string, colour: keyof Theme): readonly Line[] {
  const indent = text.length - text.trimStart().length;
  return wrapped(text, COLUMNS - indent).map((part) => ({ indent, text: part, colour }));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
