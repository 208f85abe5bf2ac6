import type { NodeFactsIndex } from '../facts/node-table.ts';
import type { WorkObject } from '../facts/work.ts';
import type { Reach } from '../scheduling/reach.ts';
import type { Classification } from '../targets/classify.ts';
import type { Change } from './change.ts';
import type { PolicyConfig, RuleConfig, RuleMode, Scope } from './config.ts';
import type { Answers, Need } from './needs.ts';
import type { ReviewRequest } from './request.ts';
import type { AskedEntry } from './entry.ts';
import type { RuleId } from './registry.ts';
import type { Decision } from './verdict.ts';

/** What a rule is asked about. */
export interface Subject {
  readonly request: ReviewRequest;
  /** The object as it will be, or as it was where it is to go. */
  readonly object: WorkObject;
  readonly classification: Classification;
  readonly change: Change;
}

/** What a rule may look at. Nodes that are excepted from this rule are not held in its index. */
export interface RuleContext {
  readonly now: number;
  readonly nodeIndex: NodeFactsIndex;
  readonly config: PolicyConfig;
  readonly rule: RuleConfig;
  readonly answers: Answers;
  /** Which nodes in maintenance the object's work reaches in this index; worked out once, when first asked. */
  readonly reach: () => Reach;
  /** False where the facts at hand are all there are: nothing is fetched (offline). */
  readonly live: boolean;
}

/** An objection before the rule's mode is applied. */
export interface Objection<Reason extends string = string> {
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
export interface Judgement<Reason extends string = string> {
  readonly objections: readonly Objection<Reason>[];
  readonly needs: readonly Need[];
}

/** Why a rule objects. */
export interface ReasonSaid {
  /** What has happened, as one sentence for the documentation. */
  readonly means: string;
  /** What to do, as one sentence without a full stop; `end` is what ends the wait. Without it: what becomes of refused work. */
  readonly next?: (end: string) => string;
}

/** What may be configured of some rules, besides mode and the answer to what is not known (docs/configuration.md). */
export type Setting = 'scope' | 'afterOverdue' | 'overdueFor' | 'change' | 'brokenAfter' | 'tools';

/** A rule with all that is particular to it: one file in rules/, one line in the registry, one folder of fixtures. */
export interface Rule<Reason extends string = string> {
  readonly id: RuleId;
  /** What it denies, as one sentence for the documentation. */
  readonly denies: string;
  /** Why it objects, by the word that scripts may compare; of several that are refused, the first one here says what to do. */
  readonly reasons: Readonly<Record<Reason, ReasonSaid>>;
  /** What applies where nothing is configured. */
  readonly defaults: { readonly mode: RuleMode; readonly scope: Scope; readonly unknown: Decision };
  /** What else of it may be configured. */
  readonly settings: readonly Setting[];
  /** Stays on in the preset `palette`: what the vendor documents, and our own record. */
  readonly inPalette: boolean;
  /** The kind of work that it is about. Policies in the API server refuse such work too, and read exceptions from labels. */
  readonly work?: 'backup' | 'scan';
  /** Whether an exception takes it off a node. */
  readonly liftable: boolean;
  /** What the API server asks the webhook because of it. */
  readonly entries: readonly AskedEntry[];
  /** Whether the rule could have anything to say. Asked of every request, so it looks at kind and work only. */
  readonly concerns: (subject: Subject) => boolean;
  /** Asked only where it is concerned. Pure; never throws. */
  readonly judge: (subject: Subject, context: RuleContext) => Judgement<Reason>;
}

export const NO_OBJECTION: Judgement<never> = { objections: [], needs: [] };

/** A judgement without open questions. */
export function objection<Reason extends string>(found: Objection<Reason>): Judgement<Reason> {
  return { objections: [found], needs: [] };
}

/** "Cannot tell yet": nothing is said before these are answered. */
export function needing(...needs: readonly Need[]): Judgement<never> {
  return { objections: [], needs };
}
