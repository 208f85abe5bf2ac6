import { isInMaintenance, type NodeFacts } from '../facts/node.ts';
import { once } from '../once.ts';
import { NO_RECORD } from '../record/record.ts';
import { indexWith, type NodeFactsIndex } from '../facts/node-table.ts';
import { isExcepted } from './exceptions.ts';
import { nodeSourceOf, type Catalogue } from '../targets/classify.ts';
import { afterDenialOf } from './after-denial.ts';
import { ruleForTool, type PolicyConfig, type RuleConfig } from './config.ts';
import type { Answers, Need } from './needs.ts';
import { needKey } from './needs.ts';
import type { ReviewRequest } from './request.ts';
import type { Judgement, Objection, Rule, Subject, RuleContext } from './rule.ts';
import { subjectsFrom, type Subjects, type SubjectWithRules } from './subjects.ts';
import { targetOf } from './target.ts';
import { sortFindings, worst, type Decision, type Finding, type Verdict } from './verdict.ts';

/** Everything a decision depends on besides the request. */
export interface Situation {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly nodeIndex: NodeFactsIndex;
  readonly config: PolicyConfig;
  readonly catalogue: Catalogue;
  /** What was fetched for earlier needs. */
  readonly answers: Answers;
  /** False where nothing can be fetched: the verdict then rests on the index of nodes alone. */
  readonly live: boolean;
}

/**
 * Decides one request. Pure: the same request and situation give the same verdict. Never throws.
 * A verdict with `needs` is not final: fetch them, add the answers, ask again (see decide.ts).
 */
export function evaluate(request: ReviewRequest, situation: Situation): Verdict {
  return evaluateSubjects(subjectsFrom(request, situation.catalogue), situation);
}

/** The same for what a request is about, worked out before. */
export function evaluateSubjects(subjects: Subjects | undefined, situation: Situation): Verdict {
  if (subjects === undefined) return PASSED;
  const { answers } = situation;
  const nodeIndex = answers.size === 0 ? situation.nodeIndex : indexWith(situation.nodeIndex, freshNodes(answers));
  const judged = subjects.map((one) => judgeSubject(one, situation, nodeIndex));
  const [{ subject }] = subjects;
  const { object, classification } = subject;
  const findings = sortFindings(judged.flatMap((one) => one.findings));
  return {
    decision: worst(findings),
    work: classification.work,
    tool: classification.tool,
    confidence: classification.confidence,
    afterDenial: afterDenialOf(object, classification.pattern),
    nodes: findings.reduce((names, { nodes }) => mergedNames(names, nodes), judged[0]?.reach().nodes ?? []),
    findings,
    needs: unique(judged.flatMap((one) => one.needs)),
  };
}

const PASSED: Verdict = {
  decision: 'allow',
  work: 'none',
  tool: null,
  confidence: null,
  afterDenial: undefined,
  nodes: [],
  findings: [],
  needs: [],
};

/** The union of two sorted lists of names; one of them itself where the other adds nothing. */
function mergedNames(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0) return b;
  return isWithin(b, a) ? a : [...new Set([...a, ...b])].sort();
}

/** Whether every name of a sorted list stands in another one. */
function isWithin(names: readonly string[], all: readonly string[]): boolean {
  let place = 0;
  return names.every((name) => {
    while (place < all.length && all[place] !== name) place += 1;
    return place < all.length;
  });
}

interface Judged {
  readonly findings: readonly Finding[];
  readonly needs: readonly Need[];
}

function judgeSubject(
  { subject, rules }: SubjectWithRules,
  situation: Situation,
  nodeIndex: NodeFactsIndex,
): Judged & Pick<RuleContext, 'reach'> {
  const reach = reachOnce(subject, situation, nodeIndex);
  const judged = rules.map((rule) => judge(rule, subject, situation, { nodeIndex, reach }));
  return { findings: judged.flatMap((one) => one.findings), needs: judged.flatMap((one) => one.needs), reach };
}

/** Which nodes in maintenance the work reaches among those of an index; worked out when the first rule asks. */
function reachOnce(
  { object, classification }: Subject,
  { answers }: Situation,
  nodeIndex: NodeFactsIndex,
): RuleContext['reach'] {
  return once(() => targetOf(object, nodeSourceOf(classification), nodeIndex, answers));
}

function judge(
  rule: Rule,
  subject: Subject,
  situation: Situation,
  { nodeIndex, reach }: Pick<RuleContext, 'nodeIndex' | 'reach'>,
): Judged {
  const config = ruleForTool(situation.config, rule.id, subject.classification.tool);
  if (config.mode === 'off') return { findings: [], needs: [] };
  const own = nodesForRule(rule.id, nodeIndex, situation.now);
  const context: RuleContext = {
    now: situation.now,
    config: situation.config,
    answers: situation.answers,
    live: situation.live,
    rule: config,
    nodeIndex: own,
    reach: own === nodeIndex ? reach : reachOnce(subject, situation, own),
  };
  const { objections, needs }: Judgement = rule.judge(subject, context);
  const all = [...objections, ...leftOpen(rule, subject, { objections, needs, nodeIndex: own })];
  return { findings: all.map((found) => finding(rule, config, found)), needs };
}

/** What a rule passes of a request that was not read to its end, it passes without knowing: its configured answer holds. */
function leftOpen(
  { reasons }: Rule,
  { request }: Subject,
  { objections, needs, nodeIndex }: Judgement & Pick<RuleContext, 'nodeIndex'>,
): readonly Objection[] {
  if (!request.isCut || needs.length > 0 || nodeIndex.held.length === 0) return [];
  const isAnswered = objections.some(({ weight }) => weight === undefined || weight === 'unknown');
  const reason = ['Unread', 'Unknown'].find((one) => one in reasons);
  if (isAnswered || reason === undefined) return [];
  const detail = 'whether it reaches a node in maintenance was not found out: the request is larger than is read';
  return [{ reason, detail, nodes: [], weight: 'unknown' }];
}

function finding(rule: Rule, config: RuleConfig, { reason, detail, nodes, weight = 'refuse' }: Objection): Finding {
  return { rule: rule.id, decision: decisionFor(config, weight), reason, detail, nodes };
}

function decisionFor(config: RuleConfig, weight: NonNullable<Objection['weight']>): Decision {
  if (config.mode === 'audit') return 'allow';
  if (weight === 'advise') return 'warn';
  if (weight === 'overdue') return config.afterOverdue?.mode === 'audit' ? 'allow' : 'warn';
  const strict = weight === 'refuse' ? 'deny' : config.unknown;
  return config.mode === 'warn' && strict === 'deny' ? 'warn' : strict;
}

/** Nodes with an exception from a rule are, for that rule, not in maintenance. */
function nodesForRule(rule: string, nodeIndex: NodeFactsIndex, now: number): NodeFactsIndex {
  const excepted = nodeIndex.excepted.filter(
    ({ record }) => record.kind === 'record' && isExcepted(record.record, rule, now),
  );
  return excepted.length === 0
    ? nodeIndex
    : indexWith(nodeIndex, new Map(excepted.map((node) => [node.name, { ...node, record: NO_RECORD }])));
}

function freshNodes(answers: Answers): ReadonlyMap<string, NodeFacts | undefined> {
  const fresh = new Map<string, NodeFacts | undefined>();
  for (const [key, answer] of answers) {
    if (answer.answer === 'node') fresh.set(key.slice('node/'.length), answer.node);
    if (answer.answer === 'held-nodes')
      answer.nodes.filter(isInMaintenance).forEach((node) => fresh.set(node.name, node));
  }
  return fresh;
}

function unique(needs: readonly Need[]): readonly Need[] {
  return needs.length < 2 ? needs : [...new Map(needs.map((need) => [needKey(need), need])).values()];
}
