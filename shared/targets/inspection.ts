import { workloadKindOf } from '../facts/controllers.ts';
import { at } from '../facts/json.ts';
import type { WorkObject } from '../facts/work.ts';
import { isOfKind } from '../kinds.ts';
import { eachOnce, once } from '../once.ts';
import { Effort } from '../shell/effort.ts';
import { asksAboutContainers, matchesContainer } from './container-matcher.ts';
import { LABEL_STRENGTH, strengthOf, type Accepted, type Matcher } from './matcher.ts';
import { hasOneOf } from './program-words.ts';
import { runningIn, type RunningContainer } from './running-container.ts';
import { isRequestFor, wordsOf } from './words-of-work.ts';

/** An object with what is asked of it again and again, worked out once. */
export class Inspection {
  readonly object: WorkObject;
  /** Name of the service account that writes the object; empty where nobody is known. */
  readonly writer: string;
  /** Whether a Deployment, StatefulSet or DaemonSet keeps it up: then it is a service, whatever its image, and no run of a tool. */
  readonly isKeptUp: boolean;
  /** Whether one of some words stands in the names of the object and its owners; many matchers ask for the same list. */
  readonly isNamed = eachOnce((wanted: readonly string[]) => hasOneOf(this.nameWords, wanted));
  readonly #effort = new Effort();
  readonly #running = once(() =>
    (this.object.template?.containers ?? []).map((container) => runningIn(container, this.#effort)),
  );
  readonly #nameWords = once(() =>
    [this.object.name, ...this.object.owners.map(({ name }) => name)].flatMap((name) => name.split(/[-.]/)),
  );
  readonly #words = once(() => wordsOf(this.object, this.running));

  constructor(object: WorkObject, user = '') {
    this.object = object;
    this.writer = /^system:serviceaccount:[^:]+:(.+)$/.exec(user)?.[1] ?? '';
    this.isKeptUp = workloadKindOf(object, user) !== undefined;
  }

  /** What runs in its containers. */
  get running(): readonly RunningContainer[] {
    return this.#running();
  }

  /** Whether its owners, its containers and all that they run were read; where not, what it is stays open. */
  get isWhole(): boolean {
    const { isCut, template } = this.object;
    return !isCut && template?.isCut !== true && (this.running.length === 0 || !this.#effort.isSpent);
  }

  /** Words of the names of the object and its owners. */
  get nameWords(): readonly string[] {
    return this.#nameWords();
  }

  /** See `wordsOf`. */
  get words(): ReadonlySet<string> {
    return this.#words();
  }
}

/** Whether an object is what the matcher describes. */
export function matches(matcher: Matcher, about: Inspection | WorkObject): boolean {
  const inspection = about instanceof Inspection ? about : new Inspection(about);
  const { object } = inspection;
  return (
    hasKind(matcher, object) &&
    hasOwner(matcher, object) &&
    hasWritten(matcher, object) &&
    hasName(matcher, inspection) &&
    isAmong(matcher.writers, inspection.writer) &&
    runsIn(inspection, matcher) &&
    (matcher.says?.some((word) => inspection.words.has(word)) ?? true)
  );
}

/** Whether it runs what the matcher says; of a service nothing counts but what is written on it. */
function runsIn(inspection: Inspection, matcher: Matcher): boolean {
  if (!asksAboutContainers(matcher)) return true;
  if (inspection.isKeptUp && strengthOf(matcher) < LABEL_STRENGTH) return false;
  return inspection.running.some((running) => matchesContainer(running, matcher, inspection.nameWords));
}

function isAmong(accepted: readonly string[] | undefined, value: string): boolean {
  return accepted === undefined || accepted.includes(value);
}

function hasKind({ kinds }: Matcher, object: WorkObject): boolean {
  return kinds === undefined || isOfKind(object, kinds);
}

function hasOwner({ owners: accepted, notOwners, ownerWords }: Matcher, { owners }: WorkObject): boolean {
  return (
    (accepted === undefined || owners.some((owner) => isOfKind(owner, accepted))) &&
    (notOwners === undefined || !owners.some((owner) => isOfKind(owner, notOwners))) &&
    (ownerWords === undefined || owners.some((owner) => isRequestFor(owner, ownerWords)))
  );
}

/** What stands on the object in labels, annotations and fields. */
function hasWritten({ labels, annotations, fields, endedBy }: Matcher, object: WorkObject): boolean {
  const { template } = object;
  return (
    accepts(labels, (key) => [object.labels.get(key), template?.labels.get(key), object.jobLabels.get(key)]) &&
    accepts(annotations, (key) => [object.annotations.get(key), template?.annotations.get(key)]) &&
    accepts(fields, (path) => [fieldOf(object, path)]) &&
    (endedBy === undefined || !accepts(endedBy, (path) => [fieldOf(object, path)]))
  );
}

/** A text, or an empty one for a field that is there and holds something else. */
function fieldOf(object: WorkObject, path: string): string | undefined {
  const value = at(object.raw, ...path.split('.'));
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : '';
}

/** Whether every key has an accepted value in one of the places where it may stand. */
function accepts(wanted: Accepted | undefined, placesOf: (key: string) => readonly (string | undefined)[]): boolean {
  if (wanted === undefined) return true;
  return Object.entries(wanted).every(([key, values]) =>
    placesOf(key).some((value) => value !== undefined && (values.length === 0 || values.includes(value))),
  );
}

function hasName({ names, nameWords, unlessWords = [] }: Matcher, inspection: Inspection): boolean {
  const { name } = inspection.object;
  if (names !== undefined && !names.some((prefix) => name.startsWith(prefix))) return false;
  return nameWords === undefined || (inspection.isNamed(nameWords) && !inspection.isNamed(unlessWords));
}
