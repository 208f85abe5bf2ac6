import { messageOf, textAt, WORK_LABEL, type Cluster } from '../../shared/index.ts';

/** What pins a canary to its node. The floor claims names only; affinity is the webhook's to judge, and every tool may set it. */
type Pin = (node: string) => object;

export const byName: Pin = (node) => ({ nodeName: node });

export const byAffinity: Pin = (node) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
      },
    },
  },
});

/** What the API server said to a canary; `refused` is a refusal of ours, any other one tells nothing of us. */
export type CanaryAnswer =
  | { readonly said: 'accepted' }
  | { readonly said: 'refused'; readonly why: string }
  | { readonly said: 'unknown'; readonly why: string };

/** Asks the API server for a pod that does some work on a node, in a server dry run. */
export async function askCanary(
  work: 'backup' | 'scan',
  pin: ReturnType<Pin>,
  cluster: Cluster,
): Promise<CanaryAnswer> {
  try {
    const answer = await cluster.send({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods',
      query: { dryRun: 'All', fieldManager: 'kubectl-maint' },
      body: canary(work, pin),
    });
    if (answer.status < 300) return { said: 'accepted' };
    const why = textAt(answer.body, 'message') ?? `status ${answer.status}`;
    return { said: isOurDenial(why) ? 'refused' : 'unknown', why };
  } catch (thrown) {
    return { said: 'unknown', why: messageOf(thrown) };
  }
}

/** An ordinary pod to any other tool's policy; a server dry run, so that nothing runs. */
function canary(work: string, pin: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'kubectl-maint-canary-', namespace: 'default', labels: { [WORK_LABEL]: work } },
    spec: {
      ...pin,
      automountServiceAccountToken: false,
      containers: [{ name: 'canary', image: 'canary.invalid/never-pulled' }],
    },
  };
}

/**
 * A denial of ours carries the name of a webhook or a policy of ours (k8s apiserver webhook/errors/statuserror.go,
 * policy/validating/plugin.go).
 */
const OURS = 'kubectl-maint.io';
const DENIED = ['denied the request', 'denied request'];

/** Whether a refusal is our own webhook's or policy's. */
export function isOurDenial(message: string): boolean {
  return message.includes(OURS) && DENIED.some((words) => message.includes(words));
}
