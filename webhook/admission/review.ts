import { at, messageOf, renderProblem, requestFromReview, textAt, type ReviewRequest } from '../../shared/index.ts';
import { MAX_NESTING, nestsDeeper } from './nesting.ts';

/** What the bytes of a POST are: a request to decide, or why not, with the uid as far as there is one. */
export type ReadReview =
  | { readonly ok: true; readonly request: ReviewRequest }
  | { readonly ok: false; readonly reason: string; readonly uid: string | undefined };

/** Longest uid that is echoed, in characters. The API server's are UUIDs of 36. */
export const MAX_UID = 253;

/** Reads the body of an admission call. Any bytes give an answer; never throws. */
export function readReview(bytes: Uint8Array): ReadReview {
  if (bytes.length === 0) return refusal('the body is empty: an AdmissionReview was expected');
  if (nestsDeeper(bytes, MAX_NESTING)) return refusal(`the body nests deeper than ${MAX_NESTING} levels`);
  const json = parseJson(bytes);
  if (!json.ok) return refusal(`the body is not JSON: ${json.reason}`);
  const uid = uidOf(json.value);
  const review = requestFromReview(json.value);
  if (!review.ok) return refusal(`not an AdmissionReview: ${review.problems.map(renderProblem).join('; ')}`, uid);
  if (uid === undefined) return refusal(`not an AdmissionReview: request.uid: is longer than ${MAX_UID} characters`);
  return { ok: true, request: review.value };
}

function refusal(reason: string, uid?: string): ReadReview {
  return { ok: false, reason, uid };
}

function uidOf(review: unknown): string | undefined {
  const uid = textAt(at(review, 'request'), 'uid');
  return uid === undefined || uid === '' || uid.length > MAX_UID ? undefined : uid;
}

type Json = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

function parseJson(bytes: Uint8Array): Json {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    return { ok: true, value };
  } catch (thrown) {
    return { ok: false, reason: messageOf(thrown) };
  }
}
