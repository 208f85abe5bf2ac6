import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { creationOf, requestFromReview } from '../../../shared/policy/request.ts';
import { reviewWith } from '../../support/reviews.ts';

const REQUEST = { uid: 'u1', operation: 'UPDATE' };

test('a request as plain data', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' } };
  const result = requestFromReview(
    reviewWith({
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
  expect(requestFromReview(reviewWith(REQUEST))).toEqual({
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
  const named = requestFromReview(
    reviewWith({ ...REQUEST, namespace: 'shop', name: 'p', object: {}, oldObject: null }),
  );
  expect(named).toMatchObject({ value: { object: { namespace: 'shop', name: 'p' }, oldObject: undefined } });
  expect(requestFromReview(reviewWith({ ...REQUEST, object: {} }))).toMatchObject({
    value: { object: { namespace: '', name: '' } },
  });
  const own = { metadata: { namespace: 'own' } };
  expect(requestFromReview(reviewWith({ ...REQUEST, namespace: 'shop', name: 'p', object: own }))).toMatchObject({
    value: { object: { namespace: 'own', name: 'p' } },
  });
});

const ALL = ['kind', 'apiVersion', 'request.uid', 'request.operation'];

test.each<[what: string, review: unknown, paths: readonly string[]]>([
  ['nothing', undefined, ALL],
  ['null', null, ALL],
  ['a list', [], ALL],
  ['an object', {}, ALL],
  ['a review of the beta version', { ...reviewWith(REQUEST), apiVersion: 'admission.k8s.io/v1beta1' }, ['apiVersion']],
  ['another kind', { ...reviewWith(REQUEST), kind: 'TokenReview' }, ['kind']],
  ['a review without request', reviewWith(undefined), ['request.uid', 'request.operation']],
  ['an empty uid', reviewWith({ ...REQUEST, uid: '' }), ['request.uid']],
  ['a uid that is a number', reviewWith({ ...REQUEST, uid: 5 }), ['request.uid']],
  ['an unknown operation', reviewWith({ ...REQUEST, operation: 'PATCH' }), ['request.operation']],
  ['an operation in small letters', reviewWith({ ...REQUEST, operation: 'create' }), ['request.operation']],
])('%s: every problem at once', (_what, value, paths) => {
  const result = requestFromReview(value);
  expect(!result.ok && result.problems.map(({ path }) => path)).toEqual(paths);
});

test('any value is a request or a list of problems', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (object, oldObject) => {
      expect(requestFromReview(object).ok).toBe(false);
      expect(requestFromReview(reviewWith({ ...REQUEST, object, oldObject, userInfo: object })).ok).toBe(true);
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
