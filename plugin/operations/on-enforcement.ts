import { isExcepted } from '../../shared/index.ts';
import { ARMED_WITHIN_MS, awaitArming } from '../nodes/arming.ts';
import { readEnforcement, type Enforcement } from '../nodes/enforcement.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { warning, type Finding } from '../preflight/finding.ts';
import type { Survey } from '../preflight/survey.ts';
import type { Session } from '../session.ts';
import type { OnRun } from './on-run.ts';
import type { Marked } from './prepared.ts';

/** How long API servers may take to act on a registration, in ms: the one that was read does so after 4 ms (measured on 1.37). */
const HEARD_WITHIN_MS = 1000;

/**
 * Tells whether work is refused from now on. The replicas register for it when they hear of the mark, and the API server
 * itself is asked once they have. That nothing keeps anything off is told once: the preflight may have said why.
 */
export async function tellEnforcement(
  marked: readonly Marked[],
  { registered }: Pick<Survey, 'registered'>,
  { session, report }: Pick<OnRun, 'session' | 'report'>,
): Promise<void> {
  const nodes = marked.map(({ node }) => node.facts.name);
  if (nodes.length === 0) return;
  const isThere = registered !== 'no';
  const isArmed = isThere ? await awaitArming(session.cluster, session.clock, session.signal) : undefined;
  const isUnseen = isThere && isArmed === undefined;
  const enforcement = await askAbout(marked, session, isUnseen ? ARMED_WITHIN_MS : HEARD_WITHIN_MS);
  if (!isThere && enforcement.enforced === 'no') return;
  if (isArmed === false && enforcement.enforced === 'yes') {
    report.tell({ type: 'enforced', nodes, enforcement: ASKED_IN_PART });
    return;
  }
  report.tell({ type: 'enforced', nodes, enforcement });
  if (isArmed === false) report.tell({ type: 'finding', ...NOT_ARMED });
}

/** The canary is a backup: where an exception lets those pass, that it passes says nothing. */
async function askAbout(marked: readonly Marked[], session: Session, patienceMs: number): Promise<Enforcement> {
  const asked = marked.find(({ written }) => !letsBackupsPass(written, session.clock.now()));
  return asked === undefined ? NOT_ASKED : readEnforcement(asked.node.facts.name, session, patienceMs);
}

function letsBackupsPass({ facts: { record } }: NodeSnapshot, now: number): boolean {
  return record.kind === 'record' && isExcepted(record.record, 'backup', now);
}

const NOT_ASKED: Enforcement = {
  enforced: 'unknown',
  why: 'an exception lets backups pass there (kubectl maint status)',
};

const UNHEARD = 'no replica of it has heard of the mark (kubectl get pods -A -l app.kubernetes.io/name=kubectl-maint)';

const NOT_ARMED: Finding = warning('enforcement', `the API server does not ask the webhook yet: ${UNHEARD}`);

/** Entries that fail closed are always there: the canary was refused, and not everything else is. */
const ASKED_IN_PART: Enforcement = {
  enforced: 'in-part',
  why: `backups; about some of the rest the API server does not ask the webhook yet: ${UNHEARD}`,
};
