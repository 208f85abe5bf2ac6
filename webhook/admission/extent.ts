/**
 * How deep objects and lists may nest in a review. Kubernetes objects stay below 40, CRD schemas and field ownership
 * below 150; 512 leaves both room, and every recursive step that we or a library take stays far from the end of the
 * stack (984 KiB in Node, some 10,000 plain frames).
 */
export const MAX_NESTING = 512;
/**
 * Names, values, objects and lists of a review that are read. A name that was never seen costs V8 up to 1 µs and 100 bytes:
 * with two parts for each, 80,000 are 40 ms and 8 MB at worst, where 3 MiB hold ten times as many. A pod of fifty
 * containers with fifty variables each has 40,000, with the owners of all its fields; twice in an update.
 */
export const MAX_PARTS = 80_000;

/** How much of some JSON is read: all of it, or the part before `end` with what then closes it. */
export type Extent =
  { readonly kind: 'whole' } | { readonly kind: 'cut'; readonly end: number; readonly closing: string };

interface Limits {
  readonly nesting: number;
  readonly parts: number;
}

/** How much of a review is read. */
export const LIMITS: Limits = { nesting: MAX_NESTING, parts: MAX_PARTS };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** What bytes outside of texts mean. Most mean nothing, so that one look at each has to be cheap. */
const MARKS = Array.from({ length: 256 }, (_, byte) => markOf(String.fromCharCode(byte)));

function markOf(character: string): 'text' | 'opening' | 'closing' | 'between' | undefined {
  if (character === '"') return 'text';
  if ('{['.includes(character)) return 'opening';
  if ('}]'.includes(character)) return 'closing';
  return ',:'.includes(character) ? 'between' : undefined;
}

/** Tells from the bytes of JSON how much of it is to be read: nothing is parsed, nothing recurses. */
export function extentOf(json: Uint8Array, { nesting, parts: most }: Limits): Extent {
  const open: number[] = [];
  let parts = 0;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] ?? 0;
    const mark = MARKS[byte];
    if (mark === undefined) continue;
    if (mark === 'text') index = endOfText(json, index + 1);
    else if (mark === 'closing') open.pop();
    else {
      // Between two values it can be cut so that what is before stays JSON; what nests too deep leaves a null in its place.
      if (byte === COMMA && parts >= most) return { kind: 'cut', end: index, closing: closingOf(open) };
      parts += 1;
      if (mark !== 'opening') continue;
      if (open.length === nesting) return { kind: 'cut', end: index, closing: `null${closingOf(open)}` };
      open.push(byte);
    }
  }
  return { kind: 'whole' };
}

/** Where a text ends; what a backslash escapes is never it. */
function endOfText(json: Uint8Array, start: number): number {
  let index = start;
  while (index < json.length && json[index] !== QUOTE) index += json[index] === BACKSLASH ? 2 : 1;
  return index;
}

const LIST = 0x5b;

function closingOf(open: readonly number[]): string {
  return open
    .map((byte) => (byte === LIST ? ']' : '}'))
    .reverse()
    .join('');
}
