import { at, listAt, textAt } from '../facts/json.ts';
import { HOSTNAME_LABEL } from '../labels.ts';
import type { NodeIndex, SchedulableNode } from './node-index.ts';
import { meets, requirementsFrom, type Requirement } from './selectors.ts';

/** A requirement of `matchFields`. The only field that Kubernetes knows is `metadata.name`, with exactly one value. */
export interface NameRequirement {
  readonly operator: 'In' | 'NotIn';
  readonly name: string;
}

/** One alternative of a required node affinity; all of its requirements must hold, and there is at least one. */
export interface NodeSelectorTerm {
  readonly expressions: readonly Requirement[];
  readonly fields: readonly NameRequirement[];
}

/**
 * The alternatives of `requiredDuringSchedulingIgnoredDuringExecution`. Undefined: no required affinity, any node will
 * do. Terms that match nothing (empty, or with an invalid requirement) are left out, so an empty list means that no
 * node will do. Source: k8s.io/component-helpers scheduling/corev1/nodeaffinity.
 */
export function requiredTermsFromPodSpec(spec: unknown): readonly NodeSelectorTerm[] | undefined {
  return termsFrom(at(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'));
}

/** From which nodes a PersistentVolume can be reached (`spec.nodeAffinity.required`), in the same form. */
export function termsFromVolume(volume: unknown): readonly NodeSelectorTerm[] | undefined {
  return termsFrom(at(volume, 'spec', 'nodeAffinity', 'required'));
}

function termsFrom(required: unknown): readonly NodeSelectorTerm[] | undefined {
  if (required == null) return undefined;
  return listAt(required, 'nodeSelectorTerms')
    .map(termFrom)
    .filter((term) => term !== undefined);
}

function termFrom(entry: unknown): NodeSelectorTerm | undefined {
  const expressions = requirementsFrom(listAt(entry, 'matchExpressions'));
  const fieldEntries = listAt(entry, 'matchFields');
  const fields = fieldEntries.map(nameRequirementFrom).filter((field) => field !== undefined);
  if (expressions === undefined || fields.length < fieldEntries.length) return undefined;
  return expressions.length + fields.length === 0 ? undefined : { expressions, fields };
}

function nameRequirementFrom(entry: unknown): NameRequirement | undefined {
  const [name, ...more] = listAt(entry, 'values');
  const operator = textAt(entry, 'operator');
  if (textAt(entry, 'key') !== 'metadata.name' || typeof name !== 'string' || more.length > 0) return undefined;
  return operator === 'In' || operator === 'NotIn' ? { operator, name } : undefined;
}

/**
 * Whether a node satisfies a term. As the scheduler decides, but for one thing: `kubernetes.io/hostname In [x]` is met
 * by the node NAMED x too, because tools write the name there (K8up, Trivy) and mean that node.
 */
export function matchesTerm(term: NodeSelectorTerm, node: SchedulableNode): boolean {
  return (
    term.fields.every(({ operator, name }) => (name === node.name) === (operator === 'In')) &&
    term.expressions.every((expression) => meets(expression, node.labels) || meansByName(expression, node))
  );
}

/** The nodes that a hostname stands for: those with that label and the one of that name. */
export function nodesMeantBy(hostname: string, nodeIndex: NodeIndex): readonly SchedulableNode[] {
  const node = nodeIndex.node(hostname);
  const labelled = nodeIndex.byHostname(hostname);
  return node === undefined || labelled.includes(node) ? labelled : [node, ...labelled];
}

/** How many names of nodes a term holds that `nodesNamedBy` looks up. */
export function namesIn({ fields, expressions }: NodeSelectorTerm): number {
  if (fields.some(({ operator }) => operator === 'In')) return 1;
  return expressions.find(isHostnameList)?.values.size ?? 0;
}

/** The existing nodes that a term names, whether they satisfy its rest or not; undefined where it names none. */
export function nodesNamedBy(term: NodeSelectorTerm, nodeIndex: NodeIndex): readonly SchedulableNode[] | undefined {
  const byName = term.fields.find(({ operator }) => operator === 'In');
  if (byName !== undefined) return [nodeIndex.node(byName.name)].filter((node) => node !== undefined);
  const byHostname = term.expressions.find(isHostnameList);
  return byHostname && [...byHostname.values].flatMap((hostname) => nodesMeantBy(hostname, nodeIndex));
}

function meansByName(expression: Requirement, node: SchedulableNode): boolean {
  return isHostnameList(expression) && expression.values.has(node.name);
}

function isHostnameList({ key, operator }: Requirement): boolean {
  return key === HOSTNAME_LABEL && operator === 'In';
}
