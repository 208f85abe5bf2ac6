import { isHeld, type NodeFacts } from '../facts/node.ts';
import { NO_RECORD } from '../record/record.ts';
import { fieldWith, type NodeField } from '../facts/node-table.ts';
import { kindKey } from '../facts/work.ts';
import { MIRROR_ANNOTATION } from '../labels.ts';
import { isExcepted } from '../record/claims.ts';
import { classify, type Catalogue } from '../targets/classify.ts';
import { afterDenialOf } from './after-denial.ts';
import { changeOf } from './change.ts';
import { ruleForTool, type PolicyConfig, type RuleConfig } from './config.ts';
import type { Answers, Need } from './needs.ts';
import { needKey } from './needs.ts';
import { RULES } from './registry.ts';
import type { ReviewRequest } from './request.ts';
import type { Judgement, Objection, Rule, Subject, Surroundings } from './rule.ts';
import { targetOf } from './target.ts';
import { sortFindings, worst, type Decision, type Finding, type Verdict } from './verdict.ts';

/** Everything a decision depends on besides the request. */
export interface Situation {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly field: NodeField;
  readonly config: PolicyConfig;
  readonly catalogue: Catalogue;
  /** What was fetched for earlier needs. */
  readonly answers: Answers;
  /** False where nothing can be fetched: the verdict then rests on the field alone. */
  readonly live: boolean;
}

/**
 * Decides one request. Pure: the same request and situation give the same verdict. Never throws.
 * A verdict with `needs` is not final: fetch them, add the answers, ask again (see decide.ts).
 */
export function evaluate(request: ReviewRequest, situation: Situation): Verdict {
  const object = request.object ?? request.oldObject;
  if (object === undefined) return PASSED;
  const classification = classify(object, situation.catalogue, request.user.name);
  const source = classification.pattern?.node ?? { in: 'pods' };
  const subject: Subject = { request, object, classification, change: changeOf(request, source) };
  const { answers } = situation;
  const field = answers.size === 0 ? situation.field : fieldWith(situation.field, freshNodes(answers));
  const concerned = isKubeletsMirror(subject) ? [] : RULES.filter((rule) => rule.concerns(subject));
  const reach = once(() => targetOf(object, source, field, answers));
  const judged = concerned.map((rule) => judge(rule, subject, situation, { field, reach }));
  const findings = sortFindings(judged.flatMap((one) => one.findings));
  const reached = reach().nodes;
  return {
    decision: worst(findings),
    work: classification.work,
    tool: classification.tool,
    afterDenial: afterDenialOf(object, classification.pattern),
    nodes: findings.length === 0 ? reached : sortedNames(reached, findings),
    findings,
    needs: unique(judged.flatMap((one) => one.needs)),
  };
}

const PASSED: Verdict = {
  decision: 'allow',
  work: 'none',
  tool: null,
  afterDenial: undefined,
  nodes: [],
  findings: [],
  needs: [],
};

function sortedNames(reached: readonly string[], findings: readonly Finding[]): readonly string[] {
  return [...new Set([...reached, ...findings.flatMap((finding) => finding.nodes)])].sort();
}

/** A value that is worked out when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function judge(
  rule: Rule,
  subject: Subject,
  situation: Situation,
  { field, reach }: Pick<Surroundings, 'field' | 'reach'>,
): { findings: Finding[]; needs: readonly Need[] } {
  const config = ruleForTool(situation.config, rule.id, subject.classification.tool);
  if (config.mode === 'off') return { findings: [], needs: [] };
  const own = fieldForRule(rule.id, field, situation.now);
  const { object, classification } = subject;
  const source = classification.pattern?.node ?? { in: 'pods' };
  const surroundings: Surroundings = {
    ...situation,
    rule: config,
    field: own,
    reach: own === field ? reach : once(() => targetOf(object, source, own, situation.answers)),
  };
  const { objections, needs }: Judgement = rule.judge(subject, surroundings);
  return { findings: objections.map((found) => finding(rule, config, found)), needs };
}

function finding(rule: Rule, config: RuleConfig, { reason, detail, nodes, weight = 'refuse' }: Objection): Finding {
  return { rule: rule.id, decision: decisionFor(config, weight), reason, detail, nodes };
}

function decisionFor(config: RuleConfig, weight: NonNullable<Objection['weight']>): Decision {
  if (config.mode === 'audit') return 'allow';
  if (weight === 'advise') return 'warn';
  const strict = weight === 'refuse' ? 'deny' : config.unknown;
  return config.mode === 'warn' && strict === 'deny' ? 'warn' : strict;
}

/** Nodes with an exception from a rule are, for that rule, not in maintenance. */
function fieldForRule(rule: string, field: NodeField, now: number): NodeField {
  const excepted = field.held.filter(({ record }) => record.kind === 'record' && isExcepted(record.record, rule, now));
  return excepted.length === 0
    ? field
    : fieldWith(field, new Map(excepted.map((node) => [node.name, { ...node, record: NO_RECORD }])));
}

/** The kubelet's own API copy of a static pod on its own node: it runs whether or not the copy exists. */
function isKubeletsMirror({ request, object }: Subject): boolean {
  const node = object.template?.placement.nodeName;
  return (
    kindKey(object) === '/Pod' &&
    object.annotations.has(MIRROR_ANNOTATION) &&
    node !== undefined &&
    request.user.name === `system:node:${node}`
  );
}

function freshNodes(answers: Answers): ReadonlyMap<string, NodeFacts | undefined> {
  const fresh = new Map<string, NodeFacts | undefined>();
  for (const [key, answer] of answers) {
    if (answer.answer === 'node') fresh.set(key.slice('node/'.length), answer.node);
    if (answer.answer === 'held-nodes') answer.nodes.filter(isHeld).forEach((node) => fresh.set(node.name, node));
  }
  return fresh;
}

function unique(needs: readonly Need[]): readonly Need[] {
  return [...new Map(needs.map((need) => [needKey(need), need])).values()];
}
