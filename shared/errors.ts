/**
 * Why a command did not do what it was asked to. Each code has one exit code in the plugin:
 * `usage` 2, `denied` 3, `cluster` 4, `gave-up` 5, `interrupted` 130.
 */
export type MaintErrorCode = 'usage' | 'denied' | 'cluster' | 'gave-up' | 'interrupted';

/** The world failed, or was not as asked. A policy's "no" is a Verdict and never thrown; a bug is a plain Error. */
export class MaintError extends Error {
  readonly code: MaintErrorCode;
  /** The next step for the person who reads it, as one line; undefined where there is none. */
  readonly hint: string | undefined;

  constructor(code: MaintErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'MaintError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** The API server answered, and said no: HTTP status, the Status object's reason and message. */
export class ClusterRefusal extends MaintError {
  /** HTTP status code, for example 403. */
  readonly status: number;
  /** `reason` of the Status object (`Forbidden`, `Conflict`, …); empty where the answer held none. */
  readonly reason: string;
  /** The Status object as the server sent it, for causes and details. */
  readonly body: unknown;

  constructor(answer: { status: number; reason: string; message: string; body: unknown }, hint?: string) {
    super('cluster', answer.message, hint === undefined ? {} : { hint });
    this.name = 'ClusterRefusal';
    this.status = answer.status;
    this.reason = answer.reason;
    this.body = answer.body;
  }
}

/** Whether the API server said that the caller may not (403): an answer, or the ClusterRefusal that was made of it. */
export function isForbidden(said: unknown): boolean {
  return hasStatus(said, 403);
}

/** Whether the API server said that there is no such object or kind (404): an answer, or the ClusterRefusal that was made of it. */
export function isNotFound(said: unknown): boolean {
  return hasStatus(said, 404);
}

function hasStatus(said: unknown, status: number): boolean {
  return typeof said === 'object' && said !== null && 'status' in said && said.status === status;
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
