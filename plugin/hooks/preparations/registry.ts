import { MaintError, renderProblem } from '../../../shared/index.ts';
import { hooksFromValue } from '../file/parse.ts';
import type { Hook } from '../hook.ts';
import { SERVER, SERVER_FORM } from '../servers/place.ts';
import { alertmanager } from './alertmanager.ts';
import { cloudnativePg } from './cloudnative-pg.ts';
import { linstor } from './linstor.ts';
import { longhorn } from './longhorn.ts';
import type { Asked, DataMode, Preparation } from './preparation.ts';
import { rook } from './rook.ts';

/** Every preparation. A new one is one file and one line here. */
export const PREPARATIONS: readonly Preparation[] = [alertmanager, cloudnativePg, linstor, longhorn, rook];

/** The hooks of preparations, by their names. Throws MaintError('usage') on a name that is none. */
export function preparedHooks(words: readonly string[], place: string, data: DataMode = 'keep'): readonly Hook[] {
  return words.flatMap((word) => {
    const [name = '', ...rest] = word.split('=');
    const found = PREPARATIONS.find(({ id }) => id === name);
    if (found !== undefined)
      return hooksOf(found, { server: serverIn(rest, found, place), data: dataFor(found, data) });
    const known = PREPARATIONS.map(({ id }) => id).join(', ');
    throw new MaintError('usage', `${place}: "${name}" is no preparation; there are ${known}`, {
      hint: 'nothing was changed; what is missing can be written as a hook: docs/hooks.md',
    });
  });
}

/** Refuses what no preparation heeds. Throws MaintError('usage'). */
export function refuseUnheededData(words: readonly string[]): void {
  const heeding = PREPARATIONS.filter(({ dataModes }) => dataModes !== undefined).map(({ id }) => id);
  if (words.some((word) => heeding.includes(word))) return;
  throw new MaintError(
    'usage',
    `--data is about what --prepare=${heeding.join(' and ')} do, which nobody has asked for`,
    {
      hint: 'nothing was changed',
    },
  );
}

/** Throws MaintError('usage') where a preparation cannot do what is asked for. */
function dataFor({ id, dataModes }: Preparation, data: DataMode): DataMode {
  if (dataModes === undefined || dataModes.includes(data)) return data;
  throw new MaintError('usage', `--data=${data} is nothing that --prepare=${id} can do: ${dataModes.join(' or ')}`, {
    hint: 'nothing was changed',
  });
}

/** What stands behind the name. Throws MaintError('usage') where that is no server, or nobody asks one. */
function serverIn(rest: readonly string[], { id, hasServer }: Preparation, place: string): string | undefined {
  if (rest.length === 0) return undefined;
  const server = rest.join('=');
  if (hasServer === true && SERVER.test(server)) return server;
  const why = hasServer === true ? `"${server}" must be ${SERVER_FORM}` : 'it asks no server, and takes no =';
  throw new MaintError('usage', `${place}: ${id}: ${why}`, { hint: 'nothing was changed' });
}

function hooksOf({ hooks }: Preparation, asked: Asked): readonly Hook[] {
  const value = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenanceHooks', hooks: hooks(asked) };
  const read = hooksFromValue(value);
  if (read.ok) return read.value.hooks;
  throw new Error(read.problems.map(renderProblem).join('; '));
}
