import yargs from 'yargs';
import type { ClusterFlags, CompleteOperation } from '../operation.ts';
import { wantedFor } from '../completion/wanted.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { definitionOf } from './definition.ts';
import type { Verb } from './verbs.ts';
import { LIKE_KUBECTL, wordsFromKubectl } from './words.ts';

/** What the words of an unfinished command line ask for; the last one is being typed. Never throws. */
export async function completeOperation(words: readonly string[], all: readonly Verb[]): Promise<CompleteOperation> {
  return {
    verb: 'complete',
    wanted: wantedFor(words, all.map(definitionOf)),
    cluster: await clusterOf(words.slice(0, -1)),
  };
}

/** The cluster that the finished words choose; undefined where they cannot be read. */
async function clusterOf(words: readonly string[]): Promise<ClusterFlags | undefined> {
  // A flag that still waits for its value chooses nothing.
  const finished = /^--[^=]*$/.test(words.at(-1) ?? '') ? words.slice(0, -1) : words;
  const parser = clusterOptions(yargs()).parserConfiguration(LIKE_KUBECTL).version(false).help(false);
  try {
    const argv = parser
      .exitProcess(false)
      .fail(false)
      .parseAsync([...wordsFromKubectl(finished).ours]);
    return clusterFlags(await argv);
  } catch {
    return undefined;
  }
}
