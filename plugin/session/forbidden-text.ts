import { clean } from '../../shared/index.ts';

/** Longest message of the API server in a line, in characters. */
const MAX_WHY = 300;

/** The API server's own words name the verb and the resource (k8s apiserver endpoints/handlers/responsewriters). */
const FORBIDDEN = / cannot (\w+) resource "([^"]+)"/;

/** `you may not list nodes`; the API server's words where they are others. */
export function forbiddenText(message: string): string {
  return missingRight(message) ?? clean(message, MAX_WHY);
}

/** `you may not list nodes`; undefined where the message tells something else. */
export function missingRight(message: string): string | undefined {
  const [, verb, resource] = FORBIDDEN.exec(message) ?? [];
  return verb === undefined || resource === undefined
    ? undefined
    : `you may not ${clean(`${verb} ${resource}`, MAX_WHY)}`;
}
