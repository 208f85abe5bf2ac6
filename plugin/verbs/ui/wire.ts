import * as z from 'zod/mini';

/** What server and page say to each other: both read it by these forms, so neither trusts the other's version. */

function list<T extends z.core.$ZodType>(of: T): z.ZodMiniReadonly<z.ZodMiniArray<T>> {
  return z.readonly(z.array(of));
}

const texts = list(z.string());

const Claim = z.object({
  owner: z.string(),
  mode: z.string(),
  since: z.string(),
  reason: z.optional(z.string()),
  ticket: z.optional(z.string()),
  until: z.optional(z.string()),
});

const NodeRun = z.object({
  owner: z.string(),
  id: z.string(),
  number: z.number(),
  of: z.number(),
  step: z.string(),
  silentSince: z.nullable(z.string()),
});

const Exception = z.object({ rules: texts, until: z.string(), by: z.string(), reason: z.string() });

const Deletion = z.object({
  verdict: z.enum(['safe', 'blocked', 'unknown']),
  blockers: list(z.object({ kind: z.string(), text: z.string(), names: texts })),
});

const Cause = z.object({ kind: z.string(), text: z.string(), names: texts });

/** A node as the page lists it: what `status -o json` has of it, its roles, and its state in the words of the table. */
export const NodeRow = z.object({
  name: z.string(),
  roles: texts,
  state: z.string(),
  stateText: z.string(),
  mode: z.nullable(z.string()),
  since: z.nullable(z.string()),
  until: z.nullable(z.string()),
  overdue: z.boolean(),
  claims: list(Claim),
  run: z.nullable(NodeRun),
  cordonedBy: z.nullable(z.string()),
  podsLeft: z.nullable(z.number()),
  unconfirmed: z.number(),
  progress: z.string(),
  stoppedSince: z.nullable(z.string()),
  ready: z.boolean(),
  schedulable: z.boolean(),
  health: z.nullable(texts),
  heartbeat: z.nullable(z.object({ renewedAt: z.string(), ageSeconds: z.number(), leaseSeconds: z.number() })),
  /** Types of the conditions that should not be True and are. */
  pressures: texts,
  /** Since when it is seen as it has to be on its way back, in the state in which it is (RFC 3339); null: it is not. */
  cleanSince: z.nullable(z.string()),
  /** What holds the pods of a drain, whoever carries it out; null: it is not drained, or its pods could not be read. */
  drain: z.nullable(z.object({ causes: list(Cause), areBudgetsKnown: z.boolean() })),
  deletion: z.nullable(Deletion),
  heldBack: z.nullable(texts),
  hooks: list(z.object({ hook: z.string(), step: z.string(), done: z.boolean(), undo: z.string() })),
  exceptions: list(Exception),
  problems: texts,
});
export type NodeRow = z.infer<typeof NodeRow>;

const Line = z.object({ kind: z.enum(['result', 'note', 'warn']), text: z.string() });
/** A line as a command says it. */
export type Line = z.infer<typeof Line>;

/** A cluster beside the others. */
export const ClusterState = z.object({
  /** The context that it was asked for by. */
  name: z.string(),
  /** `refused`: it answers, and does not let the caller look. */
  state: z.enum(['connecting', 'live', 'unreachable', 'refused']),
  /** Why it is not live; empty when it is. */
  why: z.string(),
  /** Since when it is so (RFC 3339). */
  since: z.string(),
  /** What `status` says beside its table. */
  remarks: list(Line),
});
export type ClusterState = z.infer<typeof ClusterState>;

const Named = z.object({ namespace: z.string(), name: z.string() });
const Reasoned = z.object({ namespace: z.string(), name: z.string(), why: z.string() });

const Finding = z.object({ severity: z.enum(['refuse', 'warn']), text: z.string() });

const Progress = z.object({
  node: z.string(),
  phase: z.string(),
  left: z.number(),
  total: z.number(),
  causes: list(Cause),
});

/** How long an `off` wants a node to stay clean, in seconds: how the node is, its row tells. */
const Gate = z.object({ node: z.string(), healthyFor: z.number() });

const Planned = z.object({ node: z.string(), evict: list(Named), waitFor: list(Reasoned), leave: list(Reasoned) });
const Room = z.object({ moving: z.number(), without: list(Named), looked: z.number(), candidates: z.number() });

/** What a command has told so far, as far as the page shows more of it than lines. */
export const Told = {
  finding: Finding,
  progress: Progress,
  gate: Gate,
  planned: Planned,
  room: Room,
};

/** A command line that was carried out here, or is. */
export const RunState = z.object({
  id: z.string(),
  cluster: z.string(),
  verb: z.enum(['on', 'off', 'allow']),
  nodes: texts,
  /** Changes nothing. */
  dryRun: z.boolean(),
  /** What somebody would type who does the same. */
  line: z.string(),
  /** The exit code of the command; null while it goes on. */
  code: z.nullable(z.number()),
  lines: list(Line),
  findings: list(Finding),
  planned: list(Planned),
  room: z.nullable(Room),
  progress: list(Progress),
  gates: list(Gate),
});
export type RunState = z.infer<typeof RunState>;

/** What the page hears, as it happens. */
export const Message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cluster'), cluster: ClusterState }),
  /** `whole`: nothing else of this cluster is known any more. */
  z.object({
    type: z.literal('nodes'),
    cluster: z.string(),
    whole: z.boolean(),
    changed: list(NodeRow),
    removed: texts,
  }),
  z.object({ type: z.literal('run'), run: RunState }),
  /** Everything that was known at first has been told. */
  z.object({ type: z.literal('caught-up') }),
  /** The server was told to end. */
  z.object({ type: z.literal('ending') }),
]);
export type Message = z.infer<typeof Message>;

/** What a one-time token is exchanged for, beside the cookie. */
export const Opened = z.object({ key: z.string() });

/** What the page is, for as long as it is open. */
export const About = z.object({
  version: z.string(),
  allowsChanges: z.boolean(),
  clusters: texts,
  /** Rules that an exception may lift. */
  liftable: texts,
});
export type About = z.infer<typeof About>;

/** Everything about one node that its row does not have; read when somebody looks at it. */
export const NodeDetails = z.object({
  /** The Node object is there. */
  exists: z.boolean(),
  conditions: list(
    z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string(), since: z.string() }),
  ),
  events: list(
    z.object({
      type: z.string(),
      reason: z.string(),
      message: z.string(),
      count: z.number(),
      lastAt: z.string(),
    }),
  ),
  keptOff: list(
    z.object({ what: z.string(), times: z.number(), lastAt: z.string(), afterDenial: z.nullable(z.string()) }),
  ),
  /** What could not be read. */
  missing: texts,
});
export type NodeDetails = z.infer<typeof NodeDetails>;

const Check = z.object({
  check: z.string(),
  status: z.enum(['ok', 'skipped', 'warn', 'fail']),
  message: z.string(),
  todo: z.nullable(z.string()),
});

const RuleInForce = z.object({
  id: z.string(),
  about: z.string(),
  mode: z.string(),
  scope: z.string(),
  unknown: z.string(),
  tools: list(z.object({ tool: z.string(), mode: z.string(), scope: z.string() })),
});

/** What the API server is told to enforce, and whether it does. */
export const Enforcement = z.object({
  /** Why the defaults stand in for the policy; null: it is known. */
  assumed: z.nullable(z.string()),
  addonChange: z.string(),
  rules: list(RuleInForce),
  checks: list(Check),
  /** Why nothing could be asked; null: it could. */
  failed: z.nullable(z.string()),
});
export type Enforcement = z.infer<typeof Enforcement>;

/** Names of nodes (RFC 1123): nothing else may come to stand in a command line as one. */
const NodeName = z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/));
/** More than anybody types into a form. */
const Text = z.string().check(z.maxLength(1000));

/** What the page asks to be carried out. */
export const Asked = z.object({
  cluster: z.string(),
  verb: z.enum(['on', 'off', 'allow']),
  nodes: list(NodeName).check(z.minLength(1)),
  dryRun: z.enum(['none', 'client', 'server']),
  /** Flags with a value, by name. */
  values: z.partialRecord(
    z.enum(['mode', 'reason', 'ticket', 'owner', 'for', 'rules', 'timeout', 'healthy-for']),
    Text,
  ),
  switches: list(
    z.enum([
      'force',
      'delete-emptydir-data',
      'allow-last-node',
      'adopt',
      'no-drain',
      'skip-health-check',
      'all',
      'revoke',
    ]),
  ),
});
export type Asked = z.infer<typeof Asked>;

/** The run that was begun, or why none was. */
export const Begun = z.object({ id: z.string() });
export const Refusal = z.object({ error: z.string() });
