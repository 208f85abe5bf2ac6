/** Makes something when it is asked for first, and gives the same from then on. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Where answers are kept: a Map, or a WeakMap where what was asked about may go. */
interface Answers<Asked, Answer> {
  get(about: Asked): { readonly value: Answer } | undefined;
  set(about: Asked, answer: { readonly value: Answer }): unknown;
}

/** Answers for each thing that is asked about when it is asked for first, and gives the same from then on. */
export function eachOnce<Asked, Answer>(
  answer: (about: Asked) => Answer,
  answers: Answers<Asked, Answer> = new Map(),
): (about: Asked) => Answer {
  return (about) => {
    const known = answers.get(about) ?? { value: answer(about) };
    answers.set(about, known);
    return known.value;
  };
}
