import * as z from 'zod/mini';
import { numberAt } from '../facts/json.ts';
import { once } from '../once.ts';
import { parsed, refused, type Parsed, type Problem } from '../problem.ts';

/** RFC 3339. Without an offset, Date.parse would take the reader's own time zone; it reads "tomorrow 9" as well. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Longest id of a run, in characters: a UUID has 36. */
const MAX_RUN_ID = 64;
/** Longest word for a step, in characters: `returning` has 9, and a newer kubectl maint may know others. */
const MAX_RUN_STEP = 32;

/** Made for the first record that is read: most commands meet none, and it takes 5 ms of a start. */
const recordForm = once(() => {
  const moment = z
    .string()
    .check(z.refine((text) => RFC_3339.test(text) && !Number.isNaN(Date.parse(text)), 'is not a time (RFC 3339)'));
  const mode = z.enum(['drain', 'cordon']);

  const count = z.number().check(z.int(), z.positive());
  const run = z.looseObject({
    id: z.string().check(z.minLength(1), z.maxLength(MAX_RUN_ID)),
    number: count,
    of: count,
    step: z.string().check(z.maxLength(MAX_RUN_STEP)),
  });

  const claim = z.looseObject({
    owner: z.string().check(z.minLength(1)),
    id: z.optional(z.string()),
    by: z.optional(z.string()),
    mode,
    reason: z.optional(z.string()),
    ticket: z.optional(z.string()),
    since: moment,
    until: z.optional(moment),
    run: z.optional(run),
  });

  const before = z.looseObject({
    cordoned: z.boolean(),
    annotations: z.optional(z.record(z.string(), z.nullable(z.string()))),
    labels: z.optional(z.record(z.string(), z.nullable(z.string()))),
    machine: z.optional(z.looseObject({ namespace: z.string(), name: z.string() })),
  });

  const exception = z.looseObject({
    rules: z.array(z.string()).check(z.minLength(1)),
    until: moment,
    by: z.string(),
    reason: z.string(),
  });

  return z.looseObject({
    version: z.literal(1),
    claims: z.array(claim).check(z.minLength(1)),
    before,
    exceptions: z._default(z.array(exception), []),
    initiatedAt: moment,
    completedAt: z.optional(moment),
    unconfirmed: z.optional(z.number()),
  });
});

/** What a claim asks for: move the workloads away, or only keep new ones off. */
export type Mode = Claim['mode'];
/**
 * One owner's wish for maintenance. Times are RFC 3339. `id` is another one each time the owner takes the node: whatever
 * ends a maintenance ends the claim that it began with, and no later one of the same owner. Old records have none. `by`:
 * who made the claim, as the API server knows him, where that is another name than the owner's and somebody has to know it.
 */
export type Claim = MaintenanceRecord['claims'][number];
/** The run over nodes that made a claim: the how manieth of its nodes this is, and what it does there. */
export type ClaimRun = NonNullable<Claim['run']>;
/**
 * What the node was like before the first claim: its cordon, and annotations and labels that we set (null = it had none).
 * `machine`: Cluster API's, where we keep it from remediation, and nobody did before.
 */
export type Before = MaintenanceRecord['before'];
/** A time-limited permission: these rules do not apply to this node until then. */
export type Exception = MaintenanceRecord['exceptions'][number];
/**
 * The value of the record annotation, version 1. `unconfirmed`: how many pods were asked to go from a node that nobody
 * confirms to be empty; with it the drain is over, and the node not known to be drained. Fields that we do not know are kept.
 */
export type MaintenanceRecord = z.infer<ReturnType<typeof recordForm>>;

/** What a node's annotation says: nothing, a record, or something that cannot be read and counts as maintenance all the same. */
export type RecordReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'record'; readonly record: MaintenanceRecord }
  | { readonly kind: 'unreadable'; readonly problems: readonly Problem[] };

/** A node without the annotation. */
export const NO_RECORD: RecordReading = { kind: 'none' };

/** Parses the annotation's value. Problems name the field; the text itself is not echoed. */
export function parseRecord(text: string): Parsed<MaintenanceRecord> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused({ path: '', message: 'is not JSON' });
  }
  const version = numberAt(value, 'version');
  if (version !== undefined && version > 1) {
    return refused({ path: 'version', message: `is ${version}: a newer kubectl maint wrote it, use that one` });
  }
  const result = z.safeParse(recordForm(), value);
  if (result.success) return parsed(result.data);
  return {
    ok: false,
    problems: result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  };
}

/** Renders a record as the annotation's value. `parseRecord(renderRecord(r))` gives `r` back. */
export function renderRecord(value: MaintenanceRecord): string {
  return JSON.stringify(value);
}

/** Reads an annotation that may be absent. Any present value means maintenance (fail safe). */
export function readRecord(annotation: string | undefined): RecordReading {
  if (annotation === undefined) return NO_RECORD;
  const result = parseRecord(annotation);
  return result.ok ? { kind: 'record', record: result.value } : { kind: 'unreadable', problems: result.problems };
}
