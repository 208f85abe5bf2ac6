import {
  clean,
  type Cluster,
  isHeld,
  MAX_TEXT,
  type NodeFacts,
  nodeFromObject,
  NODES,
  STATE_LABEL,
  readAll,
} from '../../../shared/index.ts';
import type { Candidate, KubeconfigNames, Wanted } from './candidates.ts';
import { DIRECTIVE } from './wanted.ts';
import { EXIT, type ExitCode } from '../../command-line/exit-codes.ts';
import type { CompleteOperation } from '../../command-line/operation.ts';
import type { Screen } from '../../terminal/screen.ts';

/** What completion asks for; all of it may fail. */
export interface CompletionPorts {
  readonly screen: Screen;
  readonly connect: () => Promise<Cluster>;
  readonly namesInKubeconfig: (what: KubeconfigNames) => Promise<readonly string[]>;
}

/** Longest that somebody waits for candidates of the cluster, in ms: until then a key was pressed for nothing. */
const PATIENCE_MS = 2000;

/**
 * `kubectl maint __complete WORDS... TYPED`: a candidate a line, with what it means behind a tab, and the directive at
 * the end, as kubectl reads them from `kubectl_complete-maint` (k8s.io/kubectl pkg/cmd/plugin, getPluginCompletions).
 * Whatever fails, there are no candidates, and nothing is said: the person is typing.
 */
export async function runComplete({ wanted }: CompleteOperation, ports: CompletionPorts): Promise<ExitCode> {
  const { candidates, directive } = await found(wanted, ports).catch(() => NOTHING);
  for (const { word, about } of candidates) {
    if (word.startsWith(wanted.typed)) ports.screen.data(about === undefined ? word : `${word}\t${about}`);
  }
  ports.screen.data(`:${directive}`);
  return EXIT.done;
}

interface Found {
  readonly candidates: readonly Candidate[];
  readonly directive: number;
}

const NOTHING: Found = { candidates: [], directive: DIRECTIVE.noFiles };

async function found(wanted: Wanted, ports: CompletionPorts): Promise<Found> {
  switch (wanted.from) {
    case 'list':
      return wanted;
    case 'files':
      return { candidates: [], directive: DIRECTIVE.files };
    case 'kubeconfig':
      return among((await ports.namesInKubeconfig(wanted.what)).map((word) => ({ word })));
    case 'nodes': {
      const nodes = await readNodes(wanted.onlyHeld, ports);
      const open = nodes.filter(({ name }) => !wanted.given.includes(name));
      return among(open.map((node) => ({ word: `${wanted.type}${node.name}`, ...aboutNode(node) })));
    }
    case 'owners': {
      const nodes = (await readNodes(true, ports)).filter(({ name }) => isAmong(name, wanted.given));
      return among(
        [...new Set(nodes.flatMap(ownersOf).filter((owner) => clean(owner, MAX_TEXT) === owner))].map((word) => ({
          word,
        })),
      );
    }
  }
}

function among(candidates: readonly Candidate[]): Found {
  return { candidates, directive: DIRECTIVE.noFiles };
}

function isAmong(name: string, given: readonly string[]): boolean {
  return given.length === 0 || given.some((word) => word === name || word.endsWith(`/${name}`));
}

/** All of them or none: of half a list the shell would complete a name that is not the only one. */
async function readNodes(onlyHeld: boolean, { connect }: CompletionPorts): Promise<readonly NodeFacts[]> {
  const cluster = await connect();
  try {
    const query = onlyHeld ? { labelSelector: STATE_LABEL } : {};
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return await readAll(cluster, { path: NODES, query, signal }, nodeFromObject);
  } finally {
    cluster.close();
  }
}

/** Longest owner that is told, in characters; one that is offered has to be whole. */
const MAX_OWNER = 80;

function ownersOf({ record }: NodeFacts): readonly string[] {
  const claims = record.kind === 'record' ? record.record.claims : [];
  return claims.map(({ owner }) => owner);
}

function aboutNode(node: NodeFacts): { readonly about?: string } {
  if (!isHeld(node)) return {};
  const owners = ownersOf(node).map((owner) => clean(owner, MAX_OWNER));
  return { about: `in maintenance${owners.length === 0 ? '' : ` for ${owners.join(', ')}`}` };
}
