import type { RunState } from '../../wire.ts';

/** Pods that are treated alike, and why. */
export interface PodGroup {
  readonly why: string;
  readonly pods: readonly string[];
}

/** What would become of the pods of one node. */
export interface NodePlan {
  readonly node: string;
  /** In the order in which they go. */
  readonly goes: readonly string[];
  readonly waits: readonly PodGroup[];
  readonly stays: readonly PodGroup[];
}

/** What a dry run of `on` says would happen. */
export interface PlanView {
  readonly nodes: readonly NodePlan[];
  readonly room: string;
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** Pure. */
export function planView({ planned, room, findings }: Pick<RunState, 'planned' | 'room' | 'findings'>): PlanView {
  return {
    nodes: planned.map(({ node, evict, waitFor, leave }) => ({
      node,
      goes: evict.map(nameOf),
      waits: grouped(waitFor),
      stays: grouped(leave),
    })),
    room: room === null ? '' : roomText(room),
    refusals: findings.filter(({ severity }) => severity === 'refuse').map(({ text }) => text),
    warnings: findings.filter(({ severity }) => severity === 'warn').map(({ text }) => text),
  };
}

function grouped(pods: RunState['planned'][number]['leave']): readonly PodGroup[] {
  return [...Map.groupBy(pods, ({ why }) => why)].map(([why, some]) => ({ why, pods: some.map(nameOf) }));
}

function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function roomText({ moving, without, looked, candidates }: NonNullable<RunState['room']>): string {
  const where = looked === candidates ? `${candidates} other nodes` : `${looked} of ${candidates} other nodes`;
  if (moving === 0) return 'nothing has to be made again elsewhere';
  if (without.length === 0) return `${where} have room for what has to move (pods: ${moving})`;
  return `no room is found for ${without.length} of ${moving} pods on ${where}`;
}

/** Whether a plan can be followed: nothing refused it. What a budget holds back for now, a drain waits for. */
export function mayGoOn(run: Pick<RunState, 'code' | 'planned' | 'findings'>): boolean {
  if (run.code === null || run.code === 0) return run.code === 0;
  return run.planned.length > 0 && run.findings.every(({ severity }) => severity !== 'refuse');
}
