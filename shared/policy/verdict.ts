import type { Confidence } from '../targets/matcher.ts';
import type { AfterDenial, Work } from '../targets/tool.ts';
import type { Need } from './needs.ts';
import type { RuleId } from './registry.ts';

/** From harmless to refused; the verdict is the worst of its findings. */
export type Decision = 'allow' | 'warn' | 'deny';

/** One objection of one rule. */
export interface Finding {
  readonly rule: RuleId;
  readonly decision: Decision;
  /** Why, as one word that scripts may compare: one of the rule's reasons. */
  readonly reason: string;
  /** One sentence for people, without a full stop. */
  readonly detail: string;
  /** Names of the nodes in maintenance that it is about, sorted. */
  readonly nodes: readonly string[];
}

/** What the policy says of one request. */
export interface Verdict {
  readonly decision: Decision;
  readonly work: Work;
  /** Id of the tool, null for `none`. */
  readonly tool: string | null;
  /** How sure the classification is, null for `none`. */
  readonly confidence: Confidence | null;
  /** What becomes of the work where it is refused; undefined where it is no backup or scan. */
  readonly afterDenial: AfterDenial | undefined;
  /** Nodes in maintenance that the object reaches, sorted. */
  readonly nodes: readonly string[];
  /** Sorted: worst first, then by rule and text. */
  readonly findings: readonly Finding[];
  /** What has to be fetched before this verdict is final; empty when it is. */
  readonly needs: readonly Need[];
}

const RANK: Readonly<Record<Decision, number>> = { allow: 0, warn: 1, deny: 2 };

/** The worst decision of all findings; `allow` without any. */
export function worst(findings: readonly Finding[]): Decision {
  return findings.reduce<Decision>((so, { decision }) => (RANK[decision] > RANK[so] ? decision : so), 'allow');
}

/** Worst first, then by rule, then by text: the same request always reads the same. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) => RANK[b.decision] - RANK[a.decision] || compare(a.rule, b.rule) || compare(a.detail, b.detail),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
