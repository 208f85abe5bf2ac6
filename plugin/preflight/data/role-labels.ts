import { textAt } from '../../../shared/index.ts';
import { isLeaving, isStaying, labelOf, podsLabelled } from './objects.ts';
import { aboutPrimaries } from './primaries.ts';
import type { DataFinding, DataObjects, DataSystem, Leaving } from './system.ts';

/** A database whose operator writes on each member which role it has. */
export interface RoleLabels extends Pick<DataSystem, 'name' | 'title' | 'group'> {
  /** Label selector of its members. */
  readonly members: string;
  readonly clusterLabel: string;
  readonly roleLabel: string;
  /** Values of the role of who takes writes. */
  readonly primary: readonly string[];
}

/** The system that is asked by the labels of its pods alone. */
export function knownByRoleLabels({ name, title, group, members, ...labels }: RoleLabels): DataSystem {
  return {
    name,
    title,
    group,
    kinds: { members: podsLabelled(members) },
    refuses: '',
    warns: 'the primary goes: whether another member can take over; downtime of a single member',
    find: (objects, leaving) => find(objects, leaving, labels),
  };
}

type Labels = Omit<RoleLabels, 'name' | 'title' | 'group' | 'members'>;

function find({ members = [] }: DataObjects, leaving: Leaving, labels: Labels): readonly DataFinding[] {
  const clusters = Map.groupBy(
    members,
    (pod) => `${textAt(pod, 'metadata', 'namespace') ?? ''}/${labelOf(pod, labels.clusterLabel)}`,
  );
  const primaries = [...clusters]
    .filter(([, pods]) =>
      pods.some((pod) => isLeaving(pod, leaving) && labels.primary.includes(labelOf(pod, labels.roleLabel))),
    )
    .map(([name, pods]) => ({
      database: { name },
      members: pods.length,
      successors: pods.filter((pod) => isStaying(pod, leaving)).length,
    }));
  return aboutPrimaries(primaries);
}
