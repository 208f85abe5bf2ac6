import { once } from '../../../shared/index.ts';
import type { Budgets } from '../../drain/budgets.ts';
import { NO_DATABASES, type Databases } from '../../drain/databases.ts';
import { Limiter } from '../../drain/limiter.ts';
import { followMigrations, type Migrations } from '../../drain/migrations.ts';
import { Planner } from '../../drain/read.ts';
import { followWorkInside, NOTHING_INSIDE, type WorkInside } from '../../drain/work-inside.ts';
import { readHooks, type Hooks } from '../../hooks/hook-run.ts';
import type { ClusterView } from '../../preflight/cluster-view.ts';
import { notesTo } from '../../session/report.ts';
import type { Session } from '../../session/session.ts';
import type { OnReport } from './events.ts';
import type { OnOperation } from './flags.ts';
import { policyInForce, type PolicyInForce } from '../../policy/in-force.ts';

/** What the drains of all nodes share. Each is read, and watched from then on, when it is first asked for. */
export interface SharedByDrains {
  /** What the cluster's webhook decides by. */
  policy(): Promise<PolicyInForce>;
  /** What is done around each drain. */
  hooks(): Promise<Hooks>;
  planner(): Promise<Planner>;
  budgets(): Budgets;
  /** In which members of a replicated database take turns. */
  databases(): Databases;
  /** What KubeVirt does with the machines of pods that are to go. */
  migrations(): Migrations;
  /** Work that runs inside pods. */
  workInside(): Promise<WorkInside>;
  /** Bounds the evictions that the API server sees at once. */
  readonly evictions: Limiter;
}

/** Evictions in flight at once; as many as the transport keeps connections, more would only queue there. */
const EVICTIONS_AT_ONCE = 32;

/** What drains start from. */
interface DrainInputs {
  readonly operation: OnOperation;
  readonly session: Session;
  readonly report: OnReport;
  readonly view: ClusterView;
}

/** What is watched ends with the session's signal. In mode `cordon` nothing is. */
export function sharedByDrains({ operation, session, report, view }: DrainInputs): SharedByDrains {
  const { cluster, clock } = session;
  const { drain: flags, pace, claim } = operation;
  const note = notesTo(report);
  const policy = once(() => policyInForce(cluster));
  const workInside = once(async () => {
    const { catalogue } = (await policy()).policy;
    const isWaitedFor = claim.mode === 'drain' && pace.activeWork !== 'evict';
    return isWaitedFor ? followWorkInside(catalogue, session, await view.served()) : NOTHING_INSIDE;
  });
  const planner = once(async () => {
    const inside = await workInside();
    return new Planner(cluster, {
      flags,
      activeWork: pace.activeWork,
      now: clock.now(),
      catalogue: (await policy()).policy.catalogue,
      insideOf: (pod) => inside.in(pod),
    });
  });
  return {
    policy,
    hooks: once(() => readHooks(operation.hooks, session)),
    planner,
    workInside,
    budgets: () => (claim.mode === 'drain' ? view.budgets() : NO_BUDGETS),
    databases: () => (claim.mode === 'drain' && pace.byDatabase ? view.databases() : NO_DATABASES),
    migrations: once(() => followMigrations({ ...session, served: () => view.served(), note })),
    evictions: new Limiter(EVICTIONS_AT_ONCE),
  };
}

const NO_BUDGETS: Budgets = {
  first: Promise.resolve(),
  readable: true,
  covering: () => [],
  current: (budget) => budget,
  holding: () => undefined,
  turn: () => Promise.resolve({ end: () => undefined }),
};
