/** Most letters that may be wrong in a word for it to be taken for another one (as in kubectl: spf13/cobra, SuggestionsMinimumDistance). */
const MOST_WRONG = 2;

/** The word that was perhaps meant; undefined where none is near. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((word) => ({ word, wrong: word.startsWith(typed) ? 0 : distance(typed, word) }))
    .filter(({ word, wrong }) => wrong <= MOST_WRONG && wrong < word.length)
    .sort((a, b) => a.wrong - b.wrong);
  return best?.word;
}

/** How many characters have to be added, taken away or replaced to make one word of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let index = 0; index < one.length; index += 1) {
    const next = [index + 1];
    for (let at = 0; at < other.length; at += 1) {
      const replaced = (row[at] ?? 0) + (one[index] === other[at] ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
