import * as z from 'zod/mini';
import { once } from '../../../shared/index.ts';
import { SERVER } from '../servers/place.ts';

/** An object as a step found it. */
const objectForm = once(() =>
  z.object({
    /** Path of the API. */
    path: z.string().check(z.startsWith('/api')),
    /** `nodes.longhorn.io/n1`, for people. */
    title: z.string(),
    /** Another object of the same name is nobody's to change. */
    uid: z.string(),
  }),
);

const fieldForm = once(() =>
  z.object({
    path: z.array(z.string()).check(z.minLength(1)),
    before: z.optional(z.unknown()),
    after: z.optional(z.unknown()),
  }),
);

/** A call over HTTP, with everything filled in. */
const callForm = once(() =>
  z.object({
    method: z.string(),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.optional(z.unknown()),
  }),
);

/** One thing that undoes a step, or a part of it. */
export const undoForm = once(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('fields'), object: objectForm(), changes: z.array(fieldForm()) }),
    z.object({ kind: z.literal('call'), call: callForm() }),
    z.object({
      kind: z.literal('silence'),
      server: z.string().check(z.regex(SERVER)),
      filter: z.string(),
      marker: z.string().check(z.minLength(1)),
      forMs: z.number(),
    }),
    z.object({ kind: z.literal('job'), namespace: z.string(), job: z.unknown() }),
    z.object({ kind: z.literal('delete'), path: z.string().check(z.startsWith('/api')), title: z.string() }),
    z.object({ kind: z.literal('command'), words: z.array(z.string()).check(z.minLength(1)) }),
  ]),
);

export type Undo = z.infer<ReturnType<typeof undoForm>>;
export type UndoOf<Kind extends Undo['kind']> = Extract<Undo, { readonly kind: Kind }>;
/** A call over HTTP, with everything filled in. */
export type Call = UndoOf<'call'>['call'];
