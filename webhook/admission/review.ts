import { at, messageOf, renderProblem, requestFromReview, textAt, type ReviewRequest } from '../../shared/index.ts';
import { extentOf, LIMITS, MAX_NESTING, MAX_PARTS } from './extent.ts';

/** What the bytes of a POST are: a request to decide, or why not, with the uid as far as there is one. */
export type ReadReview =
  | { readonly ok: true; readonly request: ReviewRequest }
  | { readonly ok: false; readonly reason: string; readonly uid: string | undefined };

/** Longest uid that is echoed, in characters. The API server's are UUIDs of 36. */
export const MAX_UID = 253;

/** Reads the body of an admission call. Any bytes give an answer; never throws. */
export function readReview(bytes: Uint8Array): ReadReview {
  if (bytes.length === 0) return refusal('the body is empty: an AdmissionReview was expected');
  const json = readJson(bytes);
  if (!json.ok) return refusal(json.reason);
  const uid = uidOf(json.value);
  const review = requestFromReview(json.value, json.isCut);
  if (!review.ok) return refusal(`not an AdmissionReview: ${review.problems.map(renderProblem).join('; ')}`, uid);
  if (uid === undefined) return refusal(`not an AdmissionReview: request.uid: is longer than ${MAX_UID} characters`);
  if (json.isCut && isWithoutObject(review.value))
    return refusal(`the body has more than ${MAX_PARTS} parts or ${MAX_NESTING} levels before its object`, uid);
  return { ok: true, request: review.value };
}

function refusal(reason: string, uid?: string): ReadReview {
  return { ok: false, reason, uid };
}

function uidOf(review: unknown): string | undefined {
  const uid = textAt(at(review, 'request'), 'uid');
  return uid === undefined || uid === '' || uid.length > MAX_UID ? undefined : uid;
}

/** The API server writes the object before all that may be long; without it there is nothing to decide by. */
function isWithoutObject({ object, oldObject }: ReviewRequest): boolean {
  return object === undefined && oldObject === undefined;
}

type Json =
  | { readonly ok: true; readonly value: unknown; readonly isCut: boolean }
  | { readonly ok: false; readonly reason: string };

/** As much of a body as is read. */
function readJson(bytes: Uint8Array): Json {
  const extent = extentOf(bytes, LIMITS);
  return extent.kind === 'whole'
    ? parseJson(textOf(bytes), false)
    : parseJson(textOf(bytes.subarray(0, extent.end)) + extent.closing, true);
}

const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  return UTF_8.decode(bytes);
}

function parseJson(text: string, isCut: boolean): Json {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value, isCut };
  } catch (thrown) {
    return { ok: false, reason: `the body is not JSON: ${messageOf(thrown)}` };
  }
}
