import type { Grant } from '../../../shared/index.ts';
import { DATA_SYSTEMS } from './registry.ts';

/** What the systems are asked by, but for kinds whose objects may hold secrets. */
export function dataGrants(): readonly Grant[] {
  const kinds = DATA_SYSTEMS.flatMap((system) => Object.values(system.kinds));
  return kinds
    .filter(({ withheld }) => withheld === undefined)
    .map(({ group, plural, name }) => ({
      group,
      resource: plural,
      verbs: ['list'],
      ...(name !== undefined && { names: [name] }),
    }));
}
