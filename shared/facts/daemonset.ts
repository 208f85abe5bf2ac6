import { daemonSetPlacement, type Placement } from '../scheduling/placement.ts';
import { labelSelectorFrom, type LabelSelector } from '../scheduling/selectors.ts';
import { WOKEN_CONDITION } from '../labels.ts';
import { at, conditionAt, numberAt, textAt, timeAt } from './json.ts';
import type { PodFacts } from './pod.ts';
import { controllerOf, workFromObject } from './work.ts';

/** Annotation that moves only with the template and is current when the rollout's first DELETE arrives. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
/** Label of a ControllerRevision and of the pods made from it. */
export const REVISION_HASH_LABEL = 'controller-revision-hash';
/** Label of a DaemonSet's pod: the template generation it was made from. */
export const GENERATION_LABEL = 'pod-template-generation';
/** Labels by which a pod tells from which template it was made. */
export const ROLLOUT_LABELS: readonly string[] = [REVISION_HASH_LABEL, GENERATION_LABEL];

/** A DaemonSet as the hold rule sees it. */
export interface DaemonSetFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly deleting: boolean;
  readonly rollingUpdate: boolean;
  /** Selects its pods. */
  readonly selector: LabelSelector;
  /** Empty where the annotation is missing. */
  readonly templateGeneration: string;
  /** `controller-revision-hash` of its highest ControllerRevision; undefined where it has none yet. */
  readonly currentHash: string | undefined;
  /** Where its pods belong, with the tolerations that its controller adds. */
  readonly placement: Placement;
  /** Whether its controller has seen it as it is now, so that the counts below are those of the current template. */
  readonly observed: boolean;
  /** Nodes that should run a pod of it, and those of them that run the current template. */
  readonly scheduled: number;
  readonly updated: number;
  /** When its controller was told to go on last, in ms since the epoch; undefined where it never was. */
  readonly wokenAt: number | undefined;
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
    selector: labelSelectorFrom(at(object, 'spec', 'selector')),
    templateGeneration: work.annotations.get(TEMPLATE_GENERATION) ?? '',
    currentHash: currentHashOf(work.uid, revisions),
    placement: daemonSetPlacement(work.template.placement),
    observed:
      (numberAt(object, 'status', 'observedGeneration') ?? 0) >= (numberAt(object, 'metadata', 'generation') ?? 0),
    scheduled: numberAt(object, 'status', 'desiredNumberScheduled') ?? 0,
    updated: numberAt(object, 'status', 'updatedNumberScheduled') ?? 0,
    wokenAt: timeAt(conditionAt(object, WOKEN_CONDITION), 'lastTransitionTime'),
  };
}

/** Whether a pod is of an older template. Generation AND hash: after an undo the generation differs while the pod is current. */
export function isOutdated(pod: Pick<PodFacts, 'labels'>, daemonSet: DaemonSetFacts): boolean {
  return (
    daemonSet.currentHash !== undefined &&
    pod.labels.get(GENERATION_LABEL) !== daemonSet.templateGeneration &&
    pod.labels.get(REVISION_HASH_LABEL) !== daemonSet.currentHash
  );
}

function currentHashOf(uid: string, revisions: readonly unknown[]): string | undefined {
  const owned = revisions.filter((revision) => controllerOf(workFromObject(revision))?.uid === uid);
  const highest = owned.sort((a, b) => (numberAt(b, 'revision') ?? 0) - (numberAt(a, 'revision') ?? 0))[0];
  return textAt(at(highest, 'metadata', 'labels'), REVISION_HASH_LABEL);
}
