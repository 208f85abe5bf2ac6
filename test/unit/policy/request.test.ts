import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { creationOf, requestFromReview } from '../../../shared/policy/request.ts';

const REQUEST = { uid: 'u1', operation: 'UPDATE' };
const review = (request: unknown) => ({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });

test('a request as plain data', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' } };
  const result = requestFromReview(
    review({
      ...REQUEST,
      subResource: 'status',
      dryRun: true,
      namespace: 'elsewhere',
      name: 'other',
      userInfo: { username: 'ana', groups: ['a', 5, 'b'] },
      object: pod,
      oldObject: pod,
    }),
  );
  expect(result).toMatchObject({
    ok: true,
    value: {
      uid: 'u1',
      operation: 'UPDATE',
      subresource: 'status',
      user: { name: 'ana', groups: ['a', 'b'] },
      dryRun: true,
      object: { kind: 'Pod', namespace: 'shop', name: 'p' },
      oldObject: { kind: 'Pod', namespace: 'shop', name: 'p' },
    },
  });
});

test('what is missing reads as empty; names come from the request where the object has none', () => {
  expect(requestFromReview(review(REQUEST))).toEqual({
    ok: true,
    value: {
      ...REQUEST,
      subresource: '',
      user: { name: '', groups: [] },
      dryRun: false,
      isCut: false,
      object: undefined,
      oldObject: undefined,
    },
  });
  const named = requestFromReview(review({ ...REQUEST, namespace: 'shop', name: 'p', object: {}, oldObject: null }));
  expect(named).toMatchObject({ value: { object: { namespace: 'shop', name: 'p' }, oldObject: undefined } });
  expect(requestFromReview(review({ ...REQUEST, object: {} }))).toMatchObject({
    value: { object: { namespace: '', name: '' } },
  });
  const own = { metadata: { namespace: 'own' } };
  expect(requestFromReview(review({ ...REQUEST, namespace: 'shop', name: 'p', object: own }))).toMatchObject({
    value: { object: { namespace: 'own', name: 'p' } },
  });
});

const ALL = ['kind', 'apiVersion', 'request.uid', 'request.operation'];

test.each<[what: string, review: unknown, paths: readonly string[]]>([
  ['nothing', undefined, ALL],
  ['null', null, ALL],
  ['a list', [], ALL],
  ['an object', {}, ALL],
  ['a review of the beta version', { ...review(REQUEST), apiVersion: 'admission.k8s.io/v1beta1' }, ['apiVersion']],
  ['another kind', { ...review(REQUEST), kind: 'TokenReview' }, ['kind']],
  ['a review without request', review(undefined), ['request.uid', 'request.operation']],
  ['an empty uid', review({ ...REQUEST, uid: '' }), ['request.uid']],
  ['a uid that is a number', review({ ...REQUEST, uid: 5 }), ['request.uid']],
  ['an unknown operation', review({ ...REQUEST, operation: 'PATCH' }), ['request.operation']],
  ['an operation in small letters', review({ ...REQUEST, operation: 'create' }), ['request.operation']],
])('%s: every problem at once', (_what, value, paths) => {
  const result = requestFromReview(value);
  expect(!result.ok && result.problems.map(({ path }) => path)).toEqual(paths);
});

test('any value is a request or a list of problems', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (object, oldObject) => {
      expect(requestFromReview(object).ok).toBe(false);
      expect(requestFromReview(review({ ...REQUEST, object, oldObject, userInfo: object })).ok).toBe(true);
    }),
  );
});

test('an object by itself is the CREATE of it, by nobody', () => {
  expect(creationOf({ apiVersion: 'v1', kind: 'Pod' })).toMatchObject({
    operation: 'CREATE',
    subresource: '',
    user: { name: '', groups: [] },
    dryRun: false,
    object: { kind: 'Pod' },
    oldObject: undefined,
  });
});
