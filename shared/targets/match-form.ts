import * as z from 'zod/mini';
import { kindFromText } from '../kinds.ts';
import { strict } from '../schema.ts';
import { IMAGE_NAME } from './image-names.ts';
import type { Matcher } from './matcher.ts';
import { PIPELINES } from './pipelines.ts';

/** The form of a text that must not be empty. */
export const text = z.string().check(z.minLength(1, 'must not be empty'));

/** The form of keys with the values that are accepted; none accepts any. */
export const accepted = z
  .record(text, z.array(z.string()))
  .check(z.refine((entries) => Object.keys(entries).length > 0, 'must name at least one key'));

/** Texts of a form, one at least. */
function some(pattern: RegExp, message: string) {
  return manyOf(z.string().check(z.regex(pattern, message)));
}

function manyOf<Form extends z.ZodMiniType<string>>(form: Form) {
  return z.array(form).check(z.minLength(1, 'must name at least one'));
}

/**
 * Kinds that an object may have to be work: of Kubernetes itself those that run or prepare something, else any in a group
 * with a dot. The API server could not be told to ask about others without asking about leases and events as well.
 */
const WORK_KIND =
  /^(?:\/(?:Pod|PersistentVolumeClaim|Secret)|batch\/(?:CronJob|Job)|apps\/(?:DaemonSet|Deployment|ReplicaSet|StatefulSet)|[a-z0-9-]+(?:\.[a-z0-9-]+)+\/[A-Z][A-Za-z0-9]*)$/;
/** The end of groups of Kubernetes itself, whose objects are no work of a tool. */
const KUBERNETES_GROUP = /\.k8s\.io\//;

const workKinds = manyOf(
  z.string().check(
    z.regex(WORK_KIND, 'must be group/Kind of work, such as batch/Job, /Pod or example.com/Dump'),
    z.refine((kind) => !KUBERNETES_GROUP.test(kind), 'is a kind of Kubernetes itself that is no work'),
  ),
);
const texts = manyOf(text);
const lowerWords = some(/^[a-z0-9]+$/, 'must be one lower-case word');
const partWords = some(
  /^[a-z0-9*]+$/,
  'must be one lower-case word, as it stands between the hyphens and dots of a name, in which * is any text',
);
const words = some(
  /^[a-z0-9*]+(?: [a-z0-9*]+)?$/,
  'must be one lower-case word, or two that follow each other, in which * is any text',
);

/** The parts of a matcher as a configuration may have them: all of the language in which built-in tools are known. */
const PARTS = {
  kinds: workKinds,
  owners: z.exactOptional(
    some(/^(?:[a-z0-9][a-z0-9.-]*)?\/[A-Z][A-Za-z0-9]*$/, 'must be group/Kind, such as batch/Job or /Pod'),
  ),
  ownerWords: z.exactOptional(some(/^[A-Z][A-Za-z0-9]*$/, 'must be a word as kinds have it, such as Backup')),
  // Of other owners nobody looks up whether they are there, so that they would take nothing off anything.
  notOwners: z.exactOptional(manyOf(z.enum(PIPELINES.map(({ groupKind }) => groupKind)))),
  labels: z.exactOptional(accepted),
  annotations: z.exactOptional(accepted),
  fields: z.exactOptional(accepted),
  images: z.exactOptional(
    some(IMAGE_NAME, 'must be an image without tag and digest, such as dumper or registry.example.com/team/dumper'),
  ),
  entrypoints: z.exactOptional(
    some(
      /^[A-Za-z0-9._-]+(?: [^\s]+)*$/,
      "must be the last part of an image's name, with a subcommand behind it where only that counts, such as dumper or dumper run",
    ),
  ),
  commands: z.exactOptional(
    some(
      /^[^\s/]+(?: [^\s]+)*$/,
      'must be a program without its path, with a subcommand behind it where only that counts, such as dump or dump all',
    ),
  ),
  arguments: z.exactOptional(texts),
  without: z.exactOptional(texts),
  runWords: z.exactOptional(words),
  unlessRunWords: z.exactOptional(words),
  settings: z.exactOptional(words),
  names: z.exactOptional(texts),
  nameWords: z.exactOptional(partWords),
  unlessWords: z.exactOptional(words),
  aboutWords: z.exactOptional(words),
  says: z.exactOptional(lowerWords),
  writers: z.exactOptional(
    some(/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/, 'must be the name of a service account, without its namespace'),
  ),
  endedBy: z.exactOptional(accepted),
} satisfies Readonly<Record<keyof Matcher, unknown>>;

/** The form of a matcher in the configuration. */
export const MATCH_FORM = strict(PARTS);

/** The matcher that a configuration says, in which kinds are texts. */
export function matcherFrom({ kinds, owners, notOwners, ...others }: z.infer<typeof MATCH_FORM>): Matcher {
  return {
    ...others,
    kinds: kinds.map(kindFromText),
    ...(owners !== undefined && { owners: owners.map(kindFromText) }),
    ...(notOwners !== undefined && { notOwners: notOwners.map(kindFromText) }),
  };
}

/** What runs, by which a program is known. */
const PROGRAMS: readonly (keyof Matcher)[] = ['entrypoints', 'commands', 'arguments', 'runWords'];

/** A part that is passed over, or proves nothing, where none of others is given. */
interface Dependent {
  readonly part: keyof Matcher;
  readonly others: readonly (keyof Matcher)[];
}

/** Parts that count only together with one of others. */
export const TOGETHER: readonly Dependent[] = [
  // What runs is named by whoever writes it: without a second sign it is a name alone.
  {
    part: 'runWords',
    others: ['names', 'nameWords', 'labels', 'annotations', 'fields', 'owners', 'ownerWords', 'images', 'writers'],
  },
  // So are the variables and volumes that it is given.
  {
    part: 'settings',
    others: ['names', 'nameWords', 'labels', 'annotations', 'fields', 'owners', 'ownerWords', 'images', 'writers'],
  },
  { part: 'unlessRunWords', others: ['runWords', 'settings'] },
  { part: 'aboutWords', others: ['runWords'] },
  { part: 'unlessWords', others: ['nameWords'] },
  { part: 'without', others: PROGRAMS },
];
