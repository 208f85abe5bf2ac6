import { expect } from 'vitest';

/** Stands for any text that a pattern matches, or that contains a text, in `toEqual` and its kind. */
export function like(pattern: RegExp | string): unknown {
  return typeof pattern === 'string' ? expect.stringContaining(pattern) : expect.stringMatching(pattern);
}
