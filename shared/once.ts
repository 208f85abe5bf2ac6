/** Makes something when it is asked for first, and gives the same from then on. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Answers for each thing that is asked about when it is asked for first, and gives the same from then on. */
export function eachOnce<Asked, Answer>(answer: (about: Asked) => Answer): (about: Asked) => Answer {
  const answers = new Map<Asked, { readonly value: Answer }>();
  return (about) => {
    const known = answers.get(about) ?? { value: answer(about) };
    answers.set(about, known);
    return known.value;
  };
}
