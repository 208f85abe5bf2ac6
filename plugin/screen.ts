/** Where a command writes. Results go to stdout, everything else to stderr. */
export interface Screen {
  /** One line of result, in kubectl's words. */
  result(line: string): void;
  /** One line of progress. */
  note(line: string): void;
  /** One warning, without the word. */
  warn(line: string): void;
}

/** A Screen on two streams. */
export function screenFromStreams(out: NodeJS.WritableStream, err: NodeJS.WritableStream): Screen {
  return {
    result: (line) => void out.write(`${line}\n`),
    note: (line) => void err.write(`${line}\n`),
    warn: (line) => void err.write(`Warning: ${line}\n`),
  };
}

/** Whether to colour what goes to a stream: people's terminals, unless they say otherwise (no-color.org). */
export function wantsColour(
  out: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return out.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}
