import { appendFileSync, closeSync, openSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MaintError, messageOf } from '../../shared/index.ts';

/** The streams of a command that are kept. */
export type StreamName = 'stdout' | 'stderr';
export const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

/** Where the command's output on a node is kept. Whatever a cluster calls its nodes, it is a file in this folder. */
function pathOf(folder: string, node: string, stream: StreamName): string {
  return join(folder, basename(`${node}.${stream}`));
}

/**
 * Makes the files of all nodes before anything is changed. Those that are there already are another run's: they are left
 * alone, and none is made; to go on with a run is to add to its files. Throws MaintError('usage').
 */
export async function makeOutputFiles(folder: string, nodes: readonly string[], isResumed: boolean): Promise<void> {
  const made: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const path of nodes.flatMap((node) => STREAMS.map((stream) => pathOf(folder, node, stream)))) {
      await (await open(path, isResumed ? 'a' : 'wx')).close();
      if (!isResumed) made.push(path);
    }
  } catch (thrown) {
    await Promise.all(made.map((path) => rm(path, { force: true })));
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
 * Opens a node's files to add to them. Throws MaintError('gave-up') where that fails. A write that fails later (a full
 * disk) is told once, and the command goes on without.
 */
export function openOutputFiles(folder: string, node: string, failed: (why: string) => void): OutputFiles {
  const open = new Map(STREAMS.map((stream) => [stream, openToAdd(pathOf(folder, node, stream))]));
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

function openToAdd(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (thrown) {
    throw new MaintError('gave-up', `--output-dir: ${messageOf(thrown)}`, { cause: thrown });
  }
}
