import { MaintError } from '../../errors.ts';
import { at, numberAt, stringMapAt, textAt } from '../../facts/json.ts';
import { refusalFromAnswer } from './refusal.ts';

/** Annotation of the bookmark after which a WatchList has told everything (KEP-3157). */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: unknown;
  /** Where to take the watch up again. */
  readonly version: string;
}

/**
 * One line of a watch. Undefined for a type that is not known. Throws MaintError('cluster') on what is no event, and
 * ClusterRefusal on an ERROR event, whose object is the Status.
 */
export function eventFromLine(line: string): WatchEvent | undefined {
  const event = parsed(line);
  const type = textAt(event, 'type');
  const object = at(event, 'object');
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK': {
      const version = textAt(object, 'metadata', 'resourceVersion');
      if (version === undefined)
        throw new MaintError('cluster', 'the server sent a watch event without a resourceVersion');
      return { type, object, version };
    }
    case 'ERROR':
      throw refusalFromAnswer({ status: numberAt(object, 'code') ?? 500, body: object });
    case undefined:
      throw new MaintError('cluster', 'the server sent a line that is no watch event');
    default:
      return undefined;
  }
}

/** Whether a bookmark ends the initial events of a WatchList. */
export function endsInitialEvents({ type, object }: WatchEvent): boolean {
  return type === 'BOOKMARK' && stringMapAt(object, 'metadata', 'annotations').get(INITIAL_EVENTS_END) === 'true';
}

/** Names an object within its collection. */
export function keyOf(object: unknown): string {
  return `${textAt(object, 'metadata', 'namespace') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new MaintError('cluster', 'the server sent a line that is not JSON', { cause });
  }
}
