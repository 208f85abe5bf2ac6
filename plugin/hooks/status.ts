import { HOOKS_ANNOTATION, renderProblem } from '../../shared/index.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { parseRecord } from './record/record.ts';
import { undoText } from './text.ts';

/** A step of a hook that is to be undone, as a node tells of it. */
export interface NodeHook {
  readonly hook: string;
  readonly step: string;
  /** False: it was begun, and nobody knows whether it was done. */
  readonly done: boolean;
  /** What it has changed, and what undoes it. */
  readonly undo: string;
}

/** What hooks have done for a node. */
export interface NodeHooks {
  readonly steps: readonly NodeHook[];
  /** Why that cannot be read. */
  readonly problems: readonly string[];
}

const NONE: NodeHooks = { steps: [], problems: [] };

/** What a node says that hooks have done for it. */
export function hooksOf({ annotations }: Pick<NodeSnapshot, 'annotations'>): NodeHooks {
  const text = annotations.get(HOOKS_ANNOTATION);
  if (text === undefined) return NONE;
  const read = parseRecord(text);
  if (!read.ok) return { steps: [], problems: read.problems.map((one) => `hooks: ${renderProblem(one)}`) };
  const steps = read.value.steps.map((step) => {
    const { hook, step: name, done = false } = step;
    return { hook, step: name, done, undo: undoText(step) };
  });
  return { steps, problems: [] };
}
