import {
  DEFAULT_POLICY,
  distinctKinds,
  exceptionLabel,
  explainBriefly,
  explainNode,
  keptOffNodes,
  keptOutOfCluster,
  STATE_LABEL,
  WHY_ANNOTATION,
  WORK_LABEL,
  type AfterDenial,
  type Kind,
} from '../../shared/index.ts';
import { all, any, literal, sentence } from './cel.ts';
import { startsWork } from './changes.ts';
import { outcomeKey, rivalsOf, type CoveredPattern, type JudgedPattern, type Outcome } from './coverage.ts';
import { evidenceOf, SMALL } from './evidence.ts';
import { isOneOf, type NamingKind } from './kinds.ts';
import { conditionOf, possibilityOf } from './matcher.ts';
import type { PolicyParts, ResourceRule, Validation, Variable } from './objects.ts';
import { mayName, namedIn, PINNED_VARIABLE, PLACEMENT_VARIABLES } from './placement.ts';
import { OBJECT_VARIABLES } from './variables.ts';

/** Patterns that are decided alike, and refused in the same words but for what the work is. */
interface Group {
  readonly covered: readonly CoveredPattern[];
  readonly outcome: Outcome;
  readonly afterDenial: AfterDenial;
}

/**
 * Most patterns of one group: each is a level of nested conditionals, and the API server's parser takes 250 levels
 * (cel-go, parser.MaxRecursionDepth) of which others use fewer than ten.
 */
const MAX_PATTERNS = 100;

/** The policies about backups and scans: one per rule, mode and scope. */
export function workPolicies(
  covered: readonly CoveredPattern[],
  judged: readonly JudgedPattern[],
): readonly PolicyParts[] {
  const byPolicy = Map.groupBy(covered, ({ outcome: { work, mode, scope } }) => `${work} ${mode} ${scope}`);
  return [...byPolicy.values()].flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : [policyFor(first.outcome, members, judged)];
  });
}

function policyFor(
  outcome: Outcome,
  covered: readonly CoveredPattern[],
  judged: readonly JudgedPattern[],
): PolicyParts {
  const groups = groupsOf(covered).map((group, index) => ({ group, index, others: othersFor(group, judged) }));
  const others = new Map([...new Set(groups.map((one) => one.others))].map((text, index) => [text, `others${index}`]));
  return {
    name: nameFor(outcome),
    mode: outcome.mode,
    failurePolicy: 'Ignore',
    resourceRules: resourceRules(covered.flatMap(({ kinds }) => kinds)),
    matchConditions: [{ name: 'work', expression: conditionOn(outcome, covered) }],
    variables: [
      ...OBJECT_VARIABLES,
      ...(outcome.scope === 'node' ? PLACEMENT_VARIABLES : []),
      WHY,
      TOLD,
      ...[...others].map(([expression, name]) => ({ name, expression })),
      ...groups.map(({ group, index }) => foundVariable(group, index)),
    ],
    validations: groups.map((one) => validationOf(one.group, one.index, others.get(one.others) ?? '')),
    nodes: [
      { key: STATE_LABEL, operator: 'Exists' },
      { key: exceptionLabel(outcome.work), operator: 'DoesNotExist' },
    ],
  };
}

/** `backup.kubectl-maint.io`; where it is not as by default, scope and mode are named: `scan-node-warn.kubectl-maint.io`. */
function nameFor({ work, mode, scope }: Outcome): string {
  const parts = [work, ...(scope === DEFAULT_POLICY.rules[work].scope ? [] : [scope])];
  return `${[...parts, ...(mode === 'enforce' ? [] : [mode])].join('-')}.kubectl-maint.io`;
}

/** The API server evaluates a policy for every node in maintenance: what rules most objects out is asked first, at once. */
function conditionOn({ scope }: Outcome, covered: readonly CoveredPattern[]): string {
  const naming = covered.flatMap(namingKind);
  return all([
    SMALL,
    scope === 'cluster' ? evidenceOf(covered) : mayName(naming),
    startsWork(naming, labelsOf(covered)),
  ]);
}

/** Labels by which a running pod may become such work. */
function labelsOf(covered: readonly CoveredPattern[]): readonly string[] {
  const keys = covered.flatMap(({ tool, pattern: { match } }) =>
    tool === 'labelled' ? [WORK_LABEL] : Object.keys(match.labels ?? {}),
  );
  return [...new Set(keys)].sort();
}

function groupsOf(covered: readonly CoveredPattern[]): readonly Group[] {
  const keyOf = ({ outcome, strength, pattern }: CoveredPattern) =>
    JSON.stringify([outcomeKey(outcome), strength, pattern.afterDenial]);
  return [...Map.groupBy(covered, keyOf).values()].flatMap(chunked).flatMap((members) => {
    const [first] = members;
    return first === undefined
      ? []
      : [{ covered: members, outcome: first.outcome, afterDenial: first.pattern.afterDenial }];
  });
}

function chunked(covered: readonly CoveredPattern[]): readonly (readonly CoveredPattern[])[] {
  const starts = covered.flatMap((_, index) => (index % MAX_PATTERNS === 0 ? [index] : []));
  return starts.map((start) => covered.slice(start, start + MAX_PATTERNS));
}

function namingKind({ kinds, outcome: { node } }: CoveredPattern): readonly NamingKind[] {
  return node.in === 'field' || node.in === 'label' ? [{ kinds, source: node }] : [];
}

/** One rule per group of the API. */
function resourceRules(kinds: readonly Kind[]): readonly ResourceRule[] {
  return [...Map.groupBy(distinctKinds(kinds), ({ group }) => group)].map(([group, members]) => ({
    apiGroups: [group],
    // A tool's next version is its own affair: names and fields that we read are the same in all so far.
    apiVersions: [group.includes('.') ? '*' : 'v1'],
    resources: members.flatMap(({ resource }) => resource ?? []),
    operations: ['CREATE', 'UPDATE'],
  }));
}

const nameOfFound = (index: number): string => `work${index}`;

/** What the object is, as a noun phrase; empty where it is none of the group. */
function foundVariable({ covered }: Group, index: number): Variable {
  const byWhat = [...Map.groupBy(covered, ({ pattern }) => pattern.what)];
  const expression = byWhat.reduceRight(
    (rest, [what, members]) => `(${any(members.map(conditionFor))}) ? ${literal(what)} : ${rest}`,
    "''",
  );
  return { name: nameOfFound(index), expression };
}

function conditionFor({ tool, kinds, pattern, strength }: CoveredPattern): string {
  const is =
    tool === 'labelled' ? `variables.labelled == ${literal(pattern.work)}` : conditionOf(pattern.match, strength);
  return all([isOneOf(kinds), is]);
}

/** Whether the object may be other work as well. Many groups have the same others: each text is kept once, as a variable. */
function othersFor({ covered }: Group, judged: readonly JudgedPattern[]): string {
  return any(covered.flatMap((one) => rivalsOf(one, judged)).map(possibilityFor));
}

function validationOf(group: Group, index: number, others: string): Validation {
  const { outcome } = group;
  const found = `variables.${nameOfFound(index)}`;
  const reached = reachOf(outcome);
  return {
    expression: [
      `${found} == ''`,
      '!variables.held',
      ...(reached === undefined ? [] : [`!(${reached})`]),
      `variables.${others}`,
    ].join(' || '),
    messageExpression: messageFor(group, found),
    message: `${outcome.work}: refused because of a node in maintenance. See kubectl maint status`,
    reason: 'Forbidden',
  };
}

function possibilityFor({ tool, pattern }: JudgedPattern): string {
  return tool === 'labelled' ? `variables.labelled == ${literal(pattern.work)}` : possibilityOf(pattern.match);
}

/** Whether the work reaches the node in `params`; undefined where any node in maintenance will do. */
function reachOf({ scope, node }: Outcome): string | undefined {
  if (scope === 'cluster') return undefined;
  return node.in === 'field' || node.in === 'label' ? namedIn(node) : `variables.${PINNED_VARIABLE}`;
}

const NODE_NAME = 'params.metadata.name';

/** What the plugin wrote beside the record; empty where it is not there. */
const WHY: Variable = {
  name: 'why',
  expression: `params.metadata.?annotations[?${literal(WHY_ANNOTATION)}].orValue('')`,
};

/** Longest line about a maintenance that is repeated, in characters: each part is cut to length where it is composed. */
const MAX_WHY = 1000;

/** What the plugin never writes, as RE2 knows it: control and invisible characters, line breaks (see `clean`). */
const UNPRINTABLE = '[\\p{C}\\p{Zl}\\p{Zp}]';

const IS_TOLD = all([
  "variables.why != ''",
  `size(variables.why) <= ${MAX_WHY}`,
  `!variables.why.matches(${literal(UNPRINTABLE)})`,
]);

/** By whom, why and until when: the plugin's line, or where to read it. Whoever may write nodes can have put anything there. */
const TOLD: Variable = {
  name: 'told',
  expression: `${IS_TOLD} ? ${sentence(explainNode('{node}', '{why}'), { node: NODE_NAME, why: 'variables.why' })} : ${sentence(explainNode('{node}', undefined), { node: NODE_NAME })}`,
};

/** The words of shared/policy/explain.ts. What a controller's refused pod or Job becomes is the same for every tool. */
function messageFor({ outcome: { work, scope }, afterDenial }: Group, found: string): string {
  const isAboutCluster = scope === 'cluster';
  const detail = (isAboutCluster ? keptOutOfCluster : keptOffNodes)('{what}', ['{node}']);
  const after = (fate: AfterDenial): string =>
    sentence(
      explainBriefly({ rule: work, detail, node: '{node}', isAboutCluster, told: '{told}', afterDenial: fate }),
      {
        what: found,
        told: 'variables.told',
        node: NODE_NAME,
      },
    );
  return `variables.made == 'batch/Job /Pod' ? ${after('retried')} : variables.made == 'batch/CronJob batch/Job' ? ${after('resumed')} : ${after(afterDenial)}`;
}
