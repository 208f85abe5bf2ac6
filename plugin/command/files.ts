import { appendFileSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MaintError, messageOf } from '../../shared/index.ts';

/** The streams of a command that are kept. */
export type StreamName = 'stdout' | 'stderr';
export const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

/** Where the command's output on a node is kept. Whatever a cluster calls its nodes, it is a file in this folder. */
function pathOf(folder: string, node: string, stream: StreamName): string {
  return join(folder, basename(`${node}.${stream}`));
}

/** Where output is kept, and whether it is added to that of an earlier run. */
export interface OutputPlace {
  readonly folder: string;
  readonly isResumed: boolean;
}

/** What a run's flags say of it. */
interface OutputFlags {
  readonly outputDir: string | undefined;
  readonly resume: boolean;
}

/** The place that a run's flags name. */
export function placeOf({ outputDir, resume }: OutputFlags): OutputPlace | undefined {
  return outputDir === undefined ? undefined : { folder: outputDir, isResumed: resume };
}

/**
 * Makes the folder, and looks whether every node's files can be written there, before anything is changed. Those that are
 * there already are another run's, and refused; to go on with a run is to add to its files. Throws MaintError('usage').
 */
export async function prepareOutput({ folder, isResumed }: OutputPlace, nodes: readonly string[]): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
    const paths = nodes.flatMap((node) => STREAMS.map((stream) => pathOf(folder, node, stream)));
    const there = paths.filter((path) => existsSync(path));
    if (isResumed) await Promise.all(there.map((path) => access(path, constants.W_OK)));
    else if (there.length > 0) throw new Error(`of another run there is already ${there.join(', ')}`);
  } catch (thrown) {
    throw new MaintError('usage', `--output-dir: ${messageOf(thrown)}; nothing was changed`, {
      hint: 'name a folder of its own for each run',
      cause: thrown,
    });
  }
}

/** The files of one node while its command runs. */
export interface OutputFiles {
  /** Adds bytes as they are. */
  write(stream: StreamName, bytes: Buffer): void;
  close(): void;
}

/**
 * Opens a node's files when its command starts. Throws MaintError('gave-up') where that fails. A write that fails later (a
 * full disk) is told once, and the command goes on without.
 */
export function openOutputFiles(place: OutputPlace, node: string, failed: (why: string) => void): OutputFiles {
  const open = new Map(STREAMS.map((stream) => [stream, openFile(place, node, stream)]));
  const close = (): void => {
    for (const file of open.values()) closeSync(file);
    open.clear();
  };
  return {
    close,
    write: (stream, bytes) => {
      const file = open.get(stream);
      if (file === undefined) return;
      try {
        appendFileSync(file, bytes);
      } catch (thrown) {
        close();
        failed(messageOf(thrown));
      }
    },
  };
}

function openFile({ folder, isResumed }: OutputPlace, node: string, stream: StreamName): number {
  try {
    return openSync(pathOf(folder, node, stream), isResumed ? 'a' : 'ax');
  } catch (thrown) {
    throw new MaintError('gave-up', `--output-dir: ${messageOf(thrown)}`, { cause: thrown });
  }
}
