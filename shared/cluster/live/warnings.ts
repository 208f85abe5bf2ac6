/** One warn-code 299 in a Warning header: agent, then the text in quotes with backslash escapes (RFC 7234, 5.5). */
const WARNING_299 = /\b299 \S+ "((?:[^"\\]|\\.)*)"/g;

/** Tells each text of `Warning: 299` headers once, however many answers repeat it. */
export function warningTeller(tell: ((text: string) => void) | undefined): (headers: readonly string[]) => void {
  const told = new Set<string>();
  return (headers) => {
    for (const text of headers.flatMap(warningsIn)) {
      if (told.has(text)) continue;
      told.add(text);
      tell?.(text);
    }
  };
}

/** The texts of one Warning header, or of several joined by commas. */
export function warningsIn(header: string): string[] {
  return [...header.matchAll(WARNING_299)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'));
}
