import * as z from 'zod/mini';
import { parsed, type Parsed, type Problem } from '../problem.ts';
import { echo, problemsFromIssue, strict } from '../schema.ts';
import { IMAGE_NAME } from './image-names.ts';
import { isOwnKind, strengthOf, type Matcher } from './matcher.ts';
import { TOOLS } from './registry.ts';
import type { Tool, WorkPattern } from './tool.ts';

/** Most tools and patterns of each that are taken: every one is compared with every object of its kind. */
const MAX_ENTRIES = 100;

/** Names that stand in reports for something else than a tool of the catalogue. */
export const RESERVED = ['daemonset', 'labelled'];

const text = z.string().check(z.minLength(1, 'must not be empty'));
const texts = z.array(text).check(z.minLength(1, 'must name at least one'));
const kinds = z
  .array(
    z
      .string()
      .check(z.regex(/^(?:[a-z0-9][a-z0-9.-]*)?\/[A-Z][A-Za-z0-9]*$/, 'must be group/Kind, such as batch/Job or /Pod')),
  )
  .check(z.minLength(1, 'must name at least one'));

/**
 * Kinds that an object may have to be work: of Kubernetes itself those that run or prepare something, else any in a group
 * with a dot. The API server could not be told to ask about others without asking about leases and events as well.
 */
const WORK_KIND =
  /^(?:\/(?:Pod|PersistentVolumeClaim|Secret)|batch\/(?:CronJob|Job)|apps\/(?:DaemonSet|Deployment|ReplicaSet|StatefulSet)|[a-z0-9-]+(?:\.[a-z0-9-]+)+\/[A-Z][A-Za-z0-9]*)$/;
/** The end of groups of Kubernetes itself, whose objects are no work of a tool. */
const KUBERNETES_GROUP = /\.k8s\.io\//;
const workKinds = z
  .array(
    z.string().check(
      z.regex(WORK_KIND, 'must be group/Kind of work, such as batch/Job, /Pod or example.com/Dump'),
      z.refine((kind) => !KUBERNETES_GROUP.test(kind), 'is a kind of Kubernetes itself that is no work'),
    ),
  )
  .check(z.minLength(1, 'must name at least one'));
const accepted = z
  .record(text, z.array(z.string()))
  .check(z.refine((entries) => Object.keys(entries).length > 0, 'must name at least one key'));
const ownerWords = z
  .array(z.string().check(z.regex(/^[A-Z][A-Za-z0-9]*$/, 'must be a word as kinds have it, such as Backup')))
  .check(z.minLength(1, 'must name at least one'));
const lowerWords = z
  .array(z.string().check(z.regex(/^[a-z0-9]+$/, 'must be one lower-case word')))
  .check(z.minLength(1, 'must name at least one'));
const images = z
  .array(
    z
      .string()
      .check(
        z.regex(
          IMAGE_NAME,
          'must be an image without tag and digest, such as dumper or registry.example.com/team/dumper',
        ),
      ),
  )
  .check(z.minLength(1, 'must name at least one'));
const path = z.array(text).check(z.minLength(1, 'must name at least one field'));

const match = strict({
  kinds: workKinds,
  owners: z.optional(kinds),
  ownerWords: z.optional(ownerWords),
  labels: z.optional(accepted),
  annotations: z.optional(accepted),
  fields: z.optional(accepted),
  images: z.optional(images),
  commands: z.optional(texts),
  arguments: z.optional(texts),
  names: z.optional(texts),
  nameWords: z.optional(texts),
  says: z.optional(lowerWords),
  writers: z.optional(texts),
  endedBy: z.optional(accepted),
});

const reference = z.union([strict({ field: path }), strict({ label: text }), strict({ value: text })]);

const node = z.discriminatedUnion('in', [
  strict({ in: z.literal('pods') }),
  strict({ in: z.literal('field'), path }),
  strict({ in: z.literal('label'), key: text }),
  strict({
    in: z.literal('object'),
    resource: z.string().check(z.regex(/^(?:[a-z0-9.-]+\/)?v[a-z0-9]+\/[a-z0-9]+$/, 'must be group/version/resource')),
    name: reference,
    namespace: z.optional(reference),
    path,
  }),
  strict({ in: z.literal('pods-labelled'), labels: z.record(text, reference) }),
  strict({ in: z.literal('pods-with-claims') }),
]);

const pattern = strict({
  work: z.enum(['backup', 'scan']),
  what: z.optional(text),
  role: z._default(z.enum(['leaf', 'root', 'schedule']), 'leaf'),
  match,
  node: z._default(node, { in: 'pods' }),
  afterDenial: z._default(z.enum(['retried', 'lost', 'failed']), 'failed'),
});

const tool = strict({
  id: z.string().check(z.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case words with hyphens')),
  title: z.optional(text),
  source: z._default(z.string(), ''),
  patterns: z
    .array(pattern)
    .check(z.minLength(1, 'must hold at least one'), z.maxLength(MAX_ENTRIES, `must hold at most ${MAX_ENTRIES}`)),
});

/** The form of tools in the configuration; what it cannot say is checked by parseUserTools. */
export const TOOLS_FORM = z.array(tool).check(z.maxLength(MAX_ENTRIES, `must hold at most ${MAX_ENTRIES}`));

type Entry = z.infer<typeof tool>;

/**
 * Tools from the configuration, in the language of the built-in ones; `root` is where they stand in it. Every problem
 * at once, each with the value that is wrong. Unknown keys, ids that are taken and matchers that prove nothing are
 * problems: a tool that silently matches nothing, or everything, is only noticed when a backup is missing.
 */
export function parseUserTools(value: unknown, root = 'tools'): Parsed<readonly Tool[]> {
  const result = z.safeParse(TOOLS_FORM, value);
  const problems = result.success
    ? [...conflictsOf(result.data, root), ...shadowedIn(result.data, root), ...weaknessesOf(result.data, root)]
    : result.error.issues.flatMap((issue) => problemsFromIssue(issue, value, root));
  if (!result.success || problems.length > 0) return { ok: false, problems };
  return parsed(result.data.map(toolFrom));
}

function toolFrom({ id, title, source, patterns }: Entry): Tool {
  return { id, title: title ?? id, source, patterns: patterns.map((entry) => patternFrom(entry, title ?? id)) };
}

function patternFrom(
  { what, match: wanted, node: source, ...rest }: Entry['patterns'][number],
  title: string,
): WorkPattern {
  return { ...rest, what: what ?? `${rest.work} by ${title}`, match: matcherFrom(wanted), node: sourceFrom(source) };
}

/** Parts that were not given are left out, as the matcher wants it. */
function matcherFrom(wanted: z.infer<typeof match>): Matcher {
  return {
    kinds: wanted.kinds,
    ...(wanted.owners && { owners: wanted.owners }),
    ...(wanted.ownerWords && { ownerWords: wanted.ownerWords }),
    ...(wanted.labels && { labels: wanted.labels }),
    ...(wanted.annotations && { annotations: wanted.annotations }),
    ...(wanted.fields && { fields: wanted.fields }),
    ...(wanted.endedBy && { endedBy: wanted.endedBy }),
    ...runFrom(wanted),
  };
}

function runFrom(wanted: z.infer<typeof match>): Matcher {
  return {
    ...(wanted.images && { images: wanted.images }),
    ...(wanted.commands && { commands: wanted.commands }),
    ...(wanted.arguments && { arguments: wanted.arguments }),
    ...(wanted.names && { names: wanted.names }),
    ...(wanted.nameWords && { nameWords: wanted.nameWords }),
    ...(wanted.says && { says: wanted.says }),
    ...(wanted.writers && { writers: wanted.writers }),
  };
}

function sourceFrom(source: z.infer<typeof node>): WorkPattern['node'] {
  if (source.in !== 'object') return source;
  const { namespace, ...rest } = source;
  return namespace === undefined ? rest : { ...rest, namespace };
}

/** Ids that a tool of the configuration cannot have. */
export const TAKEN_IDS: readonly string[] = [...TOOLS.map(({ id }) => id), ...RESERVED];

/** Kinds, as `group/Kind`, that are known as a built-in tool's already. */
export const TAKEN_KINDS: readonly string[] = [
  ...new Set(TOOLS.flatMap(({ patterns }) => patterns.flatMap(({ match: known }) => known.kinds ?? []))),
].filter(isOwnKind);

function conflictsOf(entries: readonly Entry[], root: string): readonly Problem[] {
  const builtIn = new Set(TAKEN_IDS);
  return entries.flatMap(({ id }, index) => {
    const at = `${root}[${index}].id`;
    if (builtIn.has(id)) return [{ path: at, value: echo(id), message: 'is the id of a built-in tool' }];
    const first = entries.findIndex((entry) => entry.id === id);
    return first < index ? [{ path: at, value: echo(id), message: `is already the id of ${root}[${first}]` }] : [];
  });
}

/** Kinds of tools that are built in: the catalogue asks those first, and the entry would never be. */
function shadowedIn(entries: readonly Entry[], root: string): readonly Problem[] {
  return entries.flatMap(({ patterns }, index) =>
    patterns.flatMap((entry, position) =>
      entry.match.kinds.flatMap((kind, at) => {
        const owner = isOwnKind(kind) ? ownerOfKind(kind) : undefined;
        const path = `${root}[${index}].patterns[${position}].match.kinds[${at}]`;
        return owner === undefined ? [] : [{ path, value: echo(kind), message: `is already known as ${owner}` }];
      }),
    ),
  );
}

function ownerOfKind(kind: string): string | undefined {
  return TOOLS.find(({ patterns }) => patterns.some(({ match: known }) => known.kinds?.includes(kind)))?.id;
}

function weaknessesOf(entries: readonly Entry[], root: string): readonly Problem[] {
  return entries.flatMap(({ patterns }, index) =>
    patterns.flatMap((entry, position) => {
      const at = `${root}[${index}].patterns[${position}].match`;
      const strength = strengthOf(matcherFrom(entry.match));
      if (strength > 1) return [];
      const message =
        strength === 1
          ? 'knows the work by its name alone, which anybody may choose: add owners, labels, images or commands'
          : 'holds no evidence: add owners, labels, images or commands to the kinds of Kubernetes itself';
      return [{ path: at, value: echo(entry.match), message }];
    }),
  );
}
