import type { Cluster } from '../../../shared/index.ts';
import type { Candidate, CompleteOperation, KubeconfigNames, Wanted } from './candidates.ts';
import { DIRECTIVE } from './wanted.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { Screen } from '../../terminal/screen.ts';

/** What completion asks for; all of it may fail. */
export interface CompletionPorts {
  readonly screen: Screen;
  readonly connect: () => Promise<Cluster>;
  readonly namesInKubeconfig: (what: KubeconfigNames) => Promise<readonly string[]>;
}

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
    case 'nodes':
      return among(await (await import('./complete-nodes.ts')).nodeCandidates(wanted, ports.connect));
    case 'owners':
      return among(await (await import('./complete-nodes.ts')).ownerCandidates(wanted, ports.connect));
  }
}

function among(candidates: readonly Candidate[]): Found {
  return { candidates, directive: DIRECTIVE.noFiles };
}
