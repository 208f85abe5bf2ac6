import { at, isTrueAt, textAt, textsAt } from '../facts/json.ts';
import { workFromObject, type WorkObject } from '../facts/work.ts';
import { refused, parsed, type Parsed, type Problem } from '../problem.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

const OPERATIONS: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** An admission request as plain data (admission.k8s.io/v1 AdmissionRequest, the parts that decide). */
export interface ReviewRequest {
  readonly uid: string;
  readonly operation: Operation;
  /** Subresource such as `status` or `eviction`; empty for the object itself. */
  readonly subresource: string;
  readonly user: { readonly name: string; readonly groups: readonly string[] };
  readonly dryRun: boolean;
  /** The object after the request; undefined for DELETE. */
  readonly object: WorkObject | undefined;
  /** The object before the request; undefined for CREATE. */
  readonly oldObject: WorkObject | undefined;
  /** There is more in it than was read: behind some place in its objects nothing is known. */
  readonly isCut: boolean;
}

/** An object that is not part of a request, read as the CREATE of itself by nobody in particular. */
export function creationOf(object: unknown): ReviewRequest {
  return {
    uid: '',
    operation: 'CREATE',
    subresource: '',
    user: { name: '', groups: [] },
    dryRun: false,
    object: workFromObject(object),
    oldObject: undefined,
    isCut: false,
  };
}

/**
 * Reads an AdmissionReview (admission.k8s.io/v1) that holds a request; every problem at once. `isCut` says that only its
 * beginning is given.
 */
export function requestFromReview(review: unknown, isCut = false): Parsed<ReviewRequest> {
  const problems = problemsOfFrame(review);
  const request = at(review, 'request');
  const uid = textAt(request, 'uid') ?? '';
  if (uid === '') problems.push({ path: 'request.uid', message: 'is missing' });
  const asked = textAt(request, 'operation');
  const operation = OPERATIONS.find((known) => known === asked);
  if (operation === undefined) {
    problems.push({ path: 'request.operation', message: `must be one of ${OPERATIONS.join(', ')}` });
  }
  if (operation === undefined || problems.length > 0) return refused(...problems);
  return parsed({
    uid,
    operation,
    subresource: textAt(request, 'subResource') ?? '',
    user: {
      name: textAt(request, 'userInfo', 'username') ?? '',
      groups: textsAt(request, 'userInfo', 'groups'),
    },
    dryRun: isTrueAt(request, 'dryRun'),
    object: objectAt(request, 'object', isCut),
    oldObject: objectAt(request, 'oldObject', isCut),
    isCut,
  });
}

function problemsOfFrame(review: unknown): Problem[] {
  const problems: Problem[] = [];
  if (textAt(review, 'kind') !== 'AdmissionReview') problems.push({ path: 'kind', message: 'must be AdmissionReview' });
  if (textAt(review, 'apiVersion') !== 'admission.k8s.io/v1') {
    problems.push({ path: 'apiVersion', message: 'must be admission.k8s.io/v1' });
  }
  return problems;
}

function objectAt(request: unknown, key: string, isCut: boolean): WorkObject | undefined {
  const found = at(request, key);
  if (found == null) return undefined;
  const whole = workFromObject(found);
  const work = isCut ? { ...whole, isCut } : whole;
  if (work.namespace !== '' && work.name !== '') return work;
  // The API server fills namespace and generated name into the request before it validates; older ones only there.
  return {
    ...work,
    namespace: work.namespace === '' ? (textAt(request, 'namespace') ?? '') : work.namespace,
    name: work.name === '' ? (textAt(request, 'name') ?? '') : work.name,
  };
}
