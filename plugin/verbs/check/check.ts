import {
  answersFromCluster,
  BUILT_IN_POLICY,
  clean,
  creationOf,
  decide,
  MaintError,
  NO_ANSWERS,
  NodeTable,
  renderProblem,
  requestFromReview,
  textAt,
  yamlReader,
  type Answer,
  type Cluster,
  type FetchNeed,
  type Policy,
  type ReviewRequest,
  type Situation,
  type YamlRemark,
} from '../../../shared/index.ts';
import { documentsFrom, type ManifestDocument, type SplitText } from './documents.ts';
import { nodesFromFile } from './nodes-file.ts';
import {
  inExempt,
  itemFromInvalid,
  itemFromVerdict,
  reportFromItems,
  type CheckFinding,
  type CheckItem,
  type Unasked,
} from './report.ts';
import { findingsOfRuns, requestsOfRun } from './runs.ts';
import { readSource, readSources, type Reading, type Source } from './sources.ts';
import type { Clock } from '../../session/clock.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { listNodes } from '../../nodes/choose.ts';
import type { CheckOperation } from './flags.ts';
import { renderCheck } from './text.ts';
import { floorIfReadable } from '../../policy/floor.ts';
import { assumption, policyInForce } from '../../policy/in-force.ts';
import { policyFromText } from '../../policy/parse.ts';
import { printReport, type Screen } from '../../terminal/screen.ts';

/** What `check` works with; a cluster only where no nodes are given by file. */
export interface CheckSurroundings extends Reading {
  readonly screen: Screen;
  readonly clock: Clock;
  /** Whether the table may be coloured. */
  readonly colour: boolean;
  readonly cluster: Cluster | undefined;
}

/** How long a check may work in silence, in milliseconds. */
const QUIET_MS = 1000;

/** `kubectl maint check`: what the webhook would say of some manifests. Every readable document is reported. */
export async function runCheck(operation: CheckOperation, surroundings: CheckSurroundings): Promise<ExitCode> {
  const { screen, clock, cluster, signal } = surroundings;
  const { policy, unasked } = await policyFor(operation, surroundings);
  const { config, catalogue } = policy;
  const { documentsIn } = await yamlReader();
  const nodes =
    cluster === undefined
      ? await nodesFromFile(operation.nodesFile ?? '', surroundings, documentsIn)
      : await nodesFromCluster(cluster);
  const situation: Situation = {
    now: clock.now(),
    nodeIndex: nodes,
    config,
    catalogue,
    answers: NO_ANSWERS,
    // Without a cluster there is an answer, too: that it is not known.
    live: true,
  };
  const checking: Checking = { situation, fetch: fetchFrom(nodes, cluster, signal) };
  const items: CheckItem[] = [];
  let told = clock.now();
  const { recursive } = operation;
  for await (const source of readSources(operation.files, { recursive, ...surroundings })) {
    for (const document of documentsOf(source, documentsIn)) {
      if (signal.aborted) throw new MaintError('interrupted', 'interrupted: not everything was checked');
      items.push(inExempt(await itemFor(document, checking), unasked));
      if (clock.now() - told < QUIET_MS) continue;
      told = clock.now();
      screen.note(`${items.length} documents checked ...`);
    }
  }
  if (items.length === 0) throw nothingIn(operation.files);
  const report = reportFromItems(items);
  const { format } = operation;
  printReport(screen, await renderCheck(report, format, surroundings.colour), format === 'table');
  if (report.summary.invalid > 0) return EXIT.usage;
  return report.summary.denied > 0 ? EXIT.denied : EXIT.done;
}

function nothingIn(files: readonly string[]): MaintError {
  return new MaintError('usage', `no objects passed to check: nothing but space and comments in ${files.join(', ')}`);
}

function documentsOf(source: Source, documentsIn: SplitText): Iterable<ManifestDocument> {
  if (!('problem' in source)) return documentsFrom(source, documentsIn);
  const message = `cannot be read: ${source.problem}`;
  return [{ source: source.name, index: 0, content: { kind: 'unreadable', message } }];
}

const NOTHING_UNASKED: Unasked = { exempt: [], floor: [] };

/** The file's; else what the cluster enforces; the defaults where neither is there. Only a cluster exempts namespaces. */
async function policyFor(
  { policyFile }: CheckOperation,
  { cluster, screen, ...reading }: CheckSurroundings,
): Promise<{ readonly policy: Policy; readonly unasked: Unasked }> {
  if (policyFile === undefined) {
    if (cluster === undefined) return { policy: BUILT_IN_POLICY, unasked: NOTHING_UNASKED };
    const inForce = await policyInForce(cluster);
    const assumed = assumption(inForce.source);
    if (assumed !== undefined) screen.warn(assumed);
    const { exempt } = inForce;
    const floor = exempt.length === 0 ? [] : await floorIfReadable(cluster);
    return { policy: inForce.policy, unasked: { exempt, floor } };
  }
  const { name, text } = await readSource(policyFile, reading);
  const policy = policyFromText(text);
  if (policy.ok) return { policy: policy.value, unasked: NOTHING_UNASKED };
  throw new MaintError('usage', `--policy ${name} is not valid\n${policy.problems.map(renderProblem).join('\n')}`, {
    hint: 'kubectl maint check --policy FILE --validate says whether it is',
  });
}

interface Checking {
  readonly situation: Situation;
  readonly fetch: FetchNeed;
}

async function itemFor(document: ManifestDocument, checking: Checking): Promise<CheckItem> {
  const { content } = document;
  if (content.kind === 'unreadable') return itemFromInvalid(document, content.message);
  if (content.kind === 'invalid') {
    return itemFromInvalid(document, `line ${content.line}, column ${content.column}: ${content.message}`);
  }
  const { object, remarks } = content;
  if (textAt(object, 'kind') !== 'AdmissionReview') {
    const item = await itemForRequest(document, creationOf(object), checking);
    const ofRuns = await findingsOfRun(object, checking);
    const findings = [...item.findings, ...remarks.map(findingOf)];
    return { ...item, findings, ...(ofRuns.length > 0 && { runs: ofRuns }) };
  }
  const request = requestFromReview(object);
  if (!request.ok) return itemFromInvalid(document, request.problems.map(renderProblem).join('; '));
  return itemForRequest(document, request.value, checking);
}

async function itemForRequest(
  document: ManifestDocument,
  request: ReviewRequest,
  { situation, fetch }: Checking,
): Promise<CheckItem> {
  return itemFromVerdict(document, request, await decide(request, situation, fetch));
}

async function findingsOfRun(object: unknown, { situation, fetch }: Checking): Promise<readonly CheckFinding[]> {
  const requests = requestsOfRun(object);
  if (requests.length === 0) return [];
  return findingsOfRuns(await Promise.all(requests.map((request) => decide(request, situation, fetch))));
}

function findingOf({ reason, line, message }: YamlRemark): CheckFinding {
  return { rule: 'input', reason, detail: clean(`line ${line}: ${message}`, MAX_REMARK) };
}

/** Longest remark about a document in a line, in characters: it repeats a key. */
const MAX_REMARK = 253;

async function nodesFromCluster(cluster: Cluster): Promise<NodeTable> {
  return new NodeTable((await listNodes(cluster)).map(({ facts }) => facts));
}

/** The nodes were read a moment ago; only what else the policy needs is read from the cluster. */
function fetchFrom(nodes: NodeTable, cluster: Cluster | undefined, signal: AbortSignal): FetchNeed {
  const fromCluster = cluster && answersFromCluster(cluster, signal);
  return (need) => {
    if (need.need === 'node') return known({ answer: 'node', node: nodes.node(need.name) });
    if (need.need === 'held-nodes') return known({ answer: 'held-nodes', nodes: nodes.held });
    return fromCluster?.(need) ?? known({ answer: 'unknown', why: 'not known without a cluster' });
  };
}

function known(answer: Answer): Promise<Answer> {
  return Promise.resolve(answer);
}
