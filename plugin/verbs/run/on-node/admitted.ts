import { clean, isForbidden, MaintError, podsPath, textAt } from '../../../../shared/index.ts';
import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import { ON_NODE_GRANTS } from '../../../preflight/grants.ts';
import { missingRights, renderRight, type Right } from '../../../preflight/rights.ts';
import type { Session } from '../../../session/session.ts';
import type { OnNode } from './flags.ts';
import { leftInWords, podsOfRuns, refuseRunning } from './objects.ts';
import { whyNoPod } from './pod.ts';

/** Names that a refusal lists. */
const NAMED = 10;

/** Refuses nodes that no pod of ours runs on. Throws MaintError('usage'). */
export function refuseUnable(nodes: readonly NodeSnapshot[]): void {
  const unable = nodes.flatMap((node) => {
    const why = whyNoPod(node);
    return why === undefined ? [] : [`node ${node.facts.name}: ${why}`];
  });
  if (unable.length === 0) return;
  const more = unable.length > NAMED ? ` and ${unable.length - NAMED} more` : '';
  throw new MaintError('usage', `--on-node: ${unable.slice(0, NAMED).join('; ')}${more}`, {
    hint: 'nothing was changed',
  });
}

/** Refuses a caller who lacks a right that is needed on the way. Throws MaintError('denied'). */
export async function refuseRightless({ namespace, script }: OnNode, { cluster }: Session): Promise<void> {
  const grants = ON_NODE_GRANTS.filter(({ resource }) => script !== undefined || resource !== 'configmaps');
  const wanted = grants.flatMap(({ resource, verbs }) => {
    const [plural = '', subresource = ''] = resource.split('/');
    return verbs.map((verb): Right => ({ verb, group: '', resource: plural, subresource, namespace, name: '' }));
  });
  const missing = await missingRights(wanted, cluster);
  if (missing.length === 0) return;
  throw new MaintError('denied', `you may not ${missing.map(renderRight).join(', ')}`, {
    hint: `the chart makes the Role kubectl-maint-on-node with roles.onNode=${namespace}, to be bound to you; nothing was changed`,
  });
}

/**
 * Refuses nodes on which the command of another run is not over. What has ended there is told: drain or command takes its pod
 * away. Throws MaintError('denied').
 */
export async function refuseBusy(
  nodes: readonly NodeSnapshot[],
  { namespace }: OnNode,
  { cluster, screen }: Session,
): Promise<void> {
  const names = new Set(nodes.map(({ facts }) => facts.name));
  for (const pod of await podsOfRuns(namespace, cluster)) {
    if (!names.has(pod.node)) continue;
    refuseRunning(pod, namespace);
    screen.note(`node/${pod.node} ${leftInWords(pod)}`);
  }
}

/** Longest message of the API server in a line, in characters: what Pod Security finds takes some hundred. */
const MAX_SAID = 600;

/** Sends a pod as a server dry run, which asks all that a pod there is asked: Pod Security, quotas, webhooks. Throws MaintError. */
export async function refuseNotAdmitted(
  pod: object,
  { namespace, profile }: OnNode,
  { cluster }: Session,
): Promise<void> {
  const answer = await cluster.send({ method: 'POST', path: podsPath(namespace), query: { dryRun: 'All' }, body: pod });
  // One of its name, of an earlier run, is seen to when the node's turn comes.
  if (answer.status < 300 || answer.status === EXISTS) return;
  const why = clean(textAt(answer.body, 'message') ?? `status ${answer.status}`, MAX_SAID);
  const level = profile === 'baseline' ? 'baseline' : 'privileged';
  const label = `pod-security.kubernetes.io/enforce=${level}`;
  if (answer.status === MISSING)
    throw new MaintError('denied', `there is no namespace ${namespace} for the pods of --on-node: ${why}`, {
      hint: `kubectl create namespace ${namespace} && kubectl label namespace ${namespace} ${label}; or name another with --namespace`,
    });
  throw new MaintError(isForbidden(answer) ? 'denied' : 'cluster', `the pod of the command would be refused: ${why}`, {
    hint: why.includes('PodSecurity')
      ? `a namespace for such pods alone: kubectl create namespace ${namespace}-privileged && kubectl label namespace ${namespace}-privileged ${label}; then --namespace=${namespace}-privileged. Nothing was changed`
      : 'nothing was changed',
  });
}

const MISSING = 404;
const EXISTS = 409;
