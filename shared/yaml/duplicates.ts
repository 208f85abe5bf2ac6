import { EVENT_ID, getScalarValue, type Event } from 'js-yaml';

/** A key that stands a second time in its mapping. */
export interface DuplicateKey {
  readonly key: string;
  /** Where, as an offset in the text. */
  readonly offset: number;
}

/** A mapping that is open, or a list; a mapping's nodes are key and value in turns. */
interface Frame {
  readonly keys: Set<string> | undefined;
  isKey: boolean;
}

/** Every key that repeats one of its mapping, in the order of the text. */
export function duplicateKeys(events: readonly Event[], text: string): readonly DuplicateKey[] {
  const frames: Frame[] = [];
  const found: DuplicateKey[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      frames.pop();
      continue;
    }
    const repeated = repeatedBy(event, text, frames.at(-1));
    if (repeated !== undefined) found.push(repeated);
    const frame = frameOf(event);
    if (frame !== undefined) frames.push(frame);
  }
  return found;
}

function frameOf({ type }: Event): Frame | undefined {
  if (type === EVENT_ID.MAPPING) return { keys: new Set(), isKey: true };
  return type === EVENT_ID.SEQUENCE || type === EVENT_ID.DOCUMENT ? { keys: undefined, isKey: false } : undefined;
}

/** What an event repeats where it is a key; takes note of it. */
function repeatedBy(event: Event, text: string, frame: Frame | undefined): DuplicateKey | undefined {
  if (frame?.keys === undefined) return undefined;
  frame.isKey = !frame.isKey;
  if (frame.isKey || event.type !== EVENT_ID.SCALAR) return undefined;
  const key = getScalarValue(text, event);
  if (frame.keys.has(key)) return { key, offset: event.valueStart };
  frame.keys.add(key);
  return undefined;
}
