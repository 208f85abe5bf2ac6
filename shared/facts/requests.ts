import { at, isObject, listAt, textAt } from './json.ts';
import { quantityFrom } from './quantity.ts';

/** Amounts by resource name (`cpu` in cores, `memory` in bytes, `nvidia.com/gpu` in pieces, …). */
export type Amounts = ReadonlyMap<string, number>;

const NONE: Amounts = new Map();

/**
 * What a pod asks of a node, as the scheduler counts it (k8s component-helpers resource PodRequests): its containers and
 * sidecars together, or its largest init container beside the sidecars started before it, and its overhead. Requests
 * of the pod itself replace those of its containers.
 */
export function requestsOfPodSpec(spec: unknown): Amounts {
  const { sidecars, initial } = initRequests(listAt(spec, 'initContainers'));
  const running = [...listAt(spec, 'containers').map(requestsOf), sidecars].reduce(plus, NONE);
  const ofContainers = maximum(running, initial);
  return plus(new Map([...ofContainers, ...requestsOf(spec)]), amountsAt(spec, 'overhead'));
}

/** Amounts at a path, for example a node's `status.allocatable`; what is no quantity is left out. */
export function amountsAt(object: unknown, ...path: readonly string[]): Amounts {
  const found = at(object, ...path);
  if (!isObject(found)) return NONE;
  const amounts = new Map<string, number>();
  for (const [name, quantity] of Object.entries(found)) {
    const amount = quantityFrom(quantity);
    if (amount !== undefined) amounts.set(name, amount);
  }
  return amounts;
}

/** Init containers run one after the other, except that sidecars (restartPolicy Always) stay. */
function initRequests(containers: readonly unknown[]): { readonly sidecars: Amounts; readonly initial: Amounts } {
  let sidecars = NONE;
  let initial = NONE;
  for (const container of containers) {
    const own = requestsOf(container);
    if (textAt(container, 'restartPolicy') === 'Always') sidecars = plus(sidecars, own);
    initial = maximum(initial, textAt(container, 'restartPolicy') === 'Always' ? sidecars : plus(sidecars, own));
  }
  return { sidecars, initial };
}

function requestsOf(holder: unknown): Amounts {
  return amountsAt(holder, 'resources', 'requests');
}

/** Both amounts together. */
export function plus(a: Amounts, b: Amounts): Amounts {
  return combined(a, b, (left, right) => left + right);
}

function maximum(a: Amounts, b: Amounts): Amounts {
  return combined(a, b, Math.max);
}

function combined(a: Amounts, b: Amounts, combine: (a: number, b: number) => number): Amounts {
  if (b.size === 0) return a;
  const both = new Map(a);
  for (const [name, amount] of b) both.set(name, combine(both.get(name) ?? 0, amount));
  return both;
}
