import { textAt } from '../../../shared/index.ts';
import { memberSelector, type MemberLabels } from '../../drain/members.ts';
import { isLeaving, isStaying, labelOf, podsLabelled } from './objects.ts';
import { aboutPrimaries } from './primaries.ts';
import type { DataFinding, DataObjects, DataSystem, Leaving } from './system.ts';

/** A database whose operator writes on each member which role it has. */
export interface RoleLabels extends Pick<DataSystem, 'name' | 'title' | 'group'> {
  readonly members: MemberLabels & Required<Pick<MemberLabels, 'role'>>;
}

/** The system that is asked by the labels of its pods alone. */
export function knownByRoleLabels({ name, title, group, members }: RoleLabels): DataSystem {
  return {
    name,
    title,
    group,
    members,
    kinds: { members: podsLabelled(memberSelector(members)) },
    refuses: '',
    warns: 'the primary goes: whether another member can take over; downtime of a single member',
    find: (objects, leaving) => find(objects, leaving, members),
  };
}

function find(
  { members = [] }: DataObjects,
  leaving: Leaving,
  { cluster, role }: RoleLabels['members'],
): readonly DataFinding[] {
  const clusters = Map.groupBy(
    members,
    (pod) => `${textAt(pod, 'metadata', 'namespace') ?? ''}/${labelOf(pod, cluster)}`,
  );
  const primaries = [...clusters]
    .filter(([, pods]) =>
      pods.some((pod) => isLeaving(pod, leaving) && role.primary.includes(labelOf(pod, role.label))),
    )
    .map(([name, pods]) => ({
      database: { name },
      members: pods.length,
      successors: pods.filter((pod) => isStaying(pod, leaving)).length,
    }));
  return aboutPrimaries(primaries);
}
