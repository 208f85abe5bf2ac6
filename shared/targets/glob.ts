/** Whether a text begins and ends with the outer parts and has the others in between, in their order. */
export function matchesGlob(text: string, parts: readonly string[]): boolean {
  const { 0: first = '', length } = parts;
  if (length < 2) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (let index = 1; index < length - 1; index += 1) {
    const part = parts[index] ?? '';
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const last = parts[length - 1] ?? '';
  return text.length - last.length >= at && text.endsWith(last);
}
