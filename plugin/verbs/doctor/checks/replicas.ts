import { at, clean, conditionAt, listAt, MAX_NAME, numberAt, textAt } from '../../../../shared/index.ts';
import { checkOf } from '../check.ts';
import { fail, ok, SEE_WEBHOOK, unknown, warn, type Diagnosis } from '../diagnosis.ts';
import { imageNotPulled, PULL_STEP } from '../image-pull.ts';
import type { Installation } from '../../../policy/installation.ts';

/** With one replica there is a moment without any, whenever its node is drained or lost. */
const FEWEST = 2;

/** Where the webhook runs, and on how many nodes of the cluster it could. */
export interface ReplicasReading {
  readonly installation: Installation;
  /** Nodes of the cluster, and those of them that take pods; undefined where they may not be listed. */
  readonly nodes: { readonly all: number; readonly open: number } | undefined;
}

export const replicas = checkOf({
  id: 'replicas',
  asks: 'Whether the webhook survives the loss of a node',
  warns:
    'fewer than two replicas are ready, all are on one node, some decide by a former policy, or they run outside of the cluster',
  fails: 'no replica is ready',
  read: async (readings): Promise<ReplicasReading> => {
    const nodes = readings.nodes().then(
      (all) => ({ all: all.length, open: all.filter(({ facts }) => !facts.unschedulable).length }),
      () => undefined,
    );
    return { installation: await readings.installation(), nodes: await nodes };
  },
  judge: judgeReplicas,
});

/** Judges Deployment and pods. Pure. */
export function judgeReplicas({ installation, nodes }: ReplicasReading): readonly Diagnosis[] {
  if (installation.by === 'nowhere') {
    return [fail('no webhook is registered, so that none runs', SEE_WEBHOOK)];
  }
  if (installation.by === 'url') {
    return [
      unknown(
        `the webhook is reached by its address ${clean(installation.url, 200)}, and not as a Service of this cluster`,
        'look there whether more than one replica runs',
      ),
    ];
  }
  const { namespace, deployment, pods } = installation;
  if (deployment === undefined) {
    return [
      unknown(
        `there is no Deployment kubectl-maint in namespace ${clean(namespace, 63)}`,
        `kubectl get endpointslices -n ${clean(namespace, 63)} shows who answers for the Service`,
      ),
    ];
  }
  const place = clean(namespace, 63);
  return [judgeReady(deployment, pods, { namespace: place, nodes }), ...judgePolicies(deployment, pods, place)];
}

/** A rollout that does not come to its end leaves replicas with a policy that is not the one that others predict by. */
function judgePolicies(deployment: unknown, pods: readonly unknown[], namespace: string): readonly Diagnosis[] {
  const latest = policyMountedBy(at(deployment, 'spec', 'template', 'spec'));
  const former = pods.filter((pod) => isReady(pod) && policyMountedBy(at(pod, 'spec')) !== latest);
  if (former.length === 0) return [];
  const rollout = `kubectl rollout status deployment/kubectl-maint -n ${namespace}`;
  return [warn(`${former.length} of the replicas that answer decide by a former policy`, rollout)];
}

/** The ConfigMap with its policy, whose name follows from what it says; undefined where it has none. */
function policyMountedBy(podSpec: unknown): string | undefined {
  const names = listAt(podSpec, 'volumes').map((volume) => textAt(volume, 'configMap', 'name') ?? '');
  return names.find((name) => name.startsWith('kubectl-maint-policy'));
}

function judgeReady(
  deployment: unknown,
  pods: readonly unknown[],
  { namespace, nodes }: { readonly namespace: string; readonly nodes: ReplicasReading['nodes'] },
): Diagnosis {
  const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const ready = pods.filter(isReady);
  const many = `${ready.length} of ${wanted} replicas of the webhook ready`;
  const look = `kubectl get pods -n ${namespace} -l app.kubernetes.io/name=kubectl-maint -o wide`;
  const notPulled = imageNotPulled(pods);
  if (notPulled !== undefined)
    return (ready.length === 0 ? fail : warn)(`${many}: no node can pull the image, ${notPulled}`, PULL_STEP);
  if (ready.length === 0) return fail(`${many}: nothing is reviewed`, look);
  if (ready.length < FEWEST) {
    const more =
      wanted < FEWEST ? `install at least ${FEWEST}: helm upgrade --reuse-values --set replicas=${FEWEST}` : look;
    return warn(`${many}: when its node goes, nothing is reviewed for a while`, more);
  }
  return judgePlaces(many, ready, { namespace, nodes });
}

function judgePlaces(
  many: string,
  ready: readonly unknown[],
  { namespace, nodes }: { readonly namespace: string; readonly nodes: ReplicasReading['nodes'] },
): Diagnosis {
  const places = new Set(ready.map((pod) => textAt(pod, 'spec', 'nodeName') ?? ''));
  if (places.size > 1) return ok(`${many}, on ${places.size} nodes`);
  if (nodes?.all === 1) return ok(`${many}, on the only node`);
  const isOnlyOne = nodes !== undefined && nodes.open <= 1;
  const [node = ''] = places;
  const where = `all on node ${clean(node, MAX_NAME)}${isOnlyOne ? ', and no other takes pods' : ''}`;
  const spread = `kubectl rollout restart deployment kubectl-maint -n ${namespace} spreads them`;
  return {
    ...warn(
      `${many}, ${where}: when it goes, nothing is reviewed for a while`,
      isOnlyOne ? `bring another node back first; then ${spread}` : `${spread}, where other nodes have room`,
    ),
    names: { nodes: [node] },
  };
}

function isReady(pod: unknown): boolean {
  const isLeaving = textAt(pod, 'metadata', 'deletionTimestamp') !== undefined;
  return !isLeaving && textAt(conditionAt(pod, 'Ready'), 'status') === 'True';
}
