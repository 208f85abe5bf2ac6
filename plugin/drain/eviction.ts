import type { V1Eviction } from '@kubernetes/client-node';
import {
  evictionPath,
  listAt,
  podPath,
  retryAfterMs,
  textAt,
  type ApiAnswer,
  type ApiRequest,
  type PodFacts,
  type Written,
} from '../../shared/index.ts';
import { causeOf, TWO_BUDGETS_CAUSE, type Cause } from './cause.ts';

/** What the API server's answer to an eviction means for the drain. */
export type EvictionOutcome =
  /** Accepted: the pod terminates; its removal is awaited. */
  | { readonly outcome: 'accepted' }
  /** That pod is not there any more, whatever bears its name now. */
  | { readonly outcome: 'gone' }
  /** Forbidden for now by a budget: tried again when the budget changes. */
  | { readonly outcome: 'blocked'; readonly cause: Cause }
  /** The server or something on the way failed: tried again after a while. */
  | {
      readonly outcome: 'failed';
      readonly cause: Cause;
      readonly retryAfterMs: number | undefined;
      /** The server says that it has too much to do (priority and fairness). */
      readonly tooBusy: boolean;
    }
  /** Never going to work for this caller. */
  | { readonly outcome: 'refused'; readonly cause: Cause };

/** How a pod is asked to go. */
export interface EvictionManner {
  /** Seconds; negative = the pod's own. */
  readonly gracePeriodSeconds: number;
  readonly dryRun: boolean;
  /** A plain DELETE, which no budget stops: kubectl's --disable-eviction. */
  readonly disableEviction: boolean;
}

/** Asks exactly this pod to go: a pod of the same name with another UID is left alone. */
export function evictionRequest(pod: PodFacts, manner: EvictionManner): ApiRequest {
  const { gracePeriodSeconds, dryRun } = manner;
  const options = {
    preconditions: { uid: pod.uid },
    ...(gracePeriodSeconds >= 0 ? { gracePeriodSeconds } : {}),
    ...(dryRun ? { dryRun: ['All'] } : {}),
  };
  if (manner.disableEviction) {
    return {
      method: 'DELETE',
      path: podPath(pod.namespace, pod.name),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options },
    };
  }
  return {
    method: 'POST',
    path: evictionPath(pod.namespace, pod.name),
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod.name, namespace: pod.namespace },
      deleteOptions: options,
    } satisfies Written<V1Eviction>,
  };
}

/** The message with which the API server refuses a pod that two budgets select (k8s registry/core/pod/storage/eviction.go). */
const TWO_BUDGETS = 'more than one PodDisruptionBudget';

/**
 * A denial by admission (k8s apiserver webhook/errors/statuserror.go, policy/validating/dispatcher.go), whatever its
 * status: who denies an eviction now may allow it later.
 */
const DENIED_BY = /admission webhook "[^"]+" denied the request|ValidatingAdmissionPolicy '[^']+' .*denied request/;

/**
 * Operators that refuse an eviction and move what runs in the pod themselves: KubeVirt's webhook (pod-eviction-admitter)
 * and Strimzi's Drain Cleaner. Their no means "I am at it".
 */
const OPERATORS: readonly { readonly name: string; readonly says: RegExp }[] = [
  { name: 'KubeVirt', says: /Eviction triggered evacuation of VMI|Evacuation in progress/ },
  { name: 'Strimzi', says: /will be rolled by the Strimzi Cluster Operator/ },
];

/** Reads the answer to an eviction (k8s registry/core/pod/storage/eviction.go). */
export function outcomeOf(answer: ApiAnswer): EvictionOutcome {
  if (answer.status < 300) return { outcome: 'accepted' };
  const why = reasonOf(answer.body);
  const denial = denialFrom(why);
  if (denial !== undefined) return failed(answer, denial);
  switch (answer.status) {
    case 404:
      return { outcome: 'gone' };
    case 409:
      return conflictOutcome(answer, why);
    case 429:
      return isBudget(answer.body)
        ? { outcome: 'blocked', cause: causeOf('budget', why) }
        : failed(answer, causeOf('server', why), true);
    case 401:
      return {
        outcome: 'refused',
        cause: causeOf('credentials', `the API server does not accept who you are: ${why}`),
      };
    case 403:
      return isForbiddenForNow(answer.body)
        ? failed(answer, causeOf('server', why))
        : { outcome: 'refused', cause: causeOf('refused', why) };
    default:
      return otherOutcome(answer, why);
  }
}

function denialFrom(why: string): Cause | undefined {
  const operator = OPERATORS.find(({ says }) => says.test(why));
  if (operator !== undefined) return causeOf('moving', `${operator.name} is moving it (${why})`);
  return DENIED_BY.test(why) ? causeOf('webhook', why) : undefined;
}

/** Bad request, no such method, invalid: the same again will not do better. */
const HOPELESS = [400, 405, 422];

function otherOutcome(answer: ApiAnswer, why: string): EvictionOutcome {
  if (HOPELESS.includes(answer.status)) return { outcome: 'refused', cause: causeOf('refused', why) };
  if (!why.includes(TWO_BUDGETS)) return failed(answer, causeOf('server', why));
  return { outcome: 'blocked', cause: TWO_BUDGETS_CAUSE };
}

/** k8s apiserver registry/rest/delete.go, and storage/interfaces.go where the pod is replaced a moment later. */
const OTHER_UID = /UID in (?:the )?precondition/;

/** A UID precondition that fails means another pod; any other conflict is a write race inside the API server. */
function conflictOutcome(answer: ApiAnswer, why: string): EvictionOutcome {
  return OTHER_UID.test(why) ? { outcome: 'gone' } : failed(answer, causeOf('server', why));
}

function failed(answer: ApiAnswer, cause: Cause, tooBusy = false): EvictionOutcome {
  return { outcome: 'failed', cause, retryAfterMs: retryAfterMs(answer), tooBusy };
}

/** The budget's name stands in the causes only; the message alone does not say which one blocks. */
function reasonOf(body: unknown): string {
  return budgetReason(body) ?? textAt(body, 'message') ?? 'the API server gave no reason';
}

function budgetReason(body: unknown): string | undefined {
  const cause = listAt(body, 'details', 'causes').find((one) => textAt(one, 'reason') === 'DisruptionBudget');
  return textAt(cause, 'message');
}

function isBudget(body: unknown): boolean {
  return budgetReason(body) !== undefined;
}

/**
 * A 403 that says nothing about the caller: the namespace is being deleted; or the budget has a count below zero or more
 * evictions than its controller has seen the end of (eviction.go checkAndDecrement), and names itself as what is forbidden.
 */
function isForbiddenForNow(body: unknown): boolean {
  return textAt(body, 'details', 'kind') === 'poddisruptionbudget' || isTerminatingNamespace(body);
}

function isTerminatingNamespace(body: unknown): boolean {
  return listAt(body, 'details', 'causes').some((one) => textAt(one, 'reason') === 'NamespaceTerminating');
}
