import {
  answersFromCluster,
  BUILT_IN_POLICY,
  creationOf,
  decide,
  MaintError,
  NO_ANSWERS,
  nodeFromObject,
  NodeTable,
  renderProblem,
  requestFromReview,
  textAt,
  type Answer,
  type Cluster,
  type FetchNeed,
  type Policy,
  type Situation,
} from '../../shared/index.ts';
import { documentsFrom, type ManifestDocument } from '../check/documents.ts';
import { itemFromInvalid, itemFromVerdict, reportFromItems, type CheckItem } from '../check/report.ts';
import { readSource, readSources } from '../check/sources.ts';
import type { Clock } from '../clock.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { listNodes } from '../nodes/choose.ts';
import type { CheckOperation } from '../operation.ts';
import { renderCheck } from '../output/check.ts';
import { assumption, policyInForce } from '../policy/in-force.ts';
import { policyFromText } from '../policy/text.ts';
import type { Screen } from '../screen.ts';

/** What `check` works with; a cluster only where no nodes are given by file. */
export interface CheckSurroundings {
  readonly screen: Screen;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly stdin: NodeJS.ReadableStream;
  /** Whether the table may be coloured. */
  readonly colour: boolean;
  readonly cluster: Cluster | undefined;
}

/** How long a check may work in silence, in milliseconds. */
const QUIET_MS = 1000;

/** `kubectl maint check`: what the webhook would say of some manifests. Every readable document is reported. */
export async function runCheck(operation: CheckOperation, surroundings: CheckSurroundings): Promise<ExitCode> {
  const { screen, clock, cluster, signal } = surroundings;
  const { config, catalogue } = await policyFor(operation, surroundings);
  const nodes =
    cluster === undefined ? await nodesFromFile(operation, surroundings.stdin) : await nodesFromCluster(cluster);
  const situation: Situation = {
    now: clock.now(),
    field: nodes,
    config,
    catalogue,
    answers: NO_ANSWERS,
    live: cluster !== undefined,
  };
  const fetch = fetchFrom(nodes, cluster, signal);
  const items: CheckItem[] = [];
  let told = clock.now();
  for await (const source of readSources(operation.files, {
    recursive: operation.recursive,
    stdin: surroundings.stdin,
  })) {
    for (const document of documentsFrom(source)) {
      items.push(await itemFor(document, situation, fetch));
      if (clock.now() - told < QUIET_MS) continue;
      told = clock.now();
      screen.note(`${items.length} documents checked ...`);
    }
  }
  const report = reportFromItems(items);
  screen.result(await renderCheck(report, operation.format, surroundings.colour));
  if (report.summary.invalid > 0) return EXIT.usage;
  return report.summary.denied > 0 ? EXIT.denied : EXIT.done;
}

/** The file's; else what the cluster enforces; the defaults where neither is there. */
async function policyFor(
  { policyFile }: CheckOperation,
  { stdin, cluster, screen }: CheckSurroundings,
): Promise<Policy> {
  if (policyFile === undefined) {
    if (cluster === undefined) return BUILT_IN_POLICY;
    const { policy, source } = await policyInForce(cluster);
    const assumed = assumption(source);
    if (assumed !== undefined) screen.warn(assumed);
    return policy;
  }
  const { name, text } = await readSource(policyFile, stdin);
  const policy = policyFromText(text);
  if (policy.ok) return policy.value;
  throw new MaintError('usage', `--policy ${name} is not valid\n${policy.problems.map(renderProblem).join('\n')}`, {
    hint: 'kubectl maint check --policy FILE --validate says whether it is',
  });
}

async function itemFor(document: ManifestDocument, situation: Situation, fetch: FetchNeed): Promise<CheckItem> {
  const { content } = document;
  if (content.kind === 'invalid') {
    return itemFromInvalid(document, `line ${content.line}, column ${content.column}: ${content.message}`);
  }
  if (textAt(content.object, 'kind') !== 'AdmissionReview') {
    const request = creationOf(content.object);
    return itemFromVerdict(document, request, await decide(request, situation, fetch));
  }
  const request = requestFromReview(content.object);
  if (!request.ok) return itemFromInvalid(document, request.problems.map(renderProblem).join('; '));
  return itemFromVerdict(document, request.value, await decide(request.value, situation, fetch));
}

async function nodesFromFile({ nodesFile }: CheckOperation, stdin: NodeJS.ReadableStream): Promise<NodeTable> {
  const nodes = new NodeTable();
  for await (const source of readSources([nodesFile ?? ''], { recursive: false, stdin })) {
    for (const { content } of documentsFrom(source)) {
      const node = content.kind === 'object' ? nodeFromObject(content.object) : undefined;
      if (node === undefined || content.kind !== 'object' || textAt(content.object, 'kind') !== 'Node') {
        const why =
          content.kind === 'invalid'
            ? `line ${content.line}: ${content.message}`
            : 'holds an object that is not a Node';
        throw new MaintError('usage', `--nodes ${source.name}: ${why}`, {
          hint: 'kubectl get nodes -o yaml makes such a file',
        });
      }
      nodes.put(node);
    }
  }
  return nodes;
}

async function nodesFromCluster(cluster: Cluster): Promise<NodeTable> {
  return new NodeTable((await listNodes(cluster)).map(({ facts }) => facts));
}

/** The nodes were read a moment ago; only what else the policy needs is read from the cluster. */
function fetchFrom(nodes: NodeTable, cluster: Cluster | undefined, signal: AbortSignal): FetchNeed {
  const fromCluster = cluster && answersFromCluster(cluster, signal);
  return (need) => {
    if (need.need === 'node') return known({ answer: 'node', node: nodes.node(need.name) });
    if (need.need === 'held-nodes') return known({ answer: 'held-nodes', nodes: nodes.held });
    return fromCluster?.(need) ?? known({ answer: 'unknown', why: 'no cluster is asked' });
  };
}

function known(answer: Answer): Promise<Answer> {
  return Promise.resolve(answer);
}
