import type { Screen } from '../screen.ts';
import { openOutputFiles, type StreamName } from './files.ts';
import { LineBreaker, printable } from './lines.ts';

/** Takes what a command writes. */
export interface OutputSink {
  write(stream: StreamName, bytes: Buffer): void;
  /** Nothing more comes: what is held back is told. */
  end(): void;
}

/**
 * Shows a command's output line by line with its node before it, stdout on stdout and stderr on stderr, and keeps it byte
 * by byte in files where a folder is named.
 */
export function outputSink(node: string, screen: Screen, folder: string | undefined): OutputSink {
  const files =
    folder === undefined
      ? undefined
      : openOutputFiles(folder, node, (why) => {
          screen.warn(`the output of node ${node} is not kept in files any more: ${why}`);
        });
  const breakers: Readonly<Record<StreamName, LineBreaker>> = { stdout: new LineBreaker(), stderr: new LineBreaker() };
  const tell = (stream: StreamName, lines: readonly string[]): void => {
    for (const line of lines) {
      const text = `${node} | ${printable(line)}`;
      if (stream === 'stdout') screen.result(text);
      else screen.note(text);
    }
  };
  return {
    write: (stream, bytes) => {
      files?.write(stream, bytes);
      tell(stream, breakers[stream].push(bytes));
    },
    end: () => {
      tell('stdout', breakers.stdout.end());
      tell('stderr', breakers.stderr.end());
      files?.close();
    },
  };
}
