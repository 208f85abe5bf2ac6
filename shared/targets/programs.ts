import { textAt } from '../facts/json.ts';
import type { ContainerFacts } from '../facts/work.ts';
import { once } from '../once.ts';
import type { Effort } from '../shell/effort.ts';
import { imageBasename } from './image-names.ts';
import { followed, type Invocation } from './invocations.ts';

export { imageBasename } from './image-names.ts';

/** A container as far as it tells what runs in it. */
export interface Running {
  /** Image as it is written. */
  readonly reference: string;
  /** Image without registry, repository path, tag and digest. */
  readonly image: string;
  /** Programs that it runs, without their paths. */
  readonly programs: ReadonlySet<string>;
  readonly invocations: readonly Invocation[];
  /** Names of the variables that are set for it, and where its volumes are mounted. */
  readonly settings: () => readonly string[];
}

/** What runs in a container, as far as the effort reaches. */
export function runningIn(container: ContainerFacts, effort: Effort): Running {
  const invocations = followed(container, effort);
  return {
    reference: container.image,
    image: imageBasename(container.image),
    programs: new Set(invocations.filter(({ isOwn }) => !isOwn).map(({ program }) => program)),
    invocations,
    settings: once(() => [...container.env.flatMap((entry) => textAt(entry, 'name') ?? []), ...container.mounts]),
  };
}

/** Whether a word stands among the arguments of a program, also within one of them; `*` is any text. */
export function mentions({ args: given, input }: Invocation, wanted: string): boolean {
  const args = input === '' ? given : [...given, input];
  const parts = wanted.split('*');
  const [only] = parts;
  if (only === undefined || parts.length > 1) return args.some((arg) => isLike(arg, parts));
  return args.some((arg) => arg === only || (arg.includes(only) && arg.split(SPACE).includes(only)));
}

const SPACE = /[\s"';|&()`]+/;

/** Whether a text begins and ends with the outer parts and has the others in between, in their order. */
export function isLike(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
