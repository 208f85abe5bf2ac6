import * as z from 'zod/mini';
import { once, parsed, refused, type Parsed } from '../../../shared/index.ts';
import { undoForm } from './undo.ts';

/** What a failure of a step or of its inverse means: the command ends there, or tells it and goes on. */
export type OnFailure = 'stop' | 'warn';

const recordForm = once(() =>
  z.object({
    version: z.literal(1),
    steps: z.array(
      z.object({
        hook: z.string(),
        step: z.string(),
        /** Digest of the step as it was written: a step that was changed since is another one. */
        of: z.string(),
        /** It was carried out; without it nobody knows. */
        done: z.optional(z.literal(true)),
        onFailure: z.enum(['stop', 'warn'] satisfies readonly OnFailure[]),
        timeoutMs: z.number(),
        undo: z.array(undoForm()),
      }),
    ),
  }),
);

/**
 * What hooks have done for a node, or may have done, in that order: the value of its annotation, written before each step
 * is carried out. It holds everything that undoing takes, whatever becomes of the file that the hooks came from.
 */
export type HookRecord = z.infer<ReturnType<typeof recordForm>>;
/** One step of a hook. */
export type RecordedStep = HookRecord['steps'][number];
/** What tells a step from all others. */
export type StepKey = Pick<RecordedStep, 'hook' | 'step' | 'of'>;

/** Nothing was done. */
export const NOTHING_DONE: HookRecord = { version: 1, steps: [] };

/**
 * Most bytes of a record: some 40 steps that touch a field of an object (400 bytes each). A Node may have 256 KiB of annotations
 * (k8s TotalAnnotationSizeLimitB), and all of them go to everybody who watches Nodes at each change of it: with 50 nodes in
 * maintenance these are 800 KiB.
 */
export const MAX_RECORD_BYTES = 16 * 1024;

/** Renders a record as the annotation's value; null where nothing is left to undo, so that the annotation goes. */
export function renderRecord(record: HookRecord): string | null {
  return record.steps.length === 0 ? null : JSON.stringify(record);
}

/** Bytes that a record takes. */
export function sizeOf(record: HookRecord): number {
  return Buffer.byteLength(renderRecord(record) ?? '');
}

/** Reads the annotation's value; nothing done where there is none. Problems name the field. */
export function parseRecord(text: string | undefined): Parsed<HookRecord> {
  if (text === undefined) return parsed(NOTHING_DONE);
  try {
    const result = z.safeParse(recordForm(), JSON.parse(text));
    if (result.success) return parsed(result.data);
    return {
      ok: false,
      problems: result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    };
  } catch {
    return refused({ path: '', message: 'is not JSON' });
  }
}

/** The step in the record; undefined where it was not begun. */
export function recordedStep(record: HookRecord, key: StepKey): RecordedStep | undefined {
  return record.steps.find((one) => isSameStep(one, key));
}

/** The record with a step that is about to be carried out, in its old place where it was begun before. */
export function withStep(record: HookRecord, step: RecordedStep): HookRecord {
  const earlier = recordedStep(record, step);
  if (earlier === undefined) return { ...record, steps: [...record.steps, step] };
  return { ...record, steps: record.steps.map((one) => (one === earlier ? step : one)) };
}

/** The record with a step that was carried out. */
export function withDone(record: HookRecord, key: StepKey): HookRecord {
  return {
    ...record,
    steps: record.steps.map((one) => (isSameStep(one, key) ? { ...one, done: true as const } : one)),
  };
}

/** The record without a step that is undone. */
export function withoutStep(record: HookRecord, key: StepKey): HookRecord {
  return { ...record, steps: record.steps.filter((one) => !isSameStep(one, key)) };
}

/**
 * The step that is undone next: the last one first. One that touched the same object as a later one that could not be
 * undone waits for it: its fields would seem to be somebody else's.
 */
export function nextToUndo(record: HookRecord, failed: readonly StepKey[]): RecordedStep | undefined {
  const waiting = new Set<string>();
  for (const step of record.steps.toReversed()) {
    const paths = pathsOf(step);
    const waits = failed.some((key) => isSameStep(step, key)) || paths.some((path) => waiting.has(path));
    if (!waits) return step;
    for (const path of paths) waiting.add(path);
  }
  return undefined;
}

function pathsOf({ undo }: RecordedStep): readonly string[] {
  return undo.flatMap((one) => (one.kind === 'fields' ? [one.object.path] : []));
}

/** Whether it is the same step, and not one that was changed since. */
export function isSameStep(one: StepKey, other: StepKey): boolean {
  return one.hook === other.hook && one.step === other.step && one.of === other.of;
}

/** `longhorn/no-new-replicas` */
export function stepTitle({ hook, step }: Pick<StepKey, 'hook' | 'step'>): string {
  return `${hook}/${step}`;
}
