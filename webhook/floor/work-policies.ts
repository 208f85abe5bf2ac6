import {
  decidingLabels,
  DEFAULT_POLICY,
  distinctKinds,
  hasBegunInCel,
  type Kind,
  type WorkPattern,
} from '../../shared/index.ts';
import { all, any, literal } from './cel.ts';
import { startsWork } from './changes.ts';
import { rivalsOf, type CoveredPattern, type JudgedPattern, type Outcome } from './coverage.ts';
import { evidenceOf } from './evidence.ts';
import { isOneOf, type NamingKind, type OwnSource } from './kinds.ts';
import { conditionOf, possibilityOf } from './matcher.ts';
import { fateVariables, messageFor } from './messages.ts';
import type { PolicyParts, ResourceRule, Validation, Variable } from './objects.ts';
import { mayName, nodeVariables, UNTYPED } from './placement.ts';
import { CLOCK, isOpen, NODES } from './register.ts';
import { OBJECT_VARIABLES } from './variables.ts';

/** Patterns that are decided alike, unless the object may be other work as well. */
interface Group {
  readonly covered: readonly CoveredPattern[];
  /** Whether it may be. */
  readonly others: string;
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
  const groups = groupsOf(covered, judged);
  const nodes = nodesOf(outcome, covered);
  return {
    name: nameFor(outcome),
    mode: outcome.mode,
    failurePolicy: 'Ignore',
    resourceRules: resourceRules(covered.flatMap(({ kinds }) => kinds)),
    matchConditions: [{ name: 'work', expression: conditionOn(outcome, covered) }],
    variables: [
      ...OBJECT_VARIABLES,
      ...CLOCK,
      ...nodes.variables,
      ...groups.flatMap(({ covered: members }, index) => [
        { name: `work${index}`, expression: foundIn(members, nodes.nameFor) },
        ...fateVariables(outcome, index),
      ]),
    ],
    validations: groups.map(({ others }, index) => validationOf(outcome, others, index)),
    hasRegister: true,
  };
}

/** `backup.kubectl-maint.io`; where it is not as by default, scope and mode are named: `scan-node-warn.kubectl-maint.io`. */
function nameFor({ work, mode, scope }: Outcome): string {
  const parts = [work, ...(scope === DEFAULT_POLICY.rules[work].scope ? [] : [scope])];
  return `${[...parts, ...(mode === 'enforce' ? [] : [mode])].join('-')}.kubectl-maint.io`;
}

/** What rules most objects out is asked first, at once. */
function conditionOn({ scope }: Outcome, covered: readonly CoveredPattern[]): string {
  const naming = covered.flatMap(namingKind);
  return all([
    `size(${NODES}) > 0`,
    scope === 'cluster' ? evidenceOf(covered) : mayName(naming),
    startsWork(naming, decidingLabels(covered.map(({ pattern }) => pattern))),
  ]);
}

function groupsOf(covered: readonly CoveredPattern[], judged: readonly JudgedPattern[]): readonly Group[] {
  const alike = Map.groupBy(covered, (one) => any(rivalsOf(one, judged).map(possibilityFor)));
  return [...alike].flatMap(([others, members]) => chunked(members).map((some) => ({ covered: some, others })));
}

function chunked(covered: readonly CoveredPattern[]): readonly (readonly CoveredPattern[])[] {
  const starts = covered.flatMap((_, index) => (index % MAX_PATTERNS === 0 ? [index] : []));
  return starts.map((start) => covered.slice(start, start + MAX_PATTERNS));
}

function namingKind({ kinds, outcome, pattern: { begins } }: CoveredPattern): readonly NamingKind[] {
  const source = ownSource(outcome);
  return source === undefined ? [] : [{ kinds, source, begins }];
}

/** Where the object itself names its node; undefined where its pods do. */
function ownSource({ node }: Outcome): OwnSource | undefined {
  return node.in === 'field' || node.in === 'label' ? node : undefined;
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

/** How the policy finds the node in maintenance that a pattern's work is about; empty: none. */
interface Nodes {
  readonly variables: readonly Variable[];
  readonly nameFor: (pattern: CoveredPattern) => string;
}

function nodesOf(outcome: Outcome, covered: readonly CoveredPattern[]): Nodes {
  if (outcome.scope === 'cluster') return { variables: [openNode(outcome)], nameFor: () => `variables.${OPEN}` };
  const keyOf = (one: CoveredPattern): string => JSON.stringify(ownSource(one.outcome) ?? null);
  const sources = new Map(covered.map((one) => [keyOf(one), ownSource(one.outcome)]));
  const names = new Map([...sources.keys()].map((key, index) => [key, `node${index}`]));
  return {
    variables: [...sources].flatMap(([key, source]) => nodeVariables(source, names.get(key) ?? '')),
    nameFor: (one) => `variables.${names.get(keyOf(one)) ?? ''}`,
  };
}

/** The first node without an exception from the rule, by name: a text that is another one each time makes each one a new Event. */
function openNode({ work }: Outcome): Variable {
  const open = `${NODES}.filter(n, ${isOpen('n', work)})`;
  return { name: OPEN, expression: `${NODES}.all(n, !(${isOpen('n', work)})) ? '' : string(${open}.min())` };
}

const OPEN = 'open';

/** What the object is, as a noun phrase, what becomes of it when it is refused, and its node; empty where it is none of these. */
function foundIn(covered: readonly CoveredPattern[], nodeFor: Nodes['nameFor']): string {
  const tupleOf = (one: CoveredPattern): string =>
    `[${literal(one.pattern.what)}, ${literal(one.pattern.afterDenial)}, ${nodeFor(one)}]`;
  return [...Map.groupBy(covered, tupleOf)].reduceRight(
    (rest, [found, members]) => `(${any(members.map(conditionFor))}) ? ${found} : ${rest}`,
    '[]',
  );
}

function conditionFor({ tool, kinds, pattern }: CoveredPattern): string {
  const is = tool === 'labelled' ? `variables.labelled == ${literal(pattern.work)}` : conditionOf(pattern.match);
  return all([isOneOf(kinds), is, ...begun(pattern)]);
}

/** Of what is only asked for when it is made, the update that begins it. */
function begun({ begins }: WorkPattern): readonly string[] {
  return begins === undefined
    ? []
    : ["request.operation == 'UPDATE'", hasBegunInCel(begins, UNTYPED, 'dyn(oldObject)')];
}

function possibilityFor({ tool, pattern }: JudgedPattern): string {
  return tool === 'labelled' ? `variables.labelled == ${literal(pattern.work)}` : possibilityOf(pattern.match);
}

function validationOf({ work, scope }: Outcome, others: string, index: number): Validation {
  const found = `variables.work${index}`;
  const node = `${found}[2]`;
  const passes = [
    `size(${found}) == 0`,
    `${node} == ''`,
    ...(scope === 'cluster' ? [] : [`!(${isOpen(node, work)})`]),
    ...(others === 'false' ? [] : [others]),
  ];
  return {
    expression: passes.join(' || '),
    messageExpression: messageFor({ work, scope }, index),
    message: `${work}: refused because of a node in maintenance. See kubectl maint status`,
    reason: 'Forbidden',
  };
}
