import { connectCluster } from '../../shared/cluster/live/connect.ts';
import {
  at,
  conditionAt,
  listAt,
  NODES,
  podPath,
  podsPath,
  stringMapAt,
  textAt,
  type CollectionListener,
} from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';

/** When a stand-in gives the role of the primary to another member. */
export type SwitchesWhen = 'its node is cordoned' | 'it goes';

/** What a stand-in has done and seen. */
export interface DatabaseOperator {
  /** Names of the members that were primary, one after the other. */
  readonly primaries: readonly string[];
  /** The fewest members that were Ready since the last `forget`: after each change that the API server told of. */
  fewest(): number;
  forget(): void;
  /** The name of the primary, where all of so many members are Ready and have a role; empty otherwise. */
  primaryOf(count: number): string;
  /** Resolves when it does nothing any more. */
  stop(): Promise<void>;
}

/** The label by which members say what they are. */
export const ROLE = 'example.com/role';

/**
 * A STAND-IN for the operator of a replicated database, which knows no data: it writes on each member that is Ready which role
 * it has, and gives that of the primary to another one when the primary goes or its node is cordoned.
 */
export async function startDatabaseOperator(
  plane: ControlPlane,
  { namespace, switches }: { readonly namespace: string; readonly switches: SwitchesWhen },
): Promise<DatabaseOperator> {
  const cluster = await connectCluster({ kubeconfig: plane.kubeconfig, env: process.env, userAgent: 'stand-in/test' });
  const over = new AbortController();
  const pods = new Map<string, unknown>();
  const cordoned = new Set<string>();
  const primaries: string[] = [];
  let fewest = Infinity;
  let work = Promise.resolve();

  const isOnItsWay = (pod: unknown): boolean =>
    switches === 'its node is cordoned' && cordoned.has(textAt(pod, 'spec', 'nodeName') ?? '');
  const label = async (pod: unknown, role: string): Promise<void> => {
    const body = { metadata: { uid: textAt(pod, 'metadata', 'uid'), labels: { [ROLE]: role } } };
    // One that has gone meanwhile needs no role.
    await plane.api('PATCH', podPath(namespace, nameOf(pod)), body);
  };
  const reconcile = async (): Promise<void> => {
    if (over.signal.aborted) return;
    const { body } = await plane.api('GET', podsPath(namespace));
    const all = listAt(body, 'items');
    const members = all.filter(isReady);
    const fit = members.filter((pod) => !isOnItsWay(pod));
    const next = fit.find(isPrimary) ?? fit[0] ?? members.find(isPrimary) ?? members[0];
    if (next === undefined) return;
    for (const pod of all.filter(
      (one) => one !== next && (isPrimary(one) || (isReady(one) && roleOf(one) === undefined)),
    ))
      await label(pod, 'replica');
    if (!isPrimary(next)) await label(next, 'primary');
    if (primaries.at(-1) !== nameOf(next)) primaries.push(nameOf(next));
  };
  const seen = (): void => {
    fewest = Math.min(fewest, [...pods.values()].filter(isReady).length);
    work = work.then(reconcile);
  };
  const follow = (path: string, hear: (object: unknown, isThere: boolean) => void): void => {
    const listener: CollectionListener<unknown> = {
      project: (object) => object,
      synced: (all) => {
        for (const object of all) hear(object, true);
        seen();
      },
      changed: (object) => {
        hear(object, true);
        seen();
      },
      removed: (object) => {
        hear(object, false);
        seen();
      },
    };
    void cluster.follow(path, listener, { signal: over.signal }).catch(() => undefined);
  };
  follow(NODES, (node, isThere) => {
    if (isThere && at(node, 'spec', 'unschedulable') === true) cordoned.add(nameOf(node));
    else cordoned.delete(nameOf(node));
  });
  follow(podsPath(namespace), (pod, isThere) => {
    if (isThere) pods.set(nameOf(pod), pod);
    else pods.delete(nameOf(pod));
  });
  return {
    primaries,
    fewest: () => fewest,
    forget: () => {
      primaries.splice(0, primaries.length - 1);
      fewest = Infinity;
    },
    primaryOf: (count) => {
      const ready = [...pods.values()].filter((pod) => isReady(pod) && roleOf(pod) !== undefined);
      return ready.length === count ? nameOf(ready.find(isPrimary)) : '';
    },
    stop: async () => {
      over.abort();
      await work;
      cluster.close();
    },
  };
}

function nameOf(object: unknown): string {
  return textAt(object, 'metadata', 'name') ?? '';
}

function roleOf(pod: unknown): string | undefined {
  return stringMapAt(pod, 'metadata', 'labels').get(ROLE);
}

function isPrimary(pod: unknown): boolean {
  return roleOf(pod) === 'primary';
}

function isReady(pod: unknown): boolean {
  return (
    textAt(conditionAt(pod, 'Ready'), 'status') === 'True' && textAt(pod, 'metadata', 'deletionTimestamp') === undefined
  );
}
