/**
 * Columns as kubectl aligns them: as wide as their widest cell, three spaces apart, nothing after the last. Widths that
 * are handed in are remembered there, so that rows that come later stand below those before them.
 */
export function renderTable(rows: readonly (readonly string[])[], widths: number[] = []): string {
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 3))).join(''),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A line of at most so many characters. */
export function cutLine(line: string, width: number): string {
  // A cut through a surrogate pair would leave half a character.
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1)).replace(/\p{Cs}$/u, '')}…`;
}
