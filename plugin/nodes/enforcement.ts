import { messageOf, textAt, WORK_LABEL, type Cluster } from '../../shared/index.ts';

/** Whether a backup for a node in maintenance is really refused: asked, not assumed. */
export type Enforcement =
  { readonly enforced: 'yes' } | { readonly enforced: 'no' } | { readonly enforced: 'unknown'; readonly why: string };

/**
 * A denial of ours carries the name of a webhook or a policy of ours (k8s apiserver webhook/errors/statuserror.go,
 * policy/validating/plugin.go).
 */
const OURS = 'kubectl-maint.io';
const DENIED = ['denied the request', 'denied request'];

/** Pinned to the node, so that any other tool's policy sees an ordinary pod; a server dry run, so that nothing runs. */
function canary(node: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'kubectl-maint-canary-', namespace: 'default', labels: { [WORK_LABEL]: 'backup' } },
    spec: {
      nodeName: node,
      automountServiceAccountToken: false,
      containers: [{ name: 'canary', image: 'canary.invalid/never-pulled' }],
    },
  };
}

/** Sends a canary backup for a marked node through the API server, in dry run, and looks who refuses it. */
export async function readEnforcement(node: string, cluster: Cluster): Promise<Enforcement> {
  try {
    const answer = await cluster.send({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods',
      query: { dryRun: 'All', fieldManager: 'kubectl-maint' },
      body: canary(node),
    });
    if (answer.status < 300) return { enforced: 'no' };
    const message = textAt(answer.body, 'message') ?? `status ${answer.status}`;
    return isOurDenial(message) ? { enforced: 'yes' } : { enforced: 'unknown', why: message };
  } catch (thrown) {
    return { enforced: 'unknown', why: messageOf(thrown) };
  }
}

/** Whether a refusal is our own webhook's or policy's. */
export function isOurDenial(message: string): boolean {
  return message.includes(OURS) && DENIED.some((words) => message.includes(words));
}
