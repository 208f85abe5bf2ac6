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
  const found: DuplicateKey[] = [];
  const frames: Frame[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      frames.pop();
      continue;
    }
    const frame = frames.at(-1);
    if (frame?.keys !== undefined) {
      if (frame.isKey && event.type === EVENT_ID.SCALAR) {
        const key = getScalarValue(text, event);
        if (frame.keys.has(key)) found.push({ key, offset: event.valueStart });
        frame.keys.add(key);
      }
      frame.isKey = !frame.isKey;
    }
    if (event.type === EVENT_ID.MAPPING) frames.push({ keys: new Set(), isKey: true });
    if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.DOCUMENT) {
      frames.push({ keys: undefined, isKey: false });
    }
  }
  return found;
}
