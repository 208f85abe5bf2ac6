import * as z from 'zod/mini';
import { isOwnKind, kindFromText } from '../kinds.ts';
import { parsed, type Parsed, type Problem } from '../problem.ts';
import { echo, problemsFromIssue, strict } from '../schema.ts';
import { accepted, MATCH_FORM, matcherFrom, text, TOGETHER } from './match-form.ts';
import { strengthOf } from './matcher.ts';
import { TOOLS } from './registry.ts';
import type { Tool, WorkPattern } from './tool.ts';

/** Most tools and patterns of each that are taken: every one is compared with every object of its kind. */
const MAX_ENTRIES = 100;

/** Names that stand in reports for something else than a tool of the catalogue. */
export const RESERVED = ['daemonset', 'labelled'];

const path = z.array(text).check(z.minLength(1, 'must name at least one field'));
const resource = z
  .string()
  .check(z.regex(/^(?:[a-z0-9.-]+\/)?v[a-z0-9]+\/[a-z0-9]+$/, 'must be group/version/resource'));

const reference = z.union([strict({ field: path }), strict({ label: text }), strict({ value: text })]);

const node = z.discriminatedUnion('in', [
  strict({ in: z.literal('pods') }),
  strict({ in: z.literal('field'), path }),
  strict({ in: z.literal('label'), key: text }),
  strict({
    in: z.literal('object'),
    resource,
    name: reference,
    namespace: z.exactOptional(reference),
    path,
  }),
  strict({ in: z.literal('pods-labelled'), labels: z.record(text, reference) }),
  strict({ in: z.literal('pods-with-claims') }),
]);

const inside = strict({ resource, pods: path, namespace: z.exactOptional(path), while: accepted });

const pattern = strict({
  work: z.enum(['backup', 'scan']),
  what: z.optional(text),
  role: z._default(z.enum(['leaf', 'root', 'schedule']), 'leaf'),
  match: MATCH_FORM,
  node: z._default(node, { in: 'pods' }),
  inside: z.exactOptional(inside),
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

type ToolForm = z.infer<typeof tool>;
type MatchForm = z.infer<typeof MATCH_FORM>;

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

function toolFrom({ id, title, source, patterns }: ToolForm): Tool {
  return {
    id,
    title: title ?? id,
    source,
    known: 'configuration',
    patterns: patterns.map((entry) => patternFrom(entry, title ?? id)),
  };
}

function patternFrom({ what, match, ...rest }: ToolForm['patterns'][number], title: string): WorkPattern {
  return { ...rest, match: matcherFrom(match), what: what ?? `${rest.work} by ${title}` };
}

/** Ids that a tool of the configuration cannot have. */
export const TAKEN_IDS: readonly string[] = [...TOOLS.map(({ id }) => id), ...RESERVED];

/** Kinds, as `group/Kind`, that are known as a built-in tool's already. */
export const TAKEN_KINDS: readonly string[] = [
  ...new Set(
    TOOLS.flatMap(({ patterns }) => patterns.flatMap(({ match: known }) => known.kinds ?? []))
      .filter(isOwnKind)
      .map(({ groupKind }) => groupKind),
  ),
];

function conflictsOf(entries: readonly ToolForm[], root: string): readonly Problem[] {
  const builtIn = new Set(TAKEN_IDS);
  return entries.flatMap(({ id }, index) => {
    const at = `${root}[${index}].id`;
    if (builtIn.has(id)) return [{ path: at, value: echo(id), message: 'is the id of a built-in tool' }];
    const first = entries.findIndex((entry) => entry.id === id);
    return first < index ? [{ path: at, value: echo(id), message: `is already the id of ${root}[${first}]` }] : [];
  });
}

/** Kinds of tools that are built in: the catalogue asks those first, and the entry would never be. */
function shadowedIn(entries: readonly ToolForm[], root: string): readonly Problem[] {
  return entries.flatMap(({ patterns }, index) =>
    patterns.flatMap((entry, position) =>
      entry.match.kinds.flatMap((kind, at) => {
        const owner = isOwnKind(kindFromText(kind)) ? ownerOfKind(kind) : undefined;
        const path = `${root}[${index}].patterns[${position}].match.kinds[${at}]`;
        return owner === undefined ? [] : [{ path, value: echo(kind), message: `is already known as ${owner}` }];
      }),
    ),
  );
}

function ownerOfKind(kind: string): string | undefined {
  return TOOLS.find(({ patterns }) =>
    patterns.some(({ match: known }) => known.kinds?.some(({ groupKind }) => groupKind === kind)),
  )?.id;
}

function weaknessesOf(entries: readonly ToolForm[], root: string): readonly Problem[] {
  return entries.flatMap(({ patterns }, index) =>
    patterns.flatMap((entry, position) => weaknessesIn(entry.match, `${root}[${index}].patterns[${position}].match`)),
  );
}

function weaknessesIn(match: MatchForm, path: string): readonly Problem[] {
  const strength = strengthOf(matcherFrom(match));
  if (strength > 1)
    return lonelyParts(match).map(([part, message]) => ({
      path: `${path}.${part}`,
      value: echo(match[part]),
      message,
    }));
  const message =
    strength === 1
      ? 'knows the work by its name alone, which anybody may choose: add owners, labels, images or commands'
      : 'holds no evidence: add owners, labels, images or commands to the kinds of Kubernetes itself';
  return [{ path, value: echo(match), message }];
}

/** Parts that are given without any of those that they count with. */
function lonelyParts(match: MatchForm): readonly (readonly [part: keyof MatchForm, message: string])[] {
  return TOGETHER.filter(
    ({ part, others }) => match[part] !== undefined && others.every((other) => match[other] === undefined),
  ).map(({ part, others }) => [part, `counts only together with ${others.join(' or ')}`]);
}
