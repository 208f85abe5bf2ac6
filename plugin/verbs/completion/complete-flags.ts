import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { readValues } from '../../command-line/read-values.ts';
import { loadedVerbs, type Task, type Verb, type VerbEntry } from '../../command-line/verb.ts';
import { PROGRAM, readWords } from '../../command-line/words.ts';
import { connect, type ClusterFlags } from '../../session/connect.ts';
import { withoutWarnings } from '../../session/in-session.ts';
import { kubeconfigNames } from '../../../shared/index.ts';
import { wantedFor } from './wanted.ts';
import type { CompleteOperation } from './candidates.ts';

/** What the words of an unfinished command line ask for, and how it is found out. Never rejects. */
export async function completing(words: readonly string[], verbs: readonly VerbEntry[]): Promise<Task> {
  const operation = await completeOperation(words, verbs);
  const { cluster } = operation;
  return {
    operation,
    changes: false,
    carryOut: async (caller) => {
      const { runComplete } = await import('./complete.ts');
      return runComplete(operation, {
        screen: caller.screen,
        connect: () =>
          cluster === undefined
            ? Promise.reject(new Error('no cluster is chosen'))
            : connect(cluster, withoutWarnings(caller)),
        namesInKubeconfig: (what) => kubeconfigNames(what, { kubeconfig: cluster?.kubeconfig, env: process.env }),
      });
    },
  };
}

/** What the words of an unfinished command line ask for; the last one is being typed. Never rejects. */
export async function completeOperation(
  words: readonly string[],
  entries: readonly VerbEntry[],
): Promise<CompleteOperation> {
  const finished = words.slice(0, -1);
  const named = entries.find(({ name }) => finished.includes(name));
  const verbs = await loadedVerbs(named === undefined ? entries : [named]);
  return { verb: 'complete', wanted: wantedFor(words, verbs), cluster: await clusterOf(finished, verbs) };
}

/** The cluster that the finished words choose; undefined where they cannot be read. */
async function clusterOf(words: readonly string[], verbs: readonly Verb[]): Promise<ClusterFlags | undefined> {
  // A flag that still waits for its value chooses nothing.
  const finished = /^--[^=]*$/.test(words.at(-1) ?? '') ? words.slice(0, -1) : words;
  const { flags } = verbs.find(({ name }) => finished.includes(name)) ?? { flags: {} };
  try {
    const given = readWords(finished, { name: '', flags: { ...flags, ...CONNECTION_FLAGS } }).flags;
    const connection = given.filter(({ name }) => Object.hasOwn(CONNECTION_FLAGS, name));
    return clusterFlags(await readValues(CONNECTION_FLAGS, connection, PROGRAM));
  } catch {
    return undefined;
  }
}
