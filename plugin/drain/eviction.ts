import {
  evictionPath,
  listAt,
  numberAt,
  textAt,
  type ApiAnswer,
  type ApiRequest,
  type PodFacts,
} from '../../shared/index.ts';

/** What the API server's answer to an eviction means for the drain. */
export type EvictionOutcome =
  /** Accepted: the pod terminates; its removal is awaited. */
  | { readonly outcome: 'accepted' }
  /** That pod is not there any more, whatever bears its name now. */
  | { readonly outcome: 'gone' }
  /** Forbidden for now by a budget: tried again when the budget changes. */
  | { readonly outcome: 'blocked'; readonly why: string }
  /** The server or something on the way failed: tried again after a while. */
  | { readonly outcome: 'failed'; readonly why: string; readonly retryAfterMs: number | undefined }
  /** Never going to work for this caller. */
  | { readonly outcome: 'refused'; readonly why: string };

/** An Eviction (policy/v1) of exactly this pod: a pod of the same name with another UID is left alone. */
export function evictionRequest(
  pod: PodFacts,
  { gracePeriodSeconds, dryRun }: { readonly gracePeriodSeconds: number; readonly dryRun: boolean },
): ApiRequest {
  return {
    method: 'POST',
    path: evictionPath(pod.namespace, pod.name),
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod.name, namespace: pod.namespace },
      deleteOptions: {
        preconditions: { uid: pod.uid },
        ...(gracePeriodSeconds >= 0 ? { gracePeriodSeconds } : {}),
        ...(dryRun ? { dryRun: ['All'] } : {}),
      },
    },
  };
}

/** The message with which the API server refuses a pod that two budgets select (k8s registry/core/pod/storage/eviction.go). */
const TWO_BUDGETS = 'more than one PodDisruptionBudget';

/** Reads the answer to an eviction (k8s registry/core/pod/storage/eviction.go). */
export function outcomeOf(answer: ApiAnswer): EvictionOutcome {
  const why = causeOf(answer.body);
  switch (answer.status) {
    case 404:
      return { outcome: 'gone' };
    case 409:
      return conflictOutcome(why);
    case 429:
      return isBudget(answer.body) ? { outcome: 'blocked', why } : failed(answer, why);
    case 403:
      return isTerminatingNamespace(answer.body) ? failed(answer, why) : { outcome: 'refused', why };
    default:
      return HOPELESS.includes(answer.status) ? { outcome: 'refused', why } : otherOutcome(answer, why);
  }
}

/** Bad request, not authenticated, no such method, invalid: the same again will not do better. */
const HOPELESS = [400, 401, 405, 422];

function otherOutcome(answer: ApiAnswer, why: string): EvictionOutcome {
  if (answer.status < 300) return { outcome: 'accepted' };
  return why.includes(TWO_BUDGETS)
    ? { outcome: 'blocked', why: 'more than one disruption budget selects it, which evictions do not support' }
    : failed(answer, why);
}

/** k8s apiserver registry/rest/delete.go, and storage/interfaces.go where the pod is replaced a moment later. */
const OTHER_UID = /UID in (?:the )?precondition/;

/** A UID precondition that fails means another pod; any other conflict is a write race inside the API server. */
function conflictOutcome(why: string): EvictionOutcome {
  return OTHER_UID.test(why) ? { outcome: 'gone' } : { outcome: 'failed', why, retryAfterMs: undefined };
}

function failed(answer: ApiAnswer, why: string): EvictionOutcome {
  const seconds = Number(answer.headers['retry-after'] ?? numberAt(answer.body, 'details', 'retryAfterSeconds'));
  return { outcome: 'failed', why, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined };
}

/** The budget's name stands in the causes only; the message alone does not say which one blocks. */
function causeOf(body: unknown): string {
  const budget = budgetCause(body);
  return budget ?? textAt(body, 'message') ?? 'the API server gave no reason';
}

function budgetCause(body: unknown): string | undefined {
  const cause = listAt(body, 'details', 'causes').find((one) => textAt(one, 'reason') === 'DisruptionBudget');
  return textAt(cause, 'message');
}

function isBudget(body: unknown): boolean {
  return budgetCause(body) !== undefined;
}

function isTerminatingNamespace(body: unknown): boolean {
  return listAt(body, 'details', 'causes').some((one) => textAt(one, 'reason') === 'NamespaceTerminating');
}
