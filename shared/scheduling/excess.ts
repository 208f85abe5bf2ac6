import { at, listAt } from '../facts/json.ts';
import { podAffinityFromPodSpec, type PodAffinityTerm } from './pod-affinity.ts';
import { renderSelector } from './selectors.ts';

/** Nodes of the largest cluster that Kubernetes supports. */
export const MAX_NODES = 5000;

/**
 * Entries of lists in a pod's placement that are read: a term, a requirement and a value for each node of the largest
 * cluster. Reading one takes some 4 µs, 15,000 take 60 ms; 3 MiB of JSON hold ten times as many.
 */
const MAX_ENTRIES = 3 * MAX_NODES;

/** Lists of pods that one pod's affinity may ask for: each is a read of the API server. Real pods ask for one. */
export const MAX_COMPANY = 16;
/** Characters of the selectors of these lists, which stand in the address of each read. Real ones have a hundred. */
const MAX_SELECTORS = 4000;

/** Whether a pod spec says more about where the pod may run than is read. It is counted before it is read. */
export function isExcessive(spec: unknown): boolean {
  const affinity = at(spec, 'affinity');
  const left = MAX_ENTRIES - listAt(spec, 'tolerations').length;
  if (affinity == null) return left < 0;
  return entriesLeft(affinity, left) < 0 || isTooMuchCompany(podAffinityFromPodSpec(spec));
}

function isTooMuchCompany(terms: readonly PodAffinityTerm[]): boolean {
  const lists = terms.reduce((sum, { namespaces }) => sum + Math.max(1, namespaces.length), 0);
  const characters = terms.reduce((sum, { selector }) => sum + (renderSelector(selector) ?? '').length, 0);
  return lists > MAX_COMPANY || characters > MAX_SELECTORS;
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
