import * as z from 'zod/mini';
import { messageOf, strict, type Problem } from '../../../shared/index.ts';
import { expectationIn } from '../../expectations/expectation.ts';
import { KEEPERS } from '../../preflight/data/at-stake.ts';
import type { Action, Inverse, Patch, Target } from '../hook.ts';
import { SERVER, SERVER_FORM } from '../servers/place.ts';
import { duration, spanOf } from './duration.ts';

/**
 * How long a silence lasts from the last time that somebody extends it: alerts that nobody silences any more come back in an hour
 * at the latest, and a command that extends it every quarter of it may fail for half an hour.
 */
const SILENCE_MS = 60 * 60_000;

/** The keys of a step that say what it does; exactly one of them is there. */
export const ACTION_KEYS = [
  'patch',
  'label',
  'annotate',
  'wait',
  'safe',
  'silence',
  'restoreSatellite',
  'http',
  'job',
  'command',
] as const;
/** Those of them that are not undone by what they have found, and so may name what undoes them. */
export const WITH_INVERSE: readonly ActionKey[] = ['http', 'job', 'command'];
type ActionKey = (typeof ACTION_KEYS)[number];

const text = z.string().check(z.minLength(1, 'is empty'));
const fields = z.record(z.string(), z.unknown());
const object = z
  .string()
  .check(z.regex(/^[^/\s]+\/[^/\s]+$/, 'must be TYPE/NAME, like deployments.apps/web or nodes/$(NODE)'));
const place = { object, namespace: z.optional(text) };
const values = z.record(z.string(), z.nullable(z.string()));

const operation = strict({
  op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
  path: z.string().check(z.regex(/^\//, 'must begin with /')),
  from: z.optional(z.string()),
  value: z.optional(z.unknown()),
});

const server = z.optional(z.string().check(z.regex(SERVER, `must be ${SERVER_FORM}`)));
const matcher = strict({
  name: text,
  value: z.string(),
  isRegex: z.optional(z.boolean()),
  isEqual: z.optional(z.boolean()),
});

/** The forms of what a step may do. */
export const ACTION_FORMS = {
  patch: z.optional(
    strict({
      ...place,
      apply: z.optional(fields),
      force: z.optional(z.boolean()),
      optional: z.optional(z.boolean()),
      merge: z.optional(fields),
      json: z.optional(z.array(operation).check(z.minLength(1, 'is empty'))),
    }),
  ),
  label: z.optional(strict({ ...place, labels: values })),
  annotate: z.optional(strict({ ...place, annotations: values })),
  wait: z.optional(text),
  safe: z.optional(z.enum(KEEPERS)),
  restoreSatellite: z.optional(strict({ server })),
  silence: z.optional(
    strict({
      server,
      matchers: z.array(matcher).check(z.minLength(1, 'is empty')),
      for: z.optional(duration),
    }),
  ),
  http: z.optional(
    strict({
      url: z.string().check(z.regex(/^https?:\/\//, 'must begin with http:// or https://')),
      method: z.optional(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])),
      headers: z.optional(z.record(z.string(), z.string())),
      body: z.optional(z.unknown()),
    }),
  ),
  job: z.optional(strict({ namespace: text, spec: fields })),
  command: z.optional(z.array(text).check(z.minLength(1, 'is empty'))),
} as const satisfies Record<ActionKey, z.ZodMiniType>;

/** What a step does, as it is written. */
export type WrittenAction = { readonly [Key in ActionKey]?: z.infer<(typeof ACTION_FORMS)[Key]> };

/** What is wrong with what a step does beyond its form; paths are those of the step. */
export function problemsOf(written: WrittenAction, path: string): readonly Problem[] {
  const keys = ACTION_KEYS.filter((key) => written[key] !== undefined);
  if (keys.length !== 1)
    return [{ path, message: `must do one thing: ${ACTION_KEYS.join(' or ')} (found ${keys.join(', ') || 'none'})` }];
  return [...patchProblems(written.patch, `${path}.patch`), ...waitProblems(written.wait, `${path}.wait`)];
}

function patchProblems(patch: WrittenAction['patch'], path: string): readonly Problem[] {
  if (patch === undefined) return [];
  const ways = (['apply', 'merge', 'json'] as const).filter((key) => patch[key] !== undefined);
  if (ways.length !== 1) return [{ path, message: 'must have one of apply, merge and json' }];
  const isForced = patch.force !== undefined && patch.apply === undefined;
  return isForced ? [{ path: `${path}.force`, message: 'is about apply alone' }] : [];
}

function waitProblems(line: string | undefined, path: string): readonly Problem[] {
  if (line === undefined) return [];
  try {
    expectationIn(line, 0);
    return [];
  } catch (thrown) {
    const example = 'deployment/web -n shop --for=condition=Available';
    return [{ path, message: `${messageOf(thrown)}; it is what follows kubectl wait, like: ${example}` }];
  }
}

/** What a step does; undefined where it says nothing. */
export function actionFrom(written: WrittenAction): Action | undefined {
  const { patch, label, annotate, wait, safe, silence, restoreSatellite } = written;
  if (patch !== undefined) return { kind: 'patch', target: targetFrom(patch), patch: patchFrom(patch) };
  if (label !== undefined) return metadataPatch(label, { labels: label.labels });
  if (annotate !== undefined) return metadataPatch(annotate, { annotations: annotate.annotations });
  if (wait !== undefined) return { kind: 'wait', line: wait };
  if (safe !== undefined) return { kind: 'safe', system: safe };
  if (restoreSatellite !== undefined) return { kind: 'satellite', server: restoreSatellite.server };
  return silence === undefined ? inverseFrom(written) : silenceFrom(silence);
}

/** What undoes a step; undefined where it says nothing. */
export function inverseFrom({ http, job, command }: WrittenAction): Inverse | undefined {
  if (http !== undefined) return { kind: 'call', call: callFrom(http) };
  if (job !== undefined) return { kind: 'job', namespace: job.namespace, spec: job.spec };
  return command === undefined ? undefined : { kind: 'command', words: command };
}

function metadataPatch(place: { object: string; namespace?: string | undefined }, metadata: object): Action {
  return { kind: 'patch', target: targetFrom(place), patch: { ...NEEDED, type: 'merge', body: { metadata } } };
}

const NEEDED = { force: false, optional: false };

function targetFrom({ object: written, namespace }: { object: string; namespace?: string | undefined }): Target {
  const [type = '', name = ''] = written.split('/');
  return { type, name, namespace };
}

function patchFrom(written: NonNullable<WrittenAction['patch']>): Patch {
  const { apply, merge, json, force = false, optional = false } = written;
  const how = { force, optional };
  if (apply !== undefined) return { ...how, type: 'apply', body: apply };
  return merge === undefined ? { ...how, type: 'json', body: json } : { ...how, type: 'merge', body: merge };
}

function silenceFrom({ server, matchers, for: span }: NonNullable<WrittenAction['silence']>): Action {
  return {
    kind: 'silence',
    server,
    matchers: matchers.map(({ name, value, isRegex = false, isEqual = true }) => ({ name, value, isRegex, isEqual })),
    forMs: span === undefined ? SILENCE_MS : spanOf(span),
  };
}

function callFrom({ url, method, headers = {}, body }: NonNullable<WrittenAction['http']>) {
  return { method: method ?? (body === undefined ? 'GET' : 'POST'), url, headers, ...(body !== undefined && { body }) };
}
