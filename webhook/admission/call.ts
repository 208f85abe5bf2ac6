import { clean, messageOf } from '../../shared/index.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { admit, type AdmittedReview, type AdmissionPorts, type Patience } from './admit.ts';
import { answerFor, errored, retryLater, type HttpAnswer } from './respond.ts';
import { readReview } from './review.ts';

/** What an admission call is answered with. */
export interface CallPorts {
  readonly admission: AdmissionPorts & { readonly nodes: { readonly synced: boolean } };
  readonly metrics: Pick<Metrics, 'decided' | 'undecided'>;
  readonly log: Log;
  /** Hears of every decision. */
  readonly decided: (judged: AdmittedReview) => void;
}

/**
 * Answers the body of one admission call. Never rejects: a bug is a 500 that names the uid. Undefined where whoever asked
 * has gone, and nobody is left to be answered.
 */
export async function answerCall(
  bytes: Uint8Array,
  patience: Patience,
  ports: CallPorts,
): Promise<HttpAnswer | undefined> {
  const arrived = performance.now();
  let uid: string | undefined;
  try {
    const read = readReview(bytes);
    if (!read.ok) {
      ports.metrics.undecided('refused');
      return errored(400, read.reason, read.uid);
    }
    uid = read.request.uid;
    if (!ports.admission.nodes.synced) {
      ports.metrics.undecided('shed');
      return retryLater('the nodes of the cluster are not known yet');
    }
    const judged = await admit(read.request, patience, ports.admission);
    const answer = answerFor(judged);
    ports.metrics.decided(judged, (performance.now() - arrived) / 1000);
    ports.decided(judged);
    tell(judged, ports.log);
    return answer;
  } catch (thrown) {
    if (!patience.gone.aborted) return answerBug(thrown, uid, ports);
    ports.metrics.undecided('gone');
    return undefined;
  }
}

/** The answer to a bug: HTTP 500 without an AdmissionReview, so that failurePolicy decides. */
export function answerBug(
  bug: unknown,
  uid: string | undefined,
  { metrics, log }: Pick<CallPorts, 'metrics' | 'log'>,
): HttpAnswer {
  metrics.undecided('error');
  log.error({ uid, error: messageOf(bug), stack: bug instanceof Error ? bug.stack : undefined }, 'internal error');
  return errored(500, `internal error of the webhook${uid === undefined ? '' : ` while it reviewed request ${uid}`}`);
}

/** Longest logged value, in characters: `namespace/name` at its longest, 63 + 1 + 253. */
const MAX_LOGGED = 317;
/** Nodes that a line names: 10 of at most 253 characters keep it below 4 kB. */
const NODES_LOGGED = 10;

function tell(judged: AdmittedReview, log: Log): void {
  const { verdict, stale } = judged;
  if (verdict.findings.length === 0 && !stale) return;
  const unsure = stale || verdict.findings.some(({ reason }) => reason === 'Unknown' || reason === 'Unread');
  if (unsure) log.warn(aboutCall(judged), 'decided on unsure facts');
  else log.info(aboutCall(judged), 'decided');
}

function aboutCall({ request, verdict, stale }: AdmittedReview): object {
  const object = request.object ?? request.oldObject;
  return {
    uid: request.uid,
    operation: request.operation,
    kind: clean(object?.kind ?? '', MAX_LOGGED),
    object: clean(`${object?.namespace ?? ''}/${object?.name ?? ''}`, MAX_LOGGED),
    user: clean(request.user.name, MAX_LOGGED),
    dryRun: request.dryRun,
    decision: verdict.decision,
    rules: [...new Set(verdict.findings.map(({ rule, reason }) => `${rule}/${reason}`))],
    tool: verdict.tool,
    nodes: verdict.nodes.slice(0, NODES_LOGGED),
    stale,
  };
}
