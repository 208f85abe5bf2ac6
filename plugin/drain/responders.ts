import { clean, listAt, MAX_QUOTE, textAt, type PodFacts } from '../../shared/index.ts';
import type { Cause } from './cause.ts';

/**
 * Names of whoever a pod wants to be asked before it goes (`spec.evictionResponders`, KEP-4563). Kubernetes 1.37 has the field
 * behind a gate, and nothing in it that asks them.
 */
export function respondersOf(pod: PodFacts): readonly string[] {
  return listAt(pod.work.template?.spec, 'evictionResponders').map((one) =>
    clean(textAt(one, 'name') ?? '', MAX_QUOTE),
  );
}

/** Why a pod is still there, with who may know more about it. A budget and its turn tell enough by themselves. */
export function withResponders(cause: Cause, pod: PodFacts): Cause {
  const names = respondersOf(pod);
  if (names.length === 0 || cause.kind === 'budget' || cause.kind === 'order') return cause;
  const told = `; its eviction responders: ${names.join(', ')}`;
  return { ...cause, key: `${cause.key}${told}`, text: `${cause.text}${told}` };
}
