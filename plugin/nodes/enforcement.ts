import { messageOf, textAt, WORK_LABEL, type Cluster } from '../../shared/index.ts';
import type { Clock } from '../clock.ts';

/**
 * Whether a backup for a node in maintenance is really refused: asked, not assumed. `in-part`: the webhook lets it pass,
 * and what the API server decides by itself does not (docs/floor.md).
 */
export type Enforcement =
  | { readonly enforced: 'yes' }
  | { readonly enforced: 'in-part' }
  | { readonly enforced: 'no' }
  | { readonly enforced: 'unknown'; readonly why: string };

/**
 * A denial of ours carries the name of a webhook or a policy of ours (k8s apiserver webhook/errors/statuserror.go,
 * policy/validating/plugin.go).
 */
const OURS = 'kubectl-maint.io';
const DENIED = ['denied the request', 'denied request'];

/** Policies of the API server take 0.5 to 0.7 s to hear of a mark (measured on 1.37). */
const FLOOR_ARMS_MS = 1000;

/** What pins a canary to its node. The floor claims names only; affinity is the webhook's to judge, and every tool may set it. */
type Pin = (node: string) => object;

const byName: Pin = (node) => ({ nodeName: node });

const byAffinity: Pin = (node) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
      },
    },
  },
});

/** An ordinary pod to any other tool's policy; a server dry run, so that nothing runs. */
function canary(pin: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'kubectl-maint-canary-', namespace: 'default', labels: { [WORK_LABEL]: 'backup' } },
    spec: {
      ...pin,
      automountServiceAccountToken: false,
      containers: [{ name: 'canary', image: 'canary.invalid/never-pulled' }],
    },
  };
}

/** Sends canary backups for a marked node through the API server, in dry run, and looks who refuses them. */
export async function readEnforcement(
  node: string,
  { cluster, clock, signal }: { readonly cluster: Cluster; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Enforcement> {
  const byWebhook = await ask(byAffinity(node), cluster);
  if (byWebhook.enforced !== 'no') return byWebhook;
  const atOnce = await ask(byName(node), cluster);
  if (atOnce.enforced !== 'no') return inPart(atOnce);
  await clock.sleep(FLOOR_ARMS_MS, signal);
  return signal.aborted ? atOnce : inPart(await ask(byName(node), cluster));
}

function inPart(enforcement: Enforcement): Enforcement {
  return enforcement.enforced === 'yes' ? { enforced: 'in-part' } : enforcement;
}

async function ask(pin: object, cluster: Cluster): Promise<Enforcement> {
  try {
    const answer = await cluster.send({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods',
      query: { dryRun: 'All', fieldManager: 'kubectl-maint' },
      body: canary(pin),
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
