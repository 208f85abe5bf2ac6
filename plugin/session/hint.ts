import { MaintError } from '../../shared/index.ts';

/** The same failure with a next step, unless it names one itself. Bugs stay as they are. */
export function hinted(thrown: unknown, hint: string | undefined): unknown {
  if (!(thrown instanceof MaintError) || thrown.hint !== undefined || hint === undefined) return thrown;
  return new MaintError(thrown.code, thrown.message, { hint, cause: thrown });
}

/** The same failure with one more next step, behind its own. Bugs stay as they are. */
export function alsoHinted(thrown: unknown, hint: string): unknown {
  if (!(thrown instanceof MaintError)) return thrown;
  const both = thrown.hint === undefined ? hint : `${hint}; ${thrown.hint}`;
  return new MaintError(thrown.code, thrown.message, { hint: both, cause: thrown });
}
