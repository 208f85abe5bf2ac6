/** One thing that is wrong with an input: where, what was there, and what to do. Inputs report all of them at once. */
export interface Problem {
  /** Where in the input, for example `claims[0].mode` or `--timeout`. */
  readonly path: string;
  /** What is wrong and what would be right, as one sentence without a full stop. */
  readonly message: string;
  /** What was there, as JSON and cut to a line; left out where it says nothing or is not to be repeated. */
  readonly value?: string;
}

/** A parsed value, or every reason why there is none. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Wraps a value that parsed. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** Wraps the reasons why nothing parsed. */
export function refused<T>(...problems: readonly Problem[]): Parsed<T> {
  return { ok: false, problems };
}

/** `path: message (found value)`; the message alone where the input has no parts and no value is repeated. */
export function renderProblem(problem: Problem): string {
  const found = problem.value === undefined ? '' : ` (found ${problem.value})`;
  return `${problem.path === '' ? '' : `${problem.path}: `}${problem.message}${found}`;
}
