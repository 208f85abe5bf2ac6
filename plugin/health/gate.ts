import {
  ClusterRefusal,
  leasePath,
  MaintError,
  messageOf,
  nodePath,
  refusalFromAnswer,
  textAt,
  type Cluster,
} from '../../shared/index.ts';
import type { Session } from '../session.ts';
import { healthProblems } from './problems.ts';

/** How often a node's health is looked at. */
const LOOK_EVERY_MS = 1000;

/** Waits until a node was clean for some time without a break. Throws `gave-up` with what is missing when the signal ends it. */
export async function waitUntilHealthy(
  node: string,
  healthyForMs: number,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  const { clock, screen } = session;
  let cleanSince: number | undefined;
  let told: string | undefined;
  for (;;) {
    const problems = await readProblems(node, session, signal);
    const now = clock.now();
    cleanSince = problems.length === 0 ? (cleanSince ?? now) : undefined;
    if (cleanSince !== undefined && now - cleanSince >= healthyForMs) return;
    const state =
      problems.length === 0 ? `clean, watching it for ${healthyForMs / 1000}s` : `waits: ${problems.join(', ')}`;
    if (state !== told) screen.note(`node/${node} ${state}`);
    told = state;
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) throw notHealthy(node, state, session.signal.aborted);
  }
}

function notHealthy(node: string, state: string, interrupted: boolean): MaintError {
  const what = interrupted ? `interrupted, node ${node}` : `node ${node} did not become healthy in time:`;
  return new MaintError(interrupted ? 'interrupted' : 'gave-up', `${what} ${state}`, {
    hint: `it stays in maintenance (Returning); run the same command again, or skip the check: kubectl maint off ${node} --skip-health-check`,
  });
}

/** What cannot be read now is a problem of the moment; only a missing right will not pass. */
async function readProblems(node: string, session: Session, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const [object, lease] = await Promise.all([
      session.cluster.get(nodePath(node), { signal }),
      readLease(node, session.cluster, signal),
    ]);
    if (textAt(object, 'metadata', 'name') === undefined) return ['deleted'];
    return healthProblems({ node: object, lease: lease.object, serverNow: lease.serverNow ?? session.clock.now() });
  } catch (thrown) {
    if (signal.aborted || isRefusedForGood(thrown)) throw thrown;
    return [`API server: ${messageOf(thrown)}`];
  }
}

function isRefusedForGood(thrown: unknown): boolean {
  return thrown instanceof ClusterRefusal && (thrown.status === 401 || thrown.status === 403);
}

const NOT_FOUND = 404;

/** A node's Lease, undefined where it has none, and the API server's time at that moment. Throws ClusterRefusal. */
export async function readLease(
  node: string,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<{ object: unknown; serverNow: number | undefined }> {
  const answer = await cluster.send({ method: 'GET', path: leasePath(node), signal });
  if (answer.status >= 300 && answer.status !== NOT_FOUND) throw refusalFromAnswer(answer);
  const date = Date.parse(answer.headers['date'] ?? '');
  return {
    object: answer.status === NOT_FOUND ? undefined : answer.body,
    serverNow: Number.isNaN(date) ? undefined : date,
  };
}
