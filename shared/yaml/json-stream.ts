/** A JSON value in a text, or where one begins that cannot be read. */
export type StreamedValue =
  { readonly offset: number; readonly value: unknown } | { readonly offset: number; readonly problem: string };

/**
 * The values of a text that is JSON: one, one a line, or one behind the other, as kubectl takes them. Undefined where the
 * first of them is no JSON: then it may be YAML, of which JSON is a part. Read as YAML it would take ten times as long.
 */
export function jsonValues(text: string): readonly StreamedValue[] | undefined {
  const whole = parsed(text);
  if (whole !== undefined) return [{ offset: 0, value: whole.value }];
  const values: StreamedValue[] = [];
  for (let offset = nextWord(text, 0); offset < text.length;) {
    const end = endOfValue(text, offset);
    const one = parsed(text.slice(offset, end));
    if (one === undefined) {
      if (values.length === 0) return undefined;
      return [...values, { offset, problem: 'is no JSON, which what stands before it is' }];
    }
    values.push({ offset, value: one.value });
    offset = nextWord(text, end);
  }
  return values;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}

function nextWord(text: string, from: number): number {
  const found = text.slice(from).search(/\S/);
  return found < 0 ? text.length : from + found;
}

/** What decides where an object or a list ends: brackets, and texts, in which they count for nothing. */
const MARKS = /"(?:[^"\\]|\\.)*"|[{}[\]]/gs;

/** Where the object or list that begins at an offset ends; the end of the text where it does not. */
function endOfValue(text: string, offset: number): number {
  let depth = 0;
  MARKS.lastIndex = offset;
  for (let found = MARKS.exec(text); found !== null; found = MARKS.exec(text)) {
    if (found[0] === '{' || found[0] === '[') depth += 1;
    if (found[0] === '}' || found[0] === ']') depth -= 1;
    if (depth === 0) return MARKS.lastIndex;
  }
  return text.length;
}
