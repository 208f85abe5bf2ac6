import { listAt, textAt } from '../facts/json.ts';
import { UNSCHEDULABLE_TAINT } from '../labels.ts';
import { int64FromText } from './int64.ts';

/** What keeps pods off a node (k8s.io/api core/v1 Taint). */
export interface Taint {
  readonly key: string;
  readonly value: string;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. */
  readonly effect: string;
}

/** What lets a pod onto a tainted node (k8s.io/api core/v1 Toleration). Empty fields have a meaning, see `tolerates`. */
export interface Toleration {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  readonly effect: string;
}

/** The effects that keep a pod off a node; `PreferNoSchedule` only lowers the node's score. */
export const PLACEMENT_EFFECTS: readonly string[] = ['NoSchedule', 'NoExecute'];

/** The taint that `spec.unschedulable` stands for, with or without the taint itself on the node. */
export const CORDON: Taint = { key: UNSCHEDULABLE_TAINT, value: '', effect: 'NoSchedule' };

/** Taints of a Node object; entries without a key are left out. */
export function taintsFromNode(node: unknown): readonly Taint[] {
  return listAt(node, 'spec', 'taints').flatMap((entry) => {
    const key = textAt(entry, 'key') ?? '';
    if (key === '') return [];
    const taint = { key, value: textAt(entry, 'value') ?? '', effect: textAt(entry, 'effect') ?? '' };
    return [isCordon(taint) ? CORDON : taint];
  });
}

/** Every node in maintenance has this taint: one object for all of them is judged once. */
function isCordon({ key, value, effect }: Taint): boolean {
  return key === CORDON.key && value === CORDON.value && effect === CORDON.effect;
}

/** Tolerations of a pod spec; an entry that is no object tolerates nothing and is left out. */
export function tolerationsFromPodSpec(spec: unknown): readonly Toleration[] {
  return listAt(spec, 'tolerations')
    .filter((entry) => typeof entry === 'object' && entry !== null)
    .map((entry) => ({
      key: textAt(entry, 'key') ?? '',
      operator: textAt(entry, 'operator') ?? '',
      value: textAt(entry, 'value') ?? '',
      effect: textAt(entry, 'effect') ?? '',
    }));
}

/**
 * Whether one toleration covers one taint (k8s.io/api core/v1 `ToleratesTaint`): an empty effect means every effect,
 * an empty key every key, an empty operator `Equal`. `Lt` and `Gt` compare the taint's value with the toleration's as
 * integers; an API server without the feature gate TaintTolerationComparisonOperators refuses them on new pods.
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  if (toleration.key !== '' && toleration.key !== taint.key) return false;
  switch (toleration.operator) {
    case '':
    case 'Equal':
      return toleration.value === taint.value;
    case 'Exists':
      return true;
    case 'Lt':
    case 'Gt':
      return isBeyond(taint.value, toleration.operator, toleration.value);
    default:
      return false;
  }
}

/** Whether a taint keeps nobody with these tolerations off: its effect is none of the given ones, or one covers it. */
export function isTolerated(
  taint: Taint,
  tolerations: readonly Toleration[],
  effects: readonly string[] = PLACEMENT_EFFECTS,
): boolean {
  return !effects.includes(taint.effect) || tolerations.some((toleration) => tolerates(toleration, taint));
}

/** Stricter than ParseInt: no plus sign, no leading zero (apimachinery `content.IsDecimalInteger`). */
const DECIMAL = /^(?:0|-?[1-9][0-9]*)$/;

function isBeyond(value: string, operator: 'Lt' | 'Gt', bound: string): boolean {
  const [left, right] = [value, bound].map((text) => (DECIMAL.test(text) ? int64FromText(text) : undefined));
  if (left === undefined || right === undefined) return false;
  return operator === 'Lt' ? left < right : left > right;
}
