/**
 * How deep objects and lists may nest in a review. Kubernetes objects stay below 40, CRD schemas and field ownership
 * below 150; 512 leaves both room, and every recursive step that we or a library take stays far from the end of the
 * stack (984 KiB in Node, some 10,000 plain frames).
 */
export const MAX_NESTING = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x7b, 0x5b];
const CLOSING = [0x7d, 0x5d];

/** Whether JSON nests deeper than `max`, told from its bytes: nothing is parsed, nothing recurses. */
export function nestsDeeper(json: Uint8Array, max: number): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] ?? 0;
    // Inside a text only its end matters; what a backslash escapes is never it.
    if (inText && byte === BACKSLASH) index += 1;
    else if (byte === QUOTE) inText = !inText;
    else if (!inText) depth += stepOf(byte);
    if (depth > max) return true;
  }
  return false;
}

function stepOf(byte: number): number {
  if (OPENING.includes(byte)) return 1;
  return CLOSING.includes(byte) ? -1 : 0;
}
