import { at } from '../facts/json.ts';

/** Nodes of the largest cluster that Kubernetes supports. */
export const MAX_NODES = 5000;

/**
 * Entries of lists in a pod's placement that are read: a term, a requirement and a value for each node of the largest
 * cluster. Reading one takes some 4 µs, 15,000 take 60 ms; 3 MiB of JSON hold ten times as many.
 */
const MAX_ENTRIES = 3 * MAX_NODES;

/** Whether a pod spec says more about where the pod may run than is read. Only counted, none of it is read for that. */
export function isExcessive(spec: unknown): boolean {
  return entriesLeft(at(spec, 'affinity'), entriesLeft(at(spec, 'tolerations'), MAX_ENTRIES)) < 0;
}

function entriesLeft(value: unknown, left: number): number {
  if (typeof value !== 'object' || value === null) return left;
  const entries: readonly unknown[] = Object.values(value);
  let rest = Array.isArray(value) ? left - entries.length : left;
  for (const entry of entries) {
    if (rest < 0) return rest;
    rest = entriesLeft(entry, rest);
  }
  return rest;
}
