import { MaintError } from '../shared/index.ts';

/** The same failure with a next step, unless it names one itself. Bugs stay as they are. */
export function hinted(thrown: unknown, hint: string): unknown {
  if (!(thrown instanceof MaintError) || thrown.hint !== undefined) return thrown;
  return new MaintError(thrown.code, thrown.message, { hint, cause: thrown });
}
