import { leasePath, MaintError, nodePath, textAt } from '../../shared/index.ts';
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
    if (signal.aborted) throw notHealthy(node, state);
  }
}

function notHealthy(node: string, state: string): MaintError {
  return new MaintError('gave-up', `node ${node} did not become healthy in time: ${state}`, {
    hint: `it stays in maintenance (Returning); run the same command again, or skip the check: kubectl maint off ${node} --skip-health-check`,
  });
}

async function readProblems(
  node: string,
  { cluster, clock }: Session,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [object, lease] = await Promise.all([
    cluster.get(nodePath(node), { signal }),
    cluster.send({ method: 'GET', path: leasePath(node), signal }),
  ]);
  if (textAt(object, 'metadata', 'name') === undefined) return ['deleted'];
  const date = Date.parse(lease.headers['date'] ?? '');
  return healthProblems({ node: object, lease: lease.body, serverNow: Number.isNaN(date) ? clock.now() : date });
}
