import {
  ClusterRefusal,
  daemonSetPath,
  MaintError,
  podFromObject,
  PODS,
  textAt,
  type ClusterReader,
  type PodFacts,
} from '../../shared/index.ts';
import type { DrainFlags } from '../operation.ts';
import { planDrain, type DrainPlan } from './plan.ts';

/** Reads the pods on a node and plans its drain. Throws ClusterRefusal, or MaintError('usage') on a bad --pod-selector. */
export async function readPlan(node: string, flags: DrainFlags, reader: ClusterReader): Promise<DrainPlan> {
  const pods = await readPods(node, flags.podSelector, reader);
  return planPods(node, pods, flags, reader);
}

/** Plans the drain of a node whose pods are known. */
export async function planPods(
  node: string,
  pods: readonly PodFacts[],
  flags: DrainFlags,
  reader: ClusterReader,
): Promise<DrainPlan> {
  const existing = await existingDaemonSets(pods, reader);
  return planDrain(node, pods, { flags, daemonSetExists: (pod) => existing.has(daemonSetKey(pod)) });
}

/** The pods on a node, or those of them that a label selector matches. */
export async function readPods(
  node: string,
  selector: string | undefined,
  reader: ClusterReader,
): Promise<readonly PodFacts[]> {
  const pods: PodFacts[] = [];
  try {
    for await (const page of reader.pages(PODS, { query: podsOn(node, selector) })) {
      pods.push(...page.items.map(podFromObject).filter((pod) => pod !== undefined));
    }
  } catch (thrown) {
    if (selector !== undefined && thrown instanceof ClusterRefusal && thrown.status === 400) {
      throw new MaintError('usage', `--pod-selector=${selector} must be a valid label selector`, { cause: thrown });
    }
    throw thrown;
  }
  return pods;
}

/** The query that lists the pods on a node. */
export function podsOn(node: string, selector: string | undefined): Readonly<Record<string, string | undefined>> {
  return { fieldSelector: `spec.nodeName=${node}`, labelSelector: selector };
}

/** Each DaemonSet is looked up once, however many pods name it. */
async function existingDaemonSets(pods: readonly PodFacts[], reader: ClusterReader): Promise<ReadonlySet<string>> {
  const wanted = new Map<string, PodFacts>();
  for (const pod of pods) if (pod.controller?.kind === 'DaemonSet') wanted.set(daemonSetKey(pod), pod);
  const found = await Promise.all(
    [...wanted].map(async ([key, pod]) => {
      const object = await reader.get(daemonSetPath(pod.namespace, pod.controller?.name ?? ''));
      return textAt(object, 'metadata', 'name') === undefined ? undefined : key;
    }),
  );
  return new Set(found.filter((key) => key !== undefined));
}

function daemonSetKey(pod: PodFacts): string {
  return `${pod.namespace}/${pod.controller?.name ?? ''}`;
}
