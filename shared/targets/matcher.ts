import { isOwnKind, type Kind } from '../kinds.ts';

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
