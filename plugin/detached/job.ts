import type { V1Affinity, V1Job, V1PodFailurePolicy } from '@kubernetes/client-node';
import {
  clean,
  COMMAND_LINE_ANNOTATION,
  DETACHED_LABEL,
  HOSTNAME_LABEL,
  MAX_TEXT,
  REQUESTED_BY_ANNOTATION,
  type Written,
} from '../../shared/index.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { shellLine } from '../terminal/shell-line.ts';
import { CONTAINER, DETACHED_BY } from './names.ts';

/**
 * How often the program is begun again when it was ended from outside without an eviction (a power cut, no memory):
 * Kubernetes' own number, whose pauses (10 s, doubled) come to 10 minutes.
 */
const BACKOFF_LIMIT = 6;
/** Seconds from the wish to end a pod to its death: writes under way get 5, a command 10 after SIGTERM, the last words the rest. */
const GRACE_SECONDS = 60;
/** Seconds that a Job that has ended is kept with its log: a night and a day. */
const KEPT_SECONDS = 36 * 3600;
/** What `docs/benchmarks.md` promises for 5,000 nodes with 100,000 pods is 250 MiB; a command of one's own gets as much. */
const MEMORY = { request: '128Mi', limit: '512Mi' };

/** What a Job is made of. */
export interface JobPlan {
  readonly name: string;
  readonly namespace: string;
  readonly verb: 'on' | 'off' | 'run';
  /** Everything behind `kubectl maint`. */
  readonly words: readonly string[];
  readonly serviceAccount: string;
  readonly requestedBy: string;
  readonly image: JobImage;
  /** Hostname labels of the nodes that it is about. */
  readonly hostnames: readonly string[];
  /** The flags by which it was asked for. */
  readonly detachedBy: readonly string[];
}

/** The image of a Job. */
export interface JobImage {
  readonly name: string;
  readonly pullPolicy: string | undefined;
  readonly pullSecrets: readonly string[];
  /** One that the caller named may hold programs that write where they like. */
  readonly isOwn: boolean;
}

/**
 * The Job. One pod at a time, and no second one before the first has ended for sure. A pod that is evicted is begun again
 * elsewhere and counts for nothing; what the program itself has said (its exit code) ends the Job.
 */
export function jobFrom(plan: JobPlan): Written<V1Job> {
  const { name, namespace, verb, requestedBy, words, serviceAccount } = plan;
  const labels = {
    'app.kubernetes.io/name': 'kubectl-maint-detached',
    'app.kubernetes.io/managed-by': 'kubectl-maint',
    [DETACHED_LABEL]: verb,
  };
  const annotations = {
    [REQUESTED_BY_ANNOTATION]: clean(requestedBy, MAX_TEXT),
    [COMMAND_LINE_ANNOTATION]: clean(shellLine(['kubectl', 'maint', ...words]), MAX_LINE),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels, annotations },
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: BACKOFF_LIMIT,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: FAILURES,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels, annotations: UNDISTURBED },
        spec: {
          restartPolicy: 'Never',
          serviceAccountName: serviceAccount,
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: GRACE_SECONDS,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          affinity: elsewhere(plan.hostnames),
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          ...(plan.image.pullSecrets.length > 0 && {
            imagePullSecrets: plan.image.pullSecrets.map((secret) => ({ name: secret })),
          }),
          containers: [containerFrom(plan)],
        },
      },
    },
  };
}

/** Longest command line that is kept for people, in characters. */
const MAX_LINE = 2000;

/** Autoscalers find another node to take away. */
const UNDISTURBED = {
  'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
  'karpenter.sh/do-not-disrupt': 'true',
};

/** What the program says of itself by its exit code: to begin it again would lead to the same. */
const LAST_WORDS = [EXIT.bug, EXIT.usage, EXIT.denied, EXIT.cluster, EXIT.gaveUp];

const FAILURES: Written<V1PodFailurePolicy> = {
  rules: [
    // Evicted, preempted, or its node taken away: it goes on elsewhere.
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'FailJob', onExitCodes: { containerName: CONTAINER, operator: 'In', values: LAST_WORDS } },
  ],
};

/** Rather not where it would evict itself; where there is no other node it is moved by and by. */
function elsewhere(hostnames: readonly string[]): Written<V1Affinity> | undefined {
  if (hostnames.length === 0) return undefined;
  const others = { matchExpressions: [{ key: HOSTNAME_LABEL, operator: 'NotIn', values: [...hostnames] }] };
  return { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: others }] } };
}

function containerFrom({ image, words, detachedBy }: JobPlan) {
  return {
    name: CONTAINER,
    image: image.name,
    ...(image.pullPolicy !== undefined && { imagePullPolicy: image.pullPolicy }),
    command: ['node', '--max-semi-space-size=4', '/kubectl-maint.cjs'],
    args: [...words],
    env: [
      { name: 'NODE_OPTIONS', value: '--max-old-space-size-percentage=75' },
      { name: DETACHED_BY, value: JSON.stringify(detachedBy) },
    ],
    resources: { requests: { cpu: '50m', memory: MEMORY.request }, limits: { memory: MEMORY.limit } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: !image.isOwn,
      capabilities: { drop: ['ALL'] },
    },
  };
}
