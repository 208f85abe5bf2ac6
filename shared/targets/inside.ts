import { at, isObject, textAt } from '../facts/json.ts';
import { workFromObject } from '../facts/work.ts';
import { matches } from './inspection.ts';
import type { Inside } from './tool.ts';

/** A kind of work that runs inside pods of something else, for people and as data. */
export interface InsidePattern {
  readonly what: string;
  readonly inside: Inside;
}

/** An object of such a kind, as far as evicting pods has to know it. */
export interface InsideWork {
  readonly uid: string;
  /** `CloudNativePG backup shop/nightly` */
  readonly title: string;
  /** The pods in which it runs now, as `namespace/name`; none before it began and after it ended. */
  readonly pods: readonly string[];
}

/** Reads an object whose work runs inside pods. Never throws; what is missing reads as: it does not run. */
export function insideWorkFrom(object: unknown, { what, inside }: InsidePattern): InsideWork {
  const work = workFromObject(object);
  const named = textAt(object, ...(inside.namespace ?? []));
  const namespace = inside.namespace === undefined ? work.namespace : (named ?? work.namespace);
  const names = matches({ fields: inside.while }, work) ? namesAt(at(object, ...inside.pods)) : [];
  return {
    uid: work.uid,
    title: `${what} ${work.namespace}/${work.name}`,
    pods: names.map((name) => `${namespace}/${name}`),
  };
}

function namesAt(value: unknown): readonly string[] {
  const values = isObject(value) ? Object.values(value) : [value];
  return values.filter((one) => typeof one === 'string');
}
