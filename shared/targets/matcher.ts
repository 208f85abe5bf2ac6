import { at } from '../facts/json.ts';
import { controllerOf, type WorkObject } from '../facts/work.ts';
import { Effort } from '../shell/effort.ts';
import { imagePattern } from './image-names.ts';
import { mentions, runningIn, type Running } from './programs.ts';
import { isCalled, wordsOf } from './sayings.ts';

export { imageBasename } from './programs.ts';

/** Keys to accepted values; an empty list accepts any value. */
export type Accepted = Readonly<Record<string, readonly string[]>>;

/**
 * How an object is recognised. Every part that is given must hold; within a part one entry is enough, but of labels,
 * annotations and fields every key must hold. One and the same container must meet images, commands and arguments.
 * The same language serves the built-in tools and the user's configuration.
 */
export interface Matcher {
  /** Kinds of the object itself, as `group/Kind`; the core group is empty: `/Pod`. */
  readonly kinds?: readonly string[];
  /** Kinds of one of its owners, as `group/Kind`. */
  readonly owners?: readonly string[];
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
  /** Programs that a container runs, without their path: by its command, or by the script of a shell. */
  readonly commands?: readonly string[];
  /** Words anywhere in a container's command, arguments or script: subcommands. */
  readonly arguments?: readonly string[];
  /** Beginnings of the object's name. Never enough alone: names are chosen freely. */
  readonly names?: readonly string[];
  /** Words in the object's name, between hyphens and dots. Never enough alone either. */
  readonly nameWords?: readonly string[];
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
  if (isGiven(matcher.labels, matcher.annotations, matcher.fields, matcher.writers)) return LABEL_STRENGTH;
  if (isGiven(matcher.images, matcher.commands, matcher.ownerWords)) return 2;
  return isNamed(matcher) ? 1 : 0;
}

/** Whether the name counts too: between equals, the matcher that asks for it as well is the more particular one. */
export function isNamed(matcher: Matcher): boolean {
  return isGiven(matcher.names, matcher.nameWords);
}

function isGiven(...parts: readonly unknown[]): boolean {
  return parts.some((part) => part !== undefined);
}

/** How convincing what is written on an object is, see `strengthOf`. */
export const LABEL_STRENGTH = 3;

/** Whether a kind belongs to a tool, and not to Kubernetes itself. */
export function isOwnKind(kind: string): boolean {
  return !['', 'apps', 'batch'].includes(kind.slice(0, kind.indexOf('/')));
}

/** An object with what is asked of it again and again, worked out once. */
export class Suspect {
  readonly object: WorkObject;
  readonly #user: string;
  readonly #effort = new Effort();
  #running: readonly Running[] | undefined;
  #words: ReadonlySet<string> | undefined;

  constructor(object: WorkObject, user = '') {
    this.object = object;
    this.#user = user;
  }

  /** Name of the service account that writes the object; empty where nobody is known. */
  get writer(): string {
    return /^system:serviceaccount:[^:]+:(.+)$/.exec(this.#user)?.[1] ?? '';
  }

  get running(): readonly Running[] {
    this.#running ??= (this.object.template?.containers ?? []).map((container) => runningIn(container, this.#effort));
    return this.#running;
  }

  /** Whether all that it runs was read; where not, what it is stays open. */
  get isWhole(): boolean {
    return this.running.length === 0 || !this.#effort.isSpent;
  }

  /** See `wordsOf`. */
  get words(): ReadonlySet<string> {
    this.#words ??= wordsOf(this.object, this.running);
    return this.#words;
  }
}

/** Whether an object is what the matcher describes. */
export function matches(matcher: Matcher, about: Suspect | WorkObject): boolean {
  const suspect = about instanceof Suspect ? about : new Suspect(about);
  const { object } = suspect;
  return (
    isAmong(matcher.kinds, object.groupKind) &&
    hasOwner(matcher, object) &&
    hasWritten(matcher, object) &&
    hasName(matcher, object) &&
    isAmong(matcher.writers, suspect.writer) &&
    runs(matcher, suspect) &&
    (matcher.says?.some((word) => suspect.words.has(word)) ?? true)
  );
}

function isAmong(accepted: readonly string[] | undefined, value: string): boolean {
  return accepted === undefined || accepted.includes(value);
}

function hasOwner({ owners: accepted, ownerWords }: Matcher, { owners }: WorkObject): boolean {
  return (
    (accepted === undefined || owners.some(({ groupKind }) => accepted.includes(groupKind))) &&
    (ownerWords === undefined || owners.some((owner) => isCalled(owner, ownerWords)))
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

function hasName({ names, nameWords }: Matcher, { name }: WorkObject): boolean {
  if (names !== undefined && !names.some((prefix) => name.startsWith(prefix))) return false;
  return nameWords === undefined || name.split(/[-.]/).some((word) => nameWords.includes(word));
}

function runs(matcher: Matcher, suspect: Suspect): boolean {
  const { images, commands, arguments: words } = matcher;
  if (images === undefined && commands === undefined && words === undefined) return true;
  if (strengthOf(matcher) < LABEL_STRENGTH && isKeptUp(suspect.object)) return false;
  return suspect.running.some(
    (running) =>
      (images?.some((name) => isImage(running, name)) ?? true) &&
      (commands?.some((program) => running.programs.has(program)) ?? true) &&
      (words?.some((word) => running.invocations.some((invocation) => mentions(invocation, word))) ?? true),
  );
}

/** Most names are single parts, which need no pattern. */
function isImage({ image, reference }: Running, name: string): boolean {
  return name.includes('/') ? new RegExp(imagePattern(name)).test(reference) : name === image;
}

/** A pod that a Deployment, StatefulSet or DaemonSet keeps up is a service, whatever its image: no run of a tool. */
export function isKeptUp(object: WorkObject): boolean {
  const controller = controllerOf(object);
  return controller !== undefined && ['apps', ''].includes(controller.group);
}
