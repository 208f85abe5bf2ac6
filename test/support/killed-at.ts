import type { ControlPlane } from '../control-plane/control-plane.ts';
import { faultProxy, type Arrived } from './fault-proxy.ts';
import { BIN, pluginEnvironment, startProgram } from './plugin-run.ts';

/** At which write a command is killed: before the API server has it, or right after. */
export interface KilledAt {
  /** The first is 1. */
  readonly write: number;
  readonly when: 'before' | 'after';
  /** Which requests count as writes. */
  readonly isWrite: (request: Arrived) => boolean;
}

/** Runs the plugin until its process is killed at a write, or has ended before that. */
export async function killedAt(
  args: readonly string[],
  { write, when, isWrite }: KilledAt,
  plane: ControlPlane,
): Promise<'killed' | 'ended'> {
  let writes = 0;
  const arrived = Promise.withResolvers<undefined>();
  const kill = (): void => {
    arrived.resolve(undefined);
  };
  await using proxy = await faultProxy(plane, (request) => {
    if (!isWrite(request) || (writes += 1) !== write) return undefined;
    if (when === 'after') return { done: kill };
    kill();
    return new Promise(() => undefined);
  });
  const running = startProgram(BIN, [...args, '--server', proxy.url], pluginEnvironment(plane.kubeconfig));
  const first = await Promise.race([
    arrived.promise.then(() => 'killed' as const),
    running.ended.then(() => 'ended' as const),
  ]);
  if (first === 'killed') running.signal('SIGKILL');
  await running.ended;
  return first;
}
