import type { PodFacts } from '../../shared/index.ts';

/** Whether somebody makes the pod again elsewhere, so that it needs a place there. */
export function isMadeAgain({ controller, phase }: PodFacts): boolean {
  return controller !== undefined && controller.kind !== 'Job' && phase !== 'Succeeded' && phase !== 'Failed';
}
