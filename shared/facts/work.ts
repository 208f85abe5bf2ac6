import { placementFromPodSpec, type Placement } from '../scheduling/placement.ts';
import { at, isTrueAt, listAt, stringMapAt, textAt, textsAt } from './json.ts';

/** A container as far as it tells what runs in it. */
export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  /** Empty where the image's own entry point runs. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** The entries of its environment, as they stand in the object. */
  readonly env: readonly unknown[];
  /** Where its volumes are mounted. */
  readonly mounts: readonly string[];
}

/** An owner reference. */
export interface Owner {
  readonly group: string;
  readonly kind: string;
  /** As of a WorkObject. */
  readonly groupKind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
}

/** The pods that an object is, or makes. */
export interface PodTemplate {
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly placement: Placement;
  readonly containers: readonly ContainerFacts[];
  /** The raw pod spec, for comparing two templates. */
  readonly spec: unknown;
}

/** Any Kubernetes object as the policy sees it. */
export interface WorkObject {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `group/Kind`, by which rules and tools name a kind; the core group is empty: `/Pod`. */
  readonly groupKind: string;
  readonly namespace: string;
  /** `metadata.name`, else `metadata.generateName`. */
  readonly name: string;
  readonly uid: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly owners: readonly Owner[];
  readonly deleting: boolean;
  /** Labels of the Jobs that a CronJob makes; empty for other kinds. */
  readonly jobLabels: ReadonlyMap<string, string>;
  readonly template: PodTemplate | undefined;
  readonly raw: unknown;
}

/** Where each kind of the core, apps and batch groups keeps its pod spec's parent; a Pod is its own template. */
const TEMPLATE_PATHS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/Pod', []],
  ['/PodTemplate', ['template']],
  ['/ReplicationController', ['spec', 'template']],
  ['apps/DaemonSet', ['spec', 'template']],
  ['apps/Deployment', ['spec', 'template']],
  ['apps/ReplicaSet', ['spec', 'template']],
  ['apps/StatefulSet', ['spec', 'template']],
  ['batch/Job', ['spec', 'template']],
  ['batch/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** `apps/v1` → group `apps`, version `v1`; `v1` → the core group, written as an empty string. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** A Kubernetes object as facts. Never throws; missing fields read as empty. */
export function workFromObject(object: unknown): WorkObject {
  const { group, version } = splitApiVersion(textAt(object, 'apiVersion') ?? '');
  const kind = textAt(object, 'kind') ?? '';
  const metadata = at(object, 'metadata');
  const groupKind = `${group}/${kind}`;
  return {
    group,
    version,
    kind,
    groupKind,
    namespace: textAt(metadata, 'namespace') ?? '',
    name: textAt(metadata, 'name') ?? textAt(metadata, 'generateName') ?? '',
    uid: textAt(metadata, 'uid') ?? '',
    labels: stringMapAt(metadata, 'labels'),
    annotations: stringMapAt(metadata, 'annotations'),
    owners: listAt(metadata, 'ownerReferences').map(ownerFromReference),
    deleting: at(metadata, 'deletionTimestamp') != null,
    jobLabels: groupKind === 'batch/CronJob' ? stringMapAt(object, 'spec', 'jobTemplate', 'metadata', 'labels') : NONE,
    template: templateOf(object, groupKind),
    raw: object,
  };
}

function ownerFromReference(reference: unknown): Owner {
  const { group } = splitApiVersion(textAt(reference, 'apiVersion') ?? '');
  const kind = textAt(reference, 'kind') ?? '';
  return {
    group,
    kind,
    groupKind: `${group}/${kind}`,
    name: textAt(reference, 'name') ?? '',
    uid: textAt(reference, 'uid') ?? '',
    controller: isTrueAt(reference, 'controller'),
  };
}

function templateOf(object: unknown, groupKind: string): PodTemplate | undefined {
  const path = TEMPLATE_PATHS.get(groupKind);
  if (path === undefined) return undefined;
  const template = path.length === 0 ? object : at(object, ...path);
  const metadata = at(template, 'metadata');
  const spec = at(template, 'spec');
  return {
    labels: stringMapAt(metadata, 'labels'),
    annotations: stringMapAt(metadata, 'annotations'),
    placement: placementFromPodSpec(spec),
    containers: [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].map(containerFrom),
    spec,
  };
}

const NONE: ReadonlyMap<string, string> = new Map();

/** A container of a pod spec, of whichever kind. */
export function containerFrom(container: unknown): ContainerFacts {
  return {
    name: textAt(container, 'name') ?? '',
    image: textAt(container, 'image') ?? '',
    command: textsAt(container, 'command'),
    args: textsAt(container, 'args'),
    env: listAt(container, 'env'),
    mounts: listAt(container, 'volumeMounts').flatMap((mount) => textAt(mount, 'mountPath') ?? []),
  };
}

/** The controller of an object: the one owner reference with `controller: true`. */
export function controllerOf(object: WorkObject): Owner | undefined {
  return object.owners.find((owner) => owner.controller);
}
