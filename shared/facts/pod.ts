import { MIRROR_ANNOTATION } from '../labels.ts';
import { at, conditionAt, isObject, listAt, numberAt, stringMapAt, textAt, textsAt, timeAt } from './json.ts';
import { controllerOf, workFromObject, type Owner, type WorkObject } from './work.ts';

/** A Pod as it runs, as far as draining and holding need to know it. */
export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly nodeName: string;
  /**
   * Whoever made it put it on its node, past the scheduler: no cordon keeps such a pod off. False where nobody can tell.
   */
  readonly namesItsNode: boolean;
  readonly labels: ReadonlyMap<string, string>;
  /** The owner reference with `controller: true`. */
  readonly controller: Owner | undefined;
  readonly phase: string;
  /** One of its containers runs, or has run: init containers do so while its phase is still Pending. */
  readonly started: boolean;
  /** Milliseconds since the epoch at which deletion was asked for; undefined while nobody did. */
  readonly deletedAt: number | undefined;
  readonly finalizers: readonly string[];
  /** The API copy of a static pod. */
  readonly mirror: boolean;
  /** Has a volume that dies with the pod. */
  readonly emptyDir: boolean;
  readonly priority: number;
  readonly ready: boolean;
  /** Milliseconds since the epoch of the last change of the Ready condition; undefined where it was never set. */
  readonly readyChangedAt: number | undefined;
  readonly work: WorkObject;
}

/** A Pod object as facts; undefined where the object has no name. */
export function podFromObject(object: unknown): PodFacts | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (!isObject(object) || name === undefined || name === '') return undefined;
  // Lists of the API server leave `kind` out of their items.
  const work = { ...workFromObject({ apiVersion: 'v1', kind: 'Pod', ...object }), raw: undefined };
  const ready = conditionAt(object, 'Ready');
  return {
    namespace: work.namespace,
    name,
    uid: work.uid,
    nodeName: textAt(object, 'spec', 'nodeName') ?? '',
    namesItsNode: namesItsNode(object),
    labels: work.labels,
    controller: controllerOf(work),
    phase: textAt(object, 'status', 'phase') ?? '',
    started: hasStarted(object),
    deletedAt: timeAt(object, 'metadata', 'deletionTimestamp'),
    finalizers: textsAt(object, 'metadata', 'finalizers'),
    mirror: stringMapAt(object, 'metadata', 'annotations').has(MIRROR_ANNOTATION),
    emptyDir: listAt(object, 'spec', 'volumes').some((volume) => at(volume, 'emptyDir') != null),
    priority: numberAt(object, 'spec', 'priority') ?? 0,
    ready: textAt(ready, 'status') === 'True',
    readyChangedAt: timeAt(ready, 'lastTransitionTime'),
    work,
  };
}

/**
 * Fields that a client set stand in `managedFields` (k8s structured-merge-diff, FieldsV1); what the scheduler binds does not
 * (k8s registry/core/pod/storage/storage.go, BindingREST writes past field management).
 */
function namesItsNode(object: unknown): boolean {
  return listAt(object, 'metadata', 'managedFields').some(
    (entry) => at(entry, 'fieldsV1', 'f:spec', 'f:nodeName') !== undefined,
  );
}

function hasStarted(object: unknown): boolean {
  const lists = [listAt(object, 'status', 'initContainerStatuses'), listAt(object, 'status', 'containerStatuses')];
  const isBegun = (one: unknown): boolean =>
    at(one, 'state', 'running') != null || at(one, 'state', 'terminated') != null;
  return textAt(object, 'status', 'phase') !== 'Pending' || lists.flat().some(isBegun);
}

/** Whether the pod has ended by itself. */
export function isFinished(pod: PodFacts): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}

/** Whether the pod runs or may still run: it has not ended and nobody asked for its deletion. */
export function isAlive(pod: PodFacts): boolean {
  return pod.deletedAt === undefined && !isFinished(pod);
}
