import { DONE_ANNOTATION, type ClaimKey } from '../../shared/index.ts';
import type { NodePatch } from './mark.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** Stands between the name of a run and what makes the id of its claim another one each time. No name has it. */
const BEHIND_NAME = '/';

/** The id of a claim by which a run with a name holds a node. */
export function claimIdOf(runId: string, claimId: string): string {
  return `${runId}${BEHIND_NAME}${claimId}`;
}

/** Whether it is a claim of the run with that name. */
export function isClaimOf(runId: string, { id = '' }: Pick<ClaimKey, 'id'>): boolean {
  return id.startsWith(`${runId}${BEHIND_NAME}`);
}

/**
 * The id of the claim under which a run with a name was done with the node last: its command has ended well then, whether
 * the node has come back or not. Undefined where there was none.
 */
export function doneClaim({ annotations }: NodeSnapshot): string | undefined {
  return annotations.get(DONE_ANNOTATION);
}

/** Says that the command of that claim has ended well; undefined where the node says so. */
export function donePatch(node: NodeSnapshot, claimId: string): NodePatch | undefined {
  if (doneClaim(node) === claimId) return undefined;
  return {
    metadata: { resourceVersion: node.resourceVersion, labels: {}, annotations: { [DONE_ANNOTATION]: claimId } },
  };
}
