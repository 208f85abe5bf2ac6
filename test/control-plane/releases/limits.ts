/** The largest program of a release has 120 MB; four times that is no longer one. Packed or not. */
export const MOST_BYTES = 512 * 2 ** 20;
/** A release lists some twenty files, with a hundred bytes for each. */
export const MOST_CHECKSUM_BYTES = 64 * 2 ** 10;
/** The hosts need two. */
export const MOST_REDIRECTS = 5;
/** A download that is cut off goes on where it was this often; sooner it ends when nothing more comes. */
export const MOST_ATTEMPTS = 5;
/** Before this the pace of a download says little: connections begin slowly. */
export const PACE_AFTER_MS = 20_000;

/** How long is waited for a host, in milliseconds. */
export interface Patience {
  /** From the question to the first answer that is no redirect. */
  readonly answerMs: number;
  /** Between two pieces of a file. */
  readonly silenceMs: number;
  /** For a file, judged by its pace. */
  readonly fileMs: number;
}

/** With Go beside it, which needs some six minutes: a network that swallows everything costs three seconds and not more. */
export const WITH_GO: Patience = { answerMs: 3_000, silenceMs: 15_000, fileMs: 10 * 60_000 };
/** Without Go a slow download is better than none. */
export const WITHOUT_GO: Patience = { answerMs: 30_000, silenceMs: 60_000, fileMs: Infinity };
