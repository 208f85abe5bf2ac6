import { HOSTNAME_LABEL } from '../../../shared/labels.ts';
import type { ReachKind } from '../../../shared/scheduling/reach.ts';
import { NO_NUMBERS, termsOf, withTerms, type PlacedSpec, type Term } from './pod-specs.ts';

/** What the real components were seen to do with a pod. */
export interface Truth {
  /** Held nodes that it goes to as things are. Asked where it may go elsewhere. */
  readonly open: readonly string[];
  /** Held nodes that it would go to, were cordons and passing taints lifted. Asked where it may not. */
  readonly suitable: readonly string[];
  /** The same two questions about all other nodes together. */
  readonly elsewhere: boolean;
  readonly elsewhereLater: boolean;
}

/** Where the real components put a pod; a question that an earlier answer settles is not asked. */
export interface Asking {
  anywhere(spec: PlacedSpec): Promise<string | undefined>;
  /** Whether it goes to the one node. */
  on(spec: PlacedSpec, name: string): Promise<boolean>;
}

/** A pod that tolerates these goes where it will go once they are lifted: what reach promises to look through. */
const PASSING = [
  'node.kubernetes.io/unschedulable',
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.cloudprovider.kubernetes.io/shutdown',
  'node.cloudprovider.kubernetes.io/uninitialized',
].map((key) => ({ key, operator: 'Exists' }));

/** The same pod on a better day. */
export function later(spec: PlacedSpec): PlacedSpec {
  return { ...spec, tolerations: [...(spec.tolerations ?? []), ...PASSING] };
}

/** The same pod, allowed on one node only. */
export function onlyOn(spec: PlacedSpec, name: string): PlacedSpec {
  return asking(spec, [{ key: 'metadata.name', operator: 'In', values: [name] }]);
}

/** The same pod, kept off these nodes. */
export function awayFrom(spec: PlacedSpec, names: readonly string[]): PlacedSpec {
  const fields = names.map((name) => ({ key: 'metadata.name', operator: 'NotIn', values: [name] }));
  return asking(spec, fields);
}

/** The same pod, asking more of its node: in every alternative, except that an empty one goes on matching nothing. */
function asking(spec: PlacedSpec, fields: NonNullable<Term['matchFields']>): PlacedSpec {
  const terms = termsOf(spec)?.filter((term) => !isEmpty(term)) ?? [{}];
  if (terms.length === 0) return spec;
  const asked = terms.map((term) => ({ ...term, matchFields: [...(term.matchFields ?? []), ...fields] }));
  return withTerms(spec, asked);
}

/** What the scheduler does with a pod, by as few pods as show it. */
export async function truthOf(spec: PlacedSpec, held: readonly string[], ask: Asking): Promise<Truth> {
  const placed = await ask.anywhere(spec);
  if (placed === undefined && (await ask.anywhere(later(spec))) === undefined) {
    return { open: [], suitable: [], elsewhere: false, elsewhereLater: false };
  }
  const away = awayFrom(spec, held);
  const elsewhere = placed !== undefined && (!held.includes(placed) || (await ask.anywhere(away)) !== undefined);
  const elsewhereLater = elsewhere || (await ask.anywhere(later(away))) !== undefined;
  const heldThatTake = async (pod: PlacedSpec): Promise<readonly string[]> => {
    const taken = await Promise.all(held.map((name) => ask.on(pod, name)));
    return held.filter((_, index) => taken[index] === true);
  };
  // With nowhere else to go at any time, it does not matter when the held nodes take it.
  if (!elsewhereLater) return { open: [], suitable: await heldThatTake(later(spec)), elsewhere, elsewhereLater };
  const open = placed === undefined ? [] : await heldThatTake(spec);
  return { open, suitable: open, elsewhere, elsewhereLater };
}

/** What reach has to say to that: written from its documentation, and not from its code. */
export function reachFromTruth(spec: PlacedSpec, truth: Truth): { kind: ReachKind; nodes: readonly string[] } {
  const { open, suitable, elsewhere, elsewhereLater } = truth;
  if (suitable.length > 0 && !elsewhereLater) return { kind: namesItsNodes(spec) ? 'pinned' : 'only', nodes: suitable };
  if (open.length === 0) return { kind: 'cannot', nodes: [] };
  return { kind: elsewhere ? 'may' : 'only', nodes: open };
}

function namesItsNodes(spec: PlacedSpec): boolean {
  if (spec.nodeName !== undefined || spec.nodeSelector?.[HOSTNAME_LABEL] !== undefined) return true;
  return termsOf(spec)?.filter(canMatch).every(namesNodes) ?? false;
}

function namesNodes({ matchExpressions = [], matchFields = [] }: Term): boolean {
  return (
    matchFields.some(({ operator }) => operator === 'In') ||
    matchExpressions.some(({ key, operator }) => key === HOSTNAME_LABEL && operator === 'In')
  );
}

function canMatch(term: Term): boolean {
  const comparisons = (term.matchExpressions ?? []).filter(({ operator }) => operator === 'Gt' || operator === 'Lt');
  return !isEmpty(term) && !comparisons.some(({ values = [] }) => values.some((text) => NO_NUMBERS.includes(text)));
}

function isEmpty({ matchExpressions = [], matchFields = [] }: Term): boolean {
  return matchExpressions.length + matchFields.length === 0;
}
