import { podsPath, WORK_LABEL, type ApiRequest, type ClusterSender } from '../../shared/index.ts';
import { askInDryRun } from './dry-run.ts';

/** Where canaries live: a namespace that every cluster has. They are asked about in a server dry run, so that nothing runs. */
export const CANARY_NAMESPACE = 'default';

/** What pins a canary to its node. The floor claims names only; affinity is the webhook's to judge, and every tool may set it. */
export type Pin = (node: string) => object;

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

/** What kind of work a canary looks like. */
export interface CanaryShape {
  /** As a user labels work; undefined: it carries no such label. */
  readonly work?: 'backup' | 'scan';
  /** As a tool labels its own. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
}

const NEVER_PULLED = 'canary.invalid/never-pulled';

/** A pod that is an ordinary one to any other tool's policy. */
export function canaryPod(pin: object, { work, labels: own, command }: CanaryShape): ApiRequest {
  const labels = { ...own, ...(work !== undefined && { [WORK_LABEL]: work }) };
  const container = { name: 'canary', image: NEVER_PULLED, ...(command !== undefined && { command }) };
  return {
    method: 'POST',
    path: podsPath(CANARY_NAMESPACE),
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { generateName: 'kubectl-maint-canary-', namespace: CANARY_NAMESPACE, labels },
      spec: { ...pin, automountServiceAccountToken: false, containers: [container] },
    },
  };
}

/** What the API server said to a canary; `refused` is a refusal of ours, any other one tells nothing of us. */
export type CanaryAnswer =
  | { readonly said: 'accepted' }
  | { readonly said: 'refused'; readonly why: string }
  | { readonly said: 'unknown'; readonly why: string };

/** Asks the API server for a pod that does some work on a node, in a server dry run. */
export async function askCanary(work: 'backup' | 'scan', pin: object, cluster: ClusterSender): Promise<CanaryAnswer> {
  const answer = await askInDryRun(canaryPod(pin, { work }), cluster);
  switch (answer.said) {
    case 'accepted':
      return { said: 'accepted' };
    case 'denied':
      return { said: 'refused', why: answer.message };
    case 'unreached':
    case 'unclear':
      return { said: 'unknown', why: answer.why };
  }
}
