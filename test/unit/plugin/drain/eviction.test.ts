import { describe, expect, test } from 'vitest';
import { causeOf } from '../../../../plugin/drain/cause.ts';
import { evictionRequest, outcomeOf, type EvictionOutcome } from '../../../../plugin/drain/eviction.ts';
import type { ApiAnswer } from '../../../../shared/index.ts';
import { answer, failure, podFacts } from '../world.ts';

const BUDGET = [
  { reason: 'DisruptionBudget', message: 'The disruption budget web needs 2 healthy pods and has 2 currently' },
];
const TERMINATING = [{ reason: 'NamespaceTerminating', message: 'namespace x is being terminated' }];

type Failed = Extract<EvictionOutcome, { outcome: 'failed' }>;
const failed = (why: string, retryAfterMs?: number): Failed => ({
  outcome: 'failed',
  cause: causeOf('server', why),
  retryAfterMs,
  tooBusy: false,
});
const busy = (why: string, retryAfterMs?: number): Failed => ({ ...failed(why, retryAfterMs), tooBusy: true });
const denied = (why: string): Failed => ({ ...failed(why), cause: causeOf('webhook', why) });
const refused = (why: string): EvictionOutcome => ({ outcome: 'refused', cause: causeOf('refused', why) });
const blocked = (why: string): EvictionOutcome => ({ outcome: 'blocked', cause: causeOf('budget', why) });
const NO_REASON = 'the API server gave no reason';

test.each<[string, ApiAnswer, EvictionOutcome]>([
  ['200', answer(200), { outcome: 'accepted' }],
  ['201', answer(201, { kind: 'Status', status: 'Success' }), { outcome: 'accepted' }],
  ['404', failure(404, 'pods "p" not found'), { outcome: 'gone' }],
  [
    '409, the UID precondition of the delete',
    failure(
      409,
      'Operation cannot be fulfilled on Pod "p": the UID in the precondition (a) does not match the UID in record (b). The object might have been deleted and then recreated',
    ),
    { outcome: 'gone' },
  ],
  [
    '409, the UID precondition of the storage',
    failure(
      409,
      'Operation cannot be fulfilled on pods "p": StorageError: invalid object, Code: 4, Key: /x, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: a, UID in object meta: b',
    ),
    { outcome: 'gone' },
  ],
  [
    '409, a race in the API server',
    failure(409, 'the object has been modified; please apply your changes'),
    failed('the object has been modified; please apply your changes'),
  ],
  [
    '429 with a budget: its name is in the cause only',
    failure(429, "Cannot evict pod as it would violate the pod's disruption budget.", BUDGET),
    blocked('The disruption budget web needs 2 healthy pods and has 2 currently'),
  ],
  [
    '429 with a budget that is being processed, with Retry-After: the watch knows better',
    answer(
      429,
      {
        message: 'm',
        details: {
          retryAfterSeconds: 10,
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget web is still being processed by the server.',
            },
          ],
        },
      },
      { 'retry-after': '10' },
    ),
    blocked('The disruption budget web is still being processed by the server.'),
  ],
  ['429 without a budget', failure(429, 'too many requests'), busy('too many requests')],
  [
    '429 with Retry-After',
    answer(429, { message: 'too many requests' }, { 'retry-after': '3' }),
    busy('too many requests', 3000),
  ],
  [
    '429 with seconds in the details',
    answer(429, { message: 'm', details: { retryAfterSeconds: 2 } }),
    busy('m', 2000),
  ],
  [
    '429 with a Retry-After that is a date',
    answer(429, { message: 'm' }, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }),
    busy('m'),
  ],
  [
    '500 for two budgets',
    failure(500, 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'),
    {
      outcome: 'blocked',
      cause: causeOf('two-budgets', 'more than one disruption budget selects it, which evictions do not support'),
    },
  ],
  ...[400, 403, 409, 422, 500].map((status): [string, ApiAnswer, EvictionOutcome] => [
    `${status} of a webhook that denies, whatever its status: it may allow it later`,
    failure(status, 'admission webhook "keep.example.org" denied the request: not now'),
    denied('admission webhook "keep.example.org" denied the request: not now'),
  ]),
  ...[
    ['KubeVirt', 429, 'admission webhook "v" denied the request: Eviction triggered evacuation of VMI "vms/db"'],
    ['KubeVirt', 429, 'admission webhook "v" denied the request: Evacuation in progress: VMI "vms/db"'],
    [
      'Strimzi',
      500,
      'admission webhook "d" denied the request: The pod will be rolled by the Strimzi Cluster Operator',
    ],
  ].map(([operator, status, why]): [string, ApiAnswer, EvictionOutcome] => [
    `a no that means "I am moving it": ${String(why)}`,
    failure(Number(status), String(why)),
    { ...failed(''), cause: causeOf('moving', `${String(operator)} is moving it (${String(why)})`) },
  ]),
  [
    '422 of an admission policy that denies',
    failure(422, "pods \"p\" is forbidden: ValidatingAdmissionPolicy 'keep' with binding 'all' denied request: no"),
    denied("pods \"p\" is forbidden: ValidatingAdmissionPolicy 'keep' with binding 'all' denied request: no"),
  ],
  [
    '500 of a webhook that cannot be reached',
    failure(500, 'failed calling webhook "w"'),
    failed('failed calling webhook "w"'),
  ],
  ['503 with Retry-After', answer(503, { message: 'm' }, { 'retry-after': '1' }), failed('m', 1000)],
  ['504', failure(504, 'timeout'), failed('timeout')],
  [
    '403 by RBAC',
    failure(403, 'User "u" cannot create resource "pods/eviction"'),
    refused('User "u" cannot create resource "pods/eviction"'),
  ],
  ['403 in a namespace that terminates', failure(403, 'unable to create', TERMINATING), failed('unable to create')],
  ['400', failure(400, 'name mismatch'), refused('name mismatch')],
  [
    '401, of a token that has expired',
    failure(401, 'Unauthorized'),
    {
      outcome: 'refused',
      cause: causeOf('credentials', 'the API server does not accept who you are: Unauthorized'),
    },
  ],
  ...[
    'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    'pdb disruptions allowed is negative',
  ].map((why): [string, ApiAnswer, EvictionOutcome] => {
    const message = `poddisruptionbudgets.policy "web" is forbidden: ${why}`;
    const details = { name: 'web', group: 'policy', kind: 'poddisruptionbudget' };
    return [`403 of a budget: ${why}`, answer(403, { message, details }), failed(message)];
  }),
  ['405', failure(405, 'not allowed'), refused('not allowed')],
  ['422', failure(422, 'invalid'), refused('invalid')],
  ['text of a proxy', answer(502, '<html>Bad Gateway</html>'), failed(NO_REASON)],
  ['no body', answer(500, ''), failed(NO_REASON)],
  ['null', answer(500, null), failed(NO_REASON)],
  ['a list', answer(403, []), refused(NO_REASON)],
  ['causes that are none', answer(429, { message: 'm', details: { causes: 'DisruptionBudget' } }), busy('m')],
  [
    'a cause without a message',
    answer(429, { message: 'm', details: { causes: [null, { reason: 'DisruptionBudget' }] } }),
    busy('m'),
  ],
  ['a message that is no text', answer(500, { message: 7 }), failed(NO_REASON)],
])('%s', (_what, given, outcome) => {
  expect(outcomeOf(given)).toEqual(outcome);
});

describe('the request', () => {
  const pod = podFacts('web-0', { namespace: 'shop' });

  test('names the pod by its UID', () => {
    expect(evictionRequest(pod, { gracePeriodSeconds: -1, dryRun: false, disableEviction: false })).toEqual({
      method: 'POST',
      path: '/api/v1/namespaces/shop/pods/web-0/eviction',
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'web-0', namespace: 'shop' },
        deleteOptions: { preconditions: { uid: 'uid-web-0' } },
      },
    });
  });

  test.each([false, true])('carries a grace period of zero and more, and a dry run; a deletion: %s', (deletes) => {
    const request = evictionRequest(pod, { gracePeriodSeconds: 0, dryRun: true, disableEviction: deletes });
    expect(request).toHaveProperty(deletes ? 'body' : 'body.deleteOptions', {
      ...(deletes ? { apiVersion: 'v1', kind: 'DeleteOptions' } : {}),
      preconditions: { uid: 'uid-web-0' },
      gracePeriodSeconds: 0,
      dryRun: ['All'],
    });
  });

  test('deletes exactly that pod where evictions are disabled', () => {
    expect(evictionRequest(pod, { gracePeriodSeconds: -1, dryRun: false, disableEviction: true })).toEqual({
      method: 'DELETE',
      path: '/api/v1/namespaces/shop/pods/web-0',
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'uid-web-0' } },
    });
  });
});
