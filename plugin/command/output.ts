import type { Screen } from '../terminal/screen.ts';
import { openOutputFiles, STREAMS, type OutputPlace, type StreamName } from './files.ts';
import { LineBreaker, printable } from '../terminal/lines.ts';

/** Takes what a command writes. */
export interface OutputSink {
  write(stream: StreamName, bytes: Buffer): void;
  /** Whether nothing has come since it was last asked; then what is held back is told. */
  isQuiet(): boolean;
  /** Nothing more comes: what is held back is told. */
  end(): void;
}

/** Shows a line of output, without its end. */
export type ShowLine = (stream: StreamName, line: string) => void;

/** Where output goes. */
export interface OutputPorts {
  readonly show: ShowLine;
  readonly screen: Pick<Screen, 'warn'>;
}

/** Lines for people: with a title before them, stdout on stdout and stderr on stderr. */
export function linesUnder(title: string, screen: Screen): ShowLine {
  return (stream, line) => {
    const text = `${title} | ${line}`;
    if (stream === 'stdout') screen.data(text);
    else screen.note(text);
  };
}

/**
 * Shows a command's output line by line, and keeps it byte
 * by byte in files where a place is named.
 */
export function outputSink(node: string, { show, screen }: OutputPorts, place: OutputPlace | undefined): OutputSink {
  const files =
    place === undefined
      ? undefined
      : openOutputFiles(place, node, (why) => {
          screen.warn(`the output of node ${node} is not kept in files any more: ${why}`);
        });
  const breakers: Readonly<Record<StreamName, LineBreaker>> = { stdout: new LineBreaker(), stderr: new LineBreaker() };
  const tell = (stream: StreamName, lines: readonly string[]): void => {
    for (const line of lines) show(stream, printable(line));
  };
  let hasCome = false;
  return {
    write: (stream, bytes) => {
      hasCome = true;
      files?.write(stream, bytes);
      tell(stream, breakers[stream].push(bytes));
    },
    isQuiet: () => {
      const isQuiet = !hasCome;
      hasCome = false;
      if (isQuiet) for (const stream of STREAMS) tell(stream, breakers[stream].flush());
      return isQuiet;
    },
    end: () => {
      for (const stream of STREAMS) tell(stream, breakers[stream].end());
      files?.close();
    },
  };
}
