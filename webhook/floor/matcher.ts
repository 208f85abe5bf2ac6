import type { Accepted, Matcher } from '../../shared/index.ts';
import { all, any, literal } from './cel.ts';
import { isOneOf, listOfKinds } from './kinds.ts';

/** Parts of a matcher that CEL asks as the webhook does. What runs, and what names say, has to be read: the webhook does that. */
const ASKED: readonly string[] = ['kinds', 'owners', 'labels', 'annotations'] satisfies readonly (keyof Matcher)[];

/** Whether nothing else is asked for. */
export function isExact(match: Matcher): boolean {
  return Object.entries(match).every(([part, wanted]) => wanted === undefined || ASKED.includes(part));
}

/** An expression that holds exactly where an exact matcher does, whatever the kind. */
export function conditionOf({ owners, labels, annotations }: Matcher): string {
  return all([
    ...(owners === undefined ? [] : [`variables.owners.exists(o, o in ${listOfKinds(owners)})`]),
    ...written(labels, 'labels'),
    ...written(annotations, 'annotations'),
  ]);
}

/** An expression that holds at least wherever the matcher does: what is not asked is taken as given. */
export function possibilityOf(match: Matcher): string {
  return all([...(match.kinds === undefined ? [] : [isOneOf(match.kinds)]), conditionOf(match)]);
}

/** Every key has an accepted value in one of the places where it may stand; no values accept any. */
function written(wanted: Accepted | undefined, places: string): readonly string[] {
  return Object.entries(wanted ?? {}).map(([key, values]) => {
    const texts = values.length === 0 ? [key] : values.map((value) => `${key}=${value}`);
    return any(texts.map((text) => `${literal(text)} in variables.${places}`));
  });
}

/** The texts that `written` looks for: each key, and each with its value, of labels or annotations in all of their places. */
export function textsOf(places: readonly string[]): string {
  return places.flatMap((place) => [`${place}.map(k, k)`, `${place}.map(k, k + '=' + ${place}[k])`]).join(' + ');
}
