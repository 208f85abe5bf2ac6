import type { Right } from '../../preflight/rights.ts';

/**
 * From harmless to broken. `skipped`: there is nothing to try, or another check says what is wrong. `warn` also where something could not
 * be found out.
 */
export type CheckStatus = 'ok' | 'skipped' | 'warn' | 'fail';

/** Names by which a cluster and its people are known. */
export interface ClusterNames {
  readonly nodes: readonly string[];
  readonly namespaces: readonly string[];
  readonly owners: readonly string[];
}

/** One thing that a check found. */
export interface Diagnosis {
  readonly status: CheckStatus;
  /** What it means, as one sentence without a full stop. */
  readonly message: string;
  /** What to do about it; undefined where nothing has to be done. */
  readonly todo: string | undefined;
  /** Rights that are missing. */
  readonly missing?: readonly Right[];
  /** Names in the message that no node and no registration tells: `--redact` has to know them. */
  readonly names?: Partial<ClusterNames>;
}

/** All is as it should be. */
export function ok(message: string): Diagnosis {
  return { status: 'ok', message, todo: undefined };
}

/** Nothing to try as things are. */
export function skipped(why: string): Diagnosis {
  return { status: 'skipped', message: `not tried: ${why}`, todo: undefined };
}

/** Enforcement works, but something is not as it should be; or it could not be found out. */
export function warn(message: string, todo: string): Diagnosis {
  return { status: 'warn', message, todo };
}

/** Enforcement, or a part of it, does not work. */
export function fail(message: string, todo: string): Diagnosis {
  return { status: 'fail', message, todo };
}

/** What to do where no webhook is registered: it is said once. */
export const SEE_WEBHOOK = 'the check webhook says what to do';

/** What could not be found out, and why. */
export function unknown(why: string, todo: string): Diagnosis {
  return warn(`not known: ${why}`, todo);
}
