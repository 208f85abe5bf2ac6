import { MaintError, renderProblem } from '../../../shared/index.ts';
import { hooksFromValue } from '../file/parse.ts';
import type { Hook } from '../hook.ts';
import { cloudnativePg } from './cloudnative-pg.ts';
import { longhorn, longhornEvacuate } from './longhorn.ts';
import type { Preparation } from './preparation.ts';
import { rook } from './rook.ts';

/** Every preparation. A new one is one file and one line here. */
export const PREPARATIONS: readonly Preparation[] = [cloudnativePg, longhorn, longhornEvacuate, rook];

/** The hooks of preparations, by their names. Throws MaintError('usage') on a name that is none. */
export function preparedHooks(names: readonly string[], place: string): readonly Hook[] {
  return names.flatMap((name) => {
    const found = PREPARATIONS.find(({ id }) => id === name);
    if (found !== undefined) return hooksOf(found);
    const known = PREPARATIONS.map(({ id }) => id).join(', ');
    throw new MaintError('usage', `${place}: "${name}" is no preparation; there are ${known}`, {
      hint: 'nothing was changed; what is missing can be written as a hook: docs/hooks.md',
    });
  });
}

function hooksOf({ hooks }: Preparation): readonly Hook[] {
  const read = hooksFromValue({ apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenanceHooks', hooks });
  if (read.ok) return read.value.hooks;
  throw new Error(read.problems.map(renderProblem).join('; '));
}
