import type { Grant } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { Workloads } from './workloads.ts';

/** Gives a user what the code says that it calls. */
export async function grantTo(plane: ControlPlane, user: string, grants: readonly Grant[]): Promise<void> {
  const rules = grants.map(({ group, resource, verbs, names }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs,
    ...(names !== undefined && { resourceNames: names }),
  }));
  await new Workloads(plane).grant(user, rules);
}
