import {
  classify,
  ClusterRefusal,
  daemonSetPath,
  MaintError,
  podFromObject,
  PODS,
  supposedControllerUser,
  type Catalogue,
  type ClusterReader,
  type PodFacts,
  readAll,
} from '../../shared/index.ts';
import type { FilterContext } from './filters.ts';
import { planDrain, type DrainPlan } from './plan.ts';

/** What plans depend on besides the pods. */
export interface PlanContext extends Omit<FilterContext, 'daemonSetExists' | 'activeWorkOf'> {
  /** Of the policy in force: what it keeps off a node in maintenance is not broken off on the way there. */
  readonly catalogue: Catalogue;
}

/** Plans drains of nodes whose pods are known; whether a DaemonSet exists is looked up once, however many pods name it. */
export class Planner {
  readonly #reader: ClusterReader;
  readonly #context: PlanContext;
  readonly #daemonSets = new Map<string, Promise<boolean>>();

  constructor(reader: ClusterReader, context: PlanContext) {
    this.#reader = reader;
    this.#context = context;
  }

  /** Throws ClusterRefusal where a DaemonSet may not be read. */
  async plan(node: string, pods: readonly PodFacts[]): Promise<DrainPlan> {
    const owned = pods.filter(({ controller }) => controller?.groupKind === 'apps/DaemonSet');
    const found = await Promise.all(owned.map(async (pod) => [pod.uid, await this.#exists(pod)] as const));
    const existing = new Map(found);
    return planDrain(node, pods, {
      ...this.#context,
      daemonSetExists: ({ uid }) => existing.get(uid) === true,
      activeWorkOf: (pod) => activeWorkOf(pod, this.#context.catalogue),
    });
  }

  #exists({ namespace, controller }: PodFacts): Promise<boolean> {
    const path = daemonSetPath(namespace, controller?.name ?? '');
    const known = this.#daemonSets.get(path) ?? this.#reader.get(path).then((object) => object !== undefined);
    this.#daemonSets.set(path, known);
    return known;
  }
}

/** The backup or scan that a pod is part of, as a catalogue has it; undefined where it is none. */
export function activeWorkOf({ work }: PodFacts, catalogue: Catalogue): string | undefined {
  const { work: kind, pattern, tool } = classify(work, catalogue, supposedControllerUser(work));
  return kind === 'backup' || kind === 'scan'
    ? (pattern?.what ?? `a ${kind} of ${tool ?? 'an unknown tool'}`)
    : undefined;
}

/** The pods on a node, or those of them that a label selector matches. */
export async function readPods(
  node: string,
  selector: string | undefined,
  reader: ClusterReader,
): Promise<readonly PodFacts[]> {
  try {
    return await readAll(reader, { path: PODS, query: podsOn(node, selector) }, podFromObject);
  } catch (thrown) {
    throw badSelector(thrown, selector) ?? thrown;
  }
}

/** The API server judges selectors (400); the person wrote it, so it is theirs to correct. kubectl's words. */
export function badSelector(thrown: unknown, selector: string | undefined): MaintError | undefined {
  if (selector === undefined || !(thrown instanceof ClusterRefusal) || thrown.status !== 400) return undefined;
  return new MaintError('usage', `--pod-selector=${selector} must be a valid label selector`, { cause: thrown });
}

/** The query that lists the pods on a node. */
export function podsOn(node: string, selector: string | undefined): Readonly<Record<string, string | undefined>> {
  return { fieldSelector: `spec.nodeName=${node}`, labelSelector: selector };
}
