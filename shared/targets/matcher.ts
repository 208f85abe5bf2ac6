import { kindKey, type ContainerFacts, type WorkObject } from '../facts/work.ts';

/**
 * How an object is recognised. Every part that is given must hold; within a part one entry is enough.
 * The same language serves the built-in tools and the user's configuration.
 */
export interface Matcher {
  /** Kinds of the object itself, as `group/Kind`; the core group is empty: `/Pod`. */
  readonly kinds?: readonly string[];
  /** Kinds of one of its owners, as `group/Kind`. */
  readonly owners?: readonly string[];
  /** Labels on the object, its pod template or its job template: key to accepted values; an empty list accepts any. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Image basenames, without registry, repository path, tag and digest: `docker.io/aquasec/kube-bench:v1` is `kube-bench`. */
  readonly images?: readonly string[];
  /** Words that stand in a container's command or arguments; of a path its last part counts. */
  readonly commands?: readonly string[];
  /** Beginnings of the object's name. Never enough alone: names are chosen freely. */
  readonly names?: readonly string[];
}

/**
 * How convincing the best part of a matcher is (product principle "identity by the strongest evidence"):
 * own kind of a tool 5, owner 4, labels 3, image or command 2, name 1. Kinds of Kubernetes itself say nothing.
 */
export function strengthOf(matcher: Matcher): number {
  if (matcher.kinds?.some((kind) => !isBuiltIn(kind)) === true) return 5;
  if (matcher.owners !== undefined) return 4;
  if (matcher.labels !== undefined) return 3;
  if (matcher.images !== undefined || matcher.commands !== undefined) return 2;
  return matcher.names === undefined ? 0 : 1;
}

function isBuiltIn(kind: string): boolean {
  return ['', 'apps', 'batch'].includes(kind.slice(0, kind.indexOf('/')));
}

/** Whether an object is what the matcher describes. */
export function matches(matcher: Matcher, object: WorkObject): boolean {
  return (
    isOneOf(matcher.kinds, kindKey(object)) &&
    hasOwner(matcher.owners, object) &&
    hasLabels(matcher.labels, object) &&
    runsImage(matcher.images, object) &&
    runsCommand(matcher.commands, object) &&
    (matcher.names === undefined || matcher.names.some((prefix) => object.name.startsWith(prefix)))
  );
}

function isOneOf(accepted: readonly string[] | undefined, value: string): boolean {
  return accepted === undefined || accepted.includes(value);
}

function hasOwner(accepted: readonly string[] | undefined, object: WorkObject): boolean {
  return accepted === undefined || object.owners.some((owner) => accepted.includes(kindKey(owner)));
}

function hasLabels(wanted: Matcher['labels'], object: WorkObject): boolean {
  if (wanted === undefined) return true;
  const places = [object.labels, object.jobLabels, object.template?.labels ?? new Map<string, string>()];
  return Object.entries(wanted).every(([key, values]) =>
    places.some((labels) => {
      const value = labels.get(key);
      return value !== undefined && (values.length === 0 || values.includes(value));
    }),
  );
}

function runsImage(accepted: readonly string[] | undefined, object: WorkObject): boolean {
  return accepted === undefined || containersOf(object).some(({ image }) => accepted.includes(imageBasename(image)));
}

function runsCommand(accepted: readonly string[] | undefined, object: WorkObject): boolean {
  return (
    accepted === undefined ||
    containersOf(object).some(({ words }) => words.some((word) => accepted.includes(lastPart(word))))
  );
}

function containersOf(object: WorkObject): readonly ContainerFacts[] {
  return object.template?.containers ?? [];
}

/** The last path element of an image reference without tag and digest. */
export function imageBasename(image: string): string {
  const [withoutDigest = ''] = image.split('@');
  const last = lastPart(withoutDigest);
  const [name = ''] = last.split(':');
  return name;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
