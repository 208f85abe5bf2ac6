import { numberAt, textAt } from '../../shared/index.ts';

/** How often something happened of which an Event tells, and when last. */
export interface Occurrences {
  readonly count: number;
  /** RFC 3339. */
  readonly lastAt: string;
}

/** Counted by itself, or as a series (events.k8s.io/v1); an Event that tells neither happened once, when it was written. */
export function occurrencesOf(event: unknown): Occurrences {
  const last = textAt(event, 'series', 'lastObservedTime') ?? textAt(event, 'lastTimestamp');
  return {
    count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
    lastAt: last ?? textAt(event, 'metadata', 'creationTimestamp') ?? '',
  };
}
