import {
  LABELLED_KINDS,
  catalogueFromTools,
  isOfKind,
  LABEL_STRENGTH,
  LABELLED,
  ruleForTool,
  SCHEDULE_KIND,
  type Kind,
  type NodeSource,
  type PolicyConfig,
  type RuleMode,
  type Scope,
  type Tool,
  type WorkPattern,
} from '../../shared/index.ts';
import { PLACED } from './kinds.ts';
import { isExact } from './matcher.ts';

/** Why a pattern is left to the webhook, or to nobody. The text is for people. */
export const LEFT_OUT = {
  off: 'its rule is off',
  'starts-nothing': 'it starts nothing when it is written, so nobody refuses it',
  'only-leads': 'it only leads to work that is decided, and passes',
  'names-no-node': 'it runs no pods and names no node, so nobody refuses it',
  'looked-up': 'its node stands in other objects, which have to be looked up',
  read: 'it is known by what it runs, what it is called or who writes it, which the webhook reads',
  overdue: 'its rule answers otherwise once a maintenance is long overdue, which the webhook says',
  'unknown-resource': 'the API server serves its kind under a name that only the cluster knows',
} as const;

/** A reason of LEFT_OUT. */
export type LeftOut = keyof typeof LEFT_OUT;

/** What the policy does with the work of a pattern, as far as it differs between patterns. */
export interface Outcome {
  readonly work: 'backup' | 'scan';
  readonly mode: Exclude<RuleMode, 'off'>;
  readonly scope: Scope;
  /** Whether the answer changes once a maintenance is long overdue. */
  readonly changes: boolean;
  /** Where its node stands; of no matter where the scope is the cluster. */
  readonly node: NodeSource;
}

/** A pattern of the catalogue, with what becomes of its work. */
export interface JudgedPattern {
  readonly tool: string;
  /** As in the catalogue; what its user labelled (see `labelledPatterns`) has 0: it counts where nothing else matches. */
  readonly strength: number;
  readonly pattern: WorkPattern;
  /** Undefined: never refused. */
  readonly outcome: Outcome | undefined;
}

/** A pattern that the floor decides exactly as the webhook does, and on which kinds. */
export interface CoveredPattern extends JudgedPattern {
  readonly outcome: Outcome;
  readonly kinds: readonly Kind[];
}

/** Every pattern of some tools, the strongest evidence first, then what users labelled. */
export function judgedPatterns(tools: readonly Tool[], config: PolicyConfig): readonly JudgedPattern[] {
  const patterns = catalogueFromTools(tools).patterns.map((one) => withOutcome(one, config));
  return [...patterns, ...labelledPatterns(config)];
}

function labelledPatterns(config: PolicyConfig): readonly JudgedPattern[] {
  return Object.values(LABELLED).map((pattern) => withOutcome({ tool: 'labelled', strength: 0, pattern }, config));
}

function withOutcome(one: Omit<JudgedPattern, 'outcome'>, config: PolicyConfig): JudgedPattern {
  return { ...one, outcome: outcomeOf(one, config) };
}

function outcomeOf({ tool, pattern }: Omit<JudgedPattern, 'outcome'>, config: PolicyConfig): Outcome | undefined {
  const { mode, scope, afterOverdue } = ruleForTool(config, pattern.work, tool);
  const passes = pattern.role === 'schedule' || (pattern.role === 'root' && scope === 'node');
  if (mode === 'off' || passes) return undefined;
  return { work: pattern.work, mode, scope, changes: afterOverdue !== undefined, node: pattern.node };
}

/** What of a pattern the floor covers, or why it covers nothing. */
export function coverageOf(one: JudgedPattern): CoveredPattern | LeftOut {
  const { pattern, outcome } = one;
  if (outcome === undefined) return reasonToPass(pattern);
  const inexact = inexactPart(one, outcome);
  if (inexact !== undefined) return inexact;
  const known = startingKinds(pattern).filter(({ resource }) => resource !== undefined);
  if (known.length === 0) return 'unknown-resource';
  const kinds = known.filter((kind) => canReach(kind, outcome));
  return kinds.length === 0 ? 'names-no-node' : { ...one, outcome, kinds };
}

function reasonToPass({ role }: WorkPattern): LeftOut {
  if (role === 'schedule') return 'starts-nothing';
  return role === 'root' ? 'only-leads' : 'off';
}

function inexactPart({ pattern }: JudgedPattern, { scope, changes, node }: Outcome): LeftOut | undefined {
  if (changes) return 'overdue';
  if (scope === 'node' && !['pods', 'field', 'label'].includes(node.in)) return 'looked-up';
  return isExact(pattern.match) ? undefined : 'read';
}

/** A CronJob starts nothing when it is written. */
function startingKinds({ match }: WorkPattern): readonly Kind[] {
  return (match.kinds ?? LABELLED_KINDS).filter((kind) => !isOfKind(kind, [SCHEDULE_KIND]));
}

function canReach(kind: Kind, { scope, node }: Outcome): boolean {
  return scope === 'cluster' || node.in !== 'pods' || isOfKind(kind, PLACED);
}

/**
 * Patterns of the same work that may win over a covered one for the same object and end otherwise. An object that one of them
 * may describe is left to the webhook: which evidence is the stronger one is decided in one place. Evidence of other work
 * takes nothing off it (shared/targets/classify.ts).
 */
export function rivalsOf(covered: CoveredPattern, judged: readonly JudgedPattern[]): readonly JudgedPattern[] {
  const place = judged.findIndex(({ pattern }) => pattern === covered.pattern);
  return judged.filter(
    (one, index) =>
      isSameWork(one, covered) &&
      endsOtherwise(one, covered) &&
      mayWin(one, covered, index < place) &&
      (one.pattern.match.kinds ?? LABELLED_KINDS).some((kind) => isOfKind(kind, covered.kinds)),
  );
}

function endsOtherwise({ outcome, pattern }: JudgedPattern, other: CoveredPattern): boolean {
  return outcome === undefined || outcomeKey(outcome, pattern) !== outcomeKey(other.outcome, other.pattern);
}

/** Two outcomes with the same key refuse the same objects in the same way. */
function outcomeKey({ work, mode, scope, node }: Outcome, { begins }: WorkPattern): string {
  return JSON.stringify([work, mode, scope, scope === 'node' ? node : null, begins ?? null]);
}

/**
 * Of the same work: a label wins over a guess by image, and over nothing else; of two of one strength the first one does
 * (shared/targets/classify.ts).
 */
function mayWin(one: JudgedPattern, covered: CoveredPattern, isBefore: boolean): boolean {
  if (isLabelled(one)) return false;
  if (isLabelled(covered)) return !isGuess(one);
  return one.strength > covered.strength || (one.strength === covered.strength && isBefore);
}

function isLabelled({ tool }: JudgedPattern): boolean {
  return tool === 'labelled';
}

function isGuess({ strength }: JudgedPattern): boolean {
  return strength < LABEL_STRENGTH;
}

function isSameWork(a: JudgedPattern, b: JudgedPattern): boolean {
  return a.pattern.work === b.pattern.work;
}
