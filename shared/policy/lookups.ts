import { at, listAt, textAt } from '../facts/json.ts';
import { isAlive, type PodFacts } from '../facts/pod.ts';
import type { WorkObject } from '../facts/work.ts';
import type { PodAffinityTerm } from '../scheduling/pod-affinity.ts';
import { renderSelector } from '../scheduling/selectors.ts';
import type { NodeSource, Reference } from '../targets/tool.ts';
import { needKey, type Answers, type Need } from './needs.ts';
import type { RuleContext } from './rule.ts';

/** Nodes that were found through other objects. */
export interface TargetNodes {
  /** Names of nodes, in any order. */
  readonly nodes: readonly string[];
  /** The work goes to any one of them, or to every one. */
  readonly chosen: 'any' | 'every';
}

/**
 * What has to be looked up before it is known where an object's work goes; nothing where no node is in maintenance, or
 * where nothing can be fetched.
 */
export function lookupsFor(
  object: WorkObject,
  source: NodeSource,
  { nodeIndex, answers, live }: Pick<RuleContext, 'nodeIndex' | 'answers' | 'live'>,
): readonly Need[] {
  if (!live || nodeIndex.held.length === 0) return [];
  const need = needOf(object, source);
  const needs = need === undefined ? companionNeeds(object, source).flat() : [need];
  return needs.filter((wanted) => !answers.has(needKey(wanted)));
}

/** The nodes that the answers tell; undefined where the source is none that is looked up. */
export function lookedUp(object: WorkObject, source: NodeSource, answers: Answers): TargetNodes | undefined {
  switch (source.in) {
    case 'pods':
    case 'field':
    case 'label':
      return undefined;
    case 'object': {
      const node = textAt(answerTo(needOf(object, source), answers), ...source.path) ?? '';
      return { nodes: node === '' ? [] : [node], chosen: 'any' };
    }
    case 'pods-labelled':
      return { nodes: nodesOf(podsFor(needOf(object, source), answers)), chosen: 'any' };
    case 'pods-with-claims':
      return { nodes: nodesOf(podsFor(needOf(object, source), answers).filter(mountsClaim)), chosen: 'every' };
  }
}

/** Names of the nodes where the pods run that a template's required pod affinity wants as company, all terms of it. */
export function companionsOf(object: WorkObject, answers: Answers): readonly string[] {
  const [first, ...rest] = companionNeeds(object, { in: 'pods' }).map(
    (needs) => new Set(nodesOf(needs.flatMap((need) => podsFor(need, answers)))),
  );
  return first === undefined ? [] : [...first].filter((node) => rest.every((nodes) => nodes.has(node)));
}

function needOf(object: WorkObject, source: NodeSource): Need | undefined {
  if (source.in === 'object') {
    const name = valueOf(source.name, object);
    const namespace = source.namespace === undefined ? object.namespace : valueOf(source.namespace, object);
    return name === '' ? undefined : { need: 'object', resource: source.resource, namespace, name };
  }
  if (source.in === 'pods-with-claims') return { need: 'pods', namespace: object.namespace, selector: '' };
  if (source.in !== 'pods-labelled') return undefined;
  const labels = Object.entries(source.labels).map(([key, reference]) => [key, valueOf(reference, object)] as const);
  const isKnown = labels.every(([, value]) => LABEL_VALUE.test(value));
  const selector = labels.map(([key, value]) => `${key}=${value}`).join(',');
  return isKnown ? { need: 'pods', namespace: object.namespace, selector } : undefined;
}

/** A value that a label can have (apimachinery IsValidLabelValue) and that is not empty: anything else selects more. */
const LABEL_VALUE = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

function valueOf(reference: Reference, object: WorkObject): string {
  if ('value' in reference) return reference.value;
  if ('label' in reference) return object.labels.get(reference.label) ?? '';
  const value = at(object.raw, ...reference.field);
  return typeof value === 'string' ? value : '';
}

/** Per term of the pod affinity the pods to ask for. Namespaces by label are not followed: those stay unknown. */
function companionNeeds(object: WorkObject, source: NodeSource): readonly (readonly Need[])[] {
  if (source.in !== 'pods') return [];
  return (object.template?.placement.podAffinity ?? []).map((term) => needsOfTerm(term, object.namespace));
}

function needsOfTerm({ selector, namespaces, inOwnNamespace }: PodAffinityTerm, own: string): readonly Need[] {
  const rendered = renderSelector(selector);
  if (rendered === undefined) return [];
  return (inOwnNamespace ? [own] : namespaces).map((namespace) => ({ need: 'pods', namespace, selector: rendered }));
}

function answerTo(need: Need | undefined, answers: Answers): unknown {
  const answer = need && answers.get(needKey(need));
  return answer?.answer === 'object' ? answer.object : undefined;
}

function podsFor(need: Need | undefined, answers: Answers): readonly PodFacts[] {
  const answer = need && answers.get(needKey(need));
  return answer?.answer === 'pods' ? answer.pods.filter(isAlive) : [];
}

function nodesOf(pods: readonly PodFacts[]): readonly string[] {
  return [...new Set(pods.map((pod) => pod.nodeName))].filter((name) => name !== '');
}

function mountsClaim(pod: PodFacts): boolean {
  return listAt(pod.work.template?.spec, 'volumes').some((volume) => at(volume, 'persistentVolumeClaim') != null);
}
