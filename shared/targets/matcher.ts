import { at } from '../facts/json.ts';
import { workloadKindOf } from '../facts/controllers.ts';
import type { WorkObject } from '../facts/work.ts';
import { isOfKind, isOwnKind, type Kind } from '../kinds.ts';
import { eachOnce, once } from '../once.ts';
import { Effort } from '../shell/effort.ts';
import { runningIn, type RunningContainer } from './running-container.ts';
import { hasOneOf } from './program-words.ts';
import { asksAboutContainers, matchesContainer } from './container-matcher.ts';
import { isRequestFor, wordsOf } from './words-of-work.ts';

/** Keys to accepted values; an empty list accepts any value. */
export type Accepted = Readonly<Record<string, readonly string[]>>;

/**
 * How an object is recognised. Every part that is given must hold; within a part one entry is enough, but of labels,
 * annotations and fields every key must hold. One and the same container must meet images, commands and arguments.
 * The same language serves the built-in tools and the user's configuration (match-form.ts).
 */
export interface Matcher {
  /** Kinds of the object itself. */
  readonly kinds?: readonly Kind[];
  /** Kinds of one of its owners. */
  readonly owners?: readonly Kind[];
  /** Words with which the kind of one of its owners ends, if that is a tool's own: `Backup` for `MySQLBackup`, `BackupJob`. */
  readonly ownerWords?: readonly string[];
  /** Labels on the object, its pod template or its job template. */
  readonly labels?: Accepted;
  /** Annotations on the object or its pod template. */
  readonly annotations?: Accepted;
  /** Texts in fields, by path with dots; without accepted values the field must be there. */
  readonly fields?: Accepted;
  /**
   * Images without tag and digest, by their last part (`kube-bench`), or with as much of the path and the registry as shall
   * count (`aquasec/kube-bench`, `registry.example.com/dumper`).
   */
  readonly images?: readonly string[];
  /**
   * Images, by their last part, that run their own entry point: with a command of the object's own they may run anything. A
   * subcommand may stand behind, as in `commands`.
   */
  readonly entrypoints?: readonly string[];
  /**
   * Programs that a container runs, without their path, in the words of a shell, wrappers and scripts looked through; where
   * only a subcommand counts, with that behind it (`restic backup`), in which `*` is any text.
   */
  readonly commands?: readonly string[];
  /** Words among the arguments of that program or image, or of any that runs where none is named; `*` is any text. */
  readonly arguments?: readonly string[];
  /** Words that must not stand among these arguments: `--download-db-only`. */
  readonly without?: readonly string[];
  /** Lower-case words in the own name of a program, script or image that runs, or its subcommand; `*` is any text. */
  readonly runWords?: readonly string[];
  /** Words that must not stand there: `cleanup`. */
  readonly unlessRunWords?: readonly string[];
  /**
   * Lower-case words in the names of the variables, or the paths of the volumes, that a container has for its image's own
   * entry point or a script: `BACKUP_BUCKET`, `/backups`. What asks for these does such work, whatever it is called; `*` is
   * any text.
   */
  readonly settings?: readonly string[];
  /** Beginnings of the object's name. Never enough alone: names are chosen freely. */
  readonly names?: readonly string[];
  /** Words in the object's name or an owner's, between hyphens and dots; `*` is any text. Never enough alone either. */
  readonly nameWords?: readonly string[];
  /** Words that must not stand there. */
  readonly unlessWords?: readonly string[];
  /** Words one of which must stand in either: in those names, or in the own name of what runs. */
  readonly aboutWords?: readonly string[];
  /** Kinds of owners that it must not have; one that is written there and does not exist changes nothing. */
  readonly notOwners?: readonly Kind[];
  /** Lower-case words in the object's name, its containers' names, images, commands or arguments: a second sign. */
  readonly says?: readonly string[];
  /** Names of service accounts that write the object, without namespace. Where nobody is known, it does not hold. */
  readonly writers?: readonly string[];
  /** Values of fields by which an object says that its work is over: then it is a record, and starts nothing. */
  readonly endedBy?: Accepted;
}

/**
 * How convincing the best part of a matcher is (product principle "identity by the strongest evidence"):
 * own kind of a tool 5, owner 4, labels and what else is written on the object 3, image or command 2, name 1.
 * Kinds of Kubernetes itself say nothing.
 */
export function strengthOf(matcher: Matcher): number {
  if (matcher.kinds?.some(isOwnKind) === true) return 5;
  if (matcher.owners?.some(isOwnKind) === true) return 4;
  if (isGiven(matcher, WRITTEN)) return LABEL_STRENGTH;
  if (isGiven(matcher, WHAT_RUNS)) return 2;
  return isNamed(matcher) ? 1 : 0;
}

/** Parts about what is written on the object, and about what runs. */
const WRITTEN = ['labels', 'annotations', 'fields', 'writers'] as const;
const WHAT_RUNS = ['images', 'entrypoints', 'commands', 'runWords', 'settings', 'ownerWords'] as const;

/** Parts that prove something whatever the kind; owners do by theirs. */
export const EVIDENCE: readonly (keyof Matcher)[] = [...WRITTEN, ...WHAT_RUNS];

/**
 * How sure a classification is: `certain` by a kind of the tool's own or its owner's, `stated` by what somebody wrote on the
 * object as labels, annotations or fields, `likely` by an image or program of a tool, `guess` by two signs neither of which
 * is enough, such as a program and a name.
 */
export type Confidence = 'certain' | 'stated' | 'likely' | 'guess';

/** How sure whatever a matcher describes is. */
export function confidenceOf(matcher: Matcher): Confidence {
  const strength = strengthOf(matcher);
  if (strength > LABEL_STRENGTH) return 'certain';
  if (strength === LABEL_STRENGTH) return 'stated';
  return isGiven(matcher, ['names', 'nameWords', 'runWords', 'settings', 'ownerWords']) ? 'guess' : 'likely';
}

/**
 * Between matchers of the same strength: the one that asks for the object's name as well is the more particular one, and one
 * that only asks for words in two names is the least.
 */
export function particularityOf(matcher: Matcher): number {
  if (isGiven(matcher, ['runWords', 'settings'])) return -1;
  return isNamed(matcher) ? 1 : 0;
}

function isNamed(matcher: Matcher): boolean {
  return isGiven(matcher, ['names', 'nameWords']);
}

function isGiven(matcher: Matcher, parts: readonly (keyof Matcher)[]): boolean {
  return parts.some((part) => matcher[part] !== undefined);
}

/** How convincing what is written on an object is, see `strengthOf`. */
export const LABEL_STRENGTH = 3;

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
