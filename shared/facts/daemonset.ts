import { daemonSetPlacement, type Placement } from '../scheduling/placement.ts';
import { at, numberAt, textAt } from './json.ts';
import { controllerOf, workFromObject } from './work.ts';

/** Annotation that moves only with the template and is current when the rollout's first DELETE arrives. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
/** Label of a ControllerRevision and of the pods made from it. */
export const REVISION_HASH_LABEL = 'controller-revision-hash';
/** Label of a DaemonSet's pod: the template generation it was made from. */
export const GENERATION_LABEL = 'pod-template-generation';

/** A DaemonSet as the hold rule sees it. */
export interface DaemonSetFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly deleting: boolean;
  readonly rollingUpdate: boolean;
  /** Empty where the annotation is missing. */
  readonly templateGeneration: string;
  /** `controller-revision-hash` of its highest ControllerRevision; undefined where it has none yet. */
  readonly currentHash: string | undefined;
  /** Where its pods belong, with the tolerations that its controller adds. */
  readonly placement: Placement;
  /** Nodes that should run a pod of it, and those of them that run the current template. */
  readonly scheduled: number;
  readonly updated: number;
}

/** A DaemonSet and the ControllerRevisions of its namespace as facts. */
export function daemonSetFromObjects(object: unknown, revisions: readonly unknown[]): DaemonSetFacts | undefined {
  const work = workFromObject({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    ...(typeof object === 'object' ? object : {}),
  });
  if (work.name === '' || work.template === undefined) return undefined;
  return {
    namespace: work.namespace,
    name: work.name,
    uid: work.uid,
    deleting: work.deleting,
    rollingUpdate: (textAt(object, 'spec', 'updateStrategy', 'type') ?? 'RollingUpdate') === 'RollingUpdate',
    templateGeneration: work.annotations.get(TEMPLATE_GENERATION) ?? '',
    currentHash: currentHashOf(work.uid, revisions),
    placement: daemonSetPlacement(work.template.placement),
    scheduled: numberAt(object, 'status', 'desiredNumberScheduled') ?? 0,
    updated: numberAt(object, 'status', 'updatedNumberScheduled') ?? 0,
  };
}

function currentHashOf(uid: string, revisions: readonly unknown[]): string | undefined {
  const owned = revisions.filter((revision) => controllerOf(workFromObject(revision))?.uid === uid);
  const highest = owned.sort((a, b) => (numberAt(b, 'revision') ?? 0) - (numberAt(a, 'revision') ?? 0))[0];
  return textAt(at(highest, 'metadata', 'labels'), REVISION_HASH_LABEL);
}
