/** The one place where an AdmissionReview response is built. */
import { clean, explainDenial, explainWarnings, type Verdict } from '../../shared/index.ts';
import type { AdmittedReview } from './admit.ts';

/** AdmissionResponse (admission.k8s.io/v1), the parts that a validating webhook may send. */
interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** An AdmissionReview that carries a response. */
interface AdmissionAnswer {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: AdmissionResponse;
}

/** A Status (meta/v1): what the API server reads from an answer that is not a 200, and repeats to its user. */
interface StatusAnswer {
  readonly apiVersion: 'v1';
  readonly kind: 'Status';
  readonly status: 'Failure';
  readonly code: number;
  readonly message: string;
}

/** An answer as HTTP. */
export interface HttpAnswer {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AdmissionAnswer | StatusAnswer;
}

/** What goes with an answer, whichever it is. */
export interface Remarks {
  readonly warnings?: readonly string[];
  readonly audit?: Readonly<Record<string, string>>;
}

/** The request passes. */
export function allowed(uid: string, remarks: Remarks = {}): HttpAnswer {
  return reviewed(200, { uid, allowed: true, ...rendered(remarks) });
}

/** The policy says no. The API server shows the message to whoever asked, and never consults failurePolicy. */
export function denied(uid: string, message: string, remarks: Remarks = {}): HttpAnswer {
  return reviewed(200, {
    uid,
    allowed: false,
    status: { code: 403, reason: 'Forbidden', message: clean(message, MAX_TEXT) },
    ...rendered(remarks),
  });
}

/**
 * Nothing was decided. The HTTP status is not a 2xx, so that the API server takes it as a failed call and
 * failurePolicy decides (a denial that holds code 500 would deny even under Ignore). A caller's mistake whose uid
 * could be read is answered by an AdmissionReview that echoes it.
 */
export function errored(httpStatus: number, message: string, uid?: string): HttpAnswer {
  const text = clean(message, MAX_TEXT);
  return uid !== undefined && httpStatus < 500
    ? reviewed(httpStatus, { uid, allowed: false, status: { code: httpStatus, reason: 'BadRequest', message: text } })
    : { httpStatus, headers: {}, body: statusOf(httpStatus, text) };
}

/** Come back in a second, on another connection: the API server does so by itself within the webhook's timeout. */
export function retryLater(message: string): HttpAnswer {
  return { ...errored(503, message), headers: { 'Retry-After': '1', Connection: 'close' } };
}

/** The answer to a request that was judged. */
export function answerFor(judged: AdmittedReview): HttpAnswer {
  const { request, verdict, nodeIndex, now } = judged;
  const remarks = { warnings: explainWarnings(verdict), audit: auditOf(judged) };
  if (verdict.decision !== 'deny') return allowed(request.uid, remarks);
  return denied(request.uid, explainDenial(verdict, { now, nodeIndex }), remarks);
}

/** Longest text of a status, in characters: twice what shared/policy/explain.ts writes at most, so that nothing of it is cut. */
const MAX_TEXT = 2000;
/** Longest audit annotation, in characters: rule and tool ids are shorter, all of them together as well. */
const MAX_AUDIT = 256;

/** Annotations for the audit log: `decision`, `rules`, `tool`; a plain allow has none. */
function auditOf({ verdict, stale }: AdmittedReview): Record<string, string> {
  if (verdict.findings.length === 0 && !stale) return {};
  return {
    decision: verdict.decision,
    ...(verdict.findings.length > 0 && { rules: rulesOf(verdict) }),
    ...(verdict.tool !== null && { tool: clean(verdict.tool, MAX_AUDIT) }),
    ...(stale && { nodes: 'stale' }),
  };
}

function rulesOf({ findings }: Verdict): string {
  const rules = new Set(findings.map(({ rule, reason }) => `${rule}/${reason}`));
  return clean([...rules].join(','), MAX_AUDIT);
}

function rendered({ warnings = [], audit = {} }: Remarks): Pick<AdmissionResponse, 'warnings' | 'auditAnnotations'> {
  return {
    ...(warnings.length > 0 && { warnings }),
    ...(Object.keys(audit).length > 0 && { auditAnnotations: audit }),
  };
}

function reviewed(httpStatus: number, response: AdmissionResponse): HttpAnswer {
  return {
    httpStatus,
    headers: {},
    body: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response },
  };
}

function statusOf(code: number, message: string): StatusAnswer {
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, message };
}
