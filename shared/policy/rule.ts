import type { NodeField } from '../facts/node-table.ts';
import type { WorkObject } from '../facts/work.ts';
import type { Reach } from '../scheduling/reach.ts';
import type { Classification } from '../targets/classify.ts';
import type { Change } from './change.ts';
import type { PolicyConfig, RuleConfig } from './config.ts';
import type { Answers, Need } from './needs.ts';
import type { ReviewRequest } from './request.ts';
import type { Reason, RuleId } from './verdict.ts';

/** What a rule is asked about. */
export interface Subject {
  readonly request: ReviewRequest;
  /** The object as it will be, or as it was where it is to go. */
  readonly object: WorkObject;
  readonly classification: Classification;
  readonly change: Change;
}

/** What a rule may look at. Nodes that are excepted from this rule are not held in its field. */
export interface Surroundings {
  readonly now: number;
  readonly field: NodeField;
  readonly config: PolicyConfig;
  readonly rule: RuleConfig;
  readonly answers: Answers;
  /** Which nodes in maintenance the object's work reaches in this field; worked out once, when first asked. */
  readonly reach: () => Reach;
  /** False where the facts at hand are all there are: nothing is fetched (offline). */
  readonly live: boolean;
}

/** An objection before the rule's mode is applied. */
export interface Objection {
  readonly reason: Reason;
  readonly detail: string;
  readonly nodes: readonly string[];
  /**
   * `refuse` unless said otherwise; `advise` never denies, `unknown` takes the rule's configured answer, `overdue` the one
   * for maintenances that are long overdue.
   */
  readonly weight?: 'refuse' | 'advise' | 'unknown' | 'overdue';
}

/** What a rule says: objections, and what it has to know before "no objection" is final. */
export interface Judgement {
  readonly objections: readonly Objection[];
  readonly needs: readonly Need[];
}

/** A rule: one file in rules/, one line in the registry, one folder of fixtures. */
export interface Rule {
  readonly id: RuleId;
  /** What it denies, as one sentence for the documentation. */
  readonly denies: string;
  /** Whether the rule could have anything to say. Asked of every request, so it looks at kind and work only. */
  concerns(subject: Subject): boolean;
  /** Asked only where it is concerned. Pure; never throws. */
  judge(subject: Subject, surroundings: Surroundings): Judgement;
}

export const NO_OBJECTION: Judgement = { objections: [], needs: [] };

/** A judgement without open questions. */
export function objection(found: Objection): Judgement {
  return { objections: [found], needs: [] };
}

/** "Cannot tell yet": nothing is said before these are answered. */
export function needing(...needs: readonly Need[]): Judgement {
  return { objections: [], needs };
}
