import { placementFromPodSpec, type Placement } from '../scheduling/placement.ts';
import { at, isTrueAt, listAt, stringMapAt, textAt, textsAt } from './json.ts';

/** Longest name, kind or namespace that Kubernetes accepts (DNS subdomain, RFC 1123): no longer one comes from it. */
export const MAX_NAME = 253;
/** Owners of one object that are read: real objects have one, or the few that share it. */
const MAX_OWNERS = 100;
/** Containers of one pod that are read: pods of pipelines have tens. */
const MAX_CONTAINERS = 250;

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
  /** The first MAX_CONTAINERS. */
  readonly containers: readonly ContainerFacts[];
  /** There are more containers than are read. */
  readonly isCut: boolean;
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
  /** Its controller, and the first MAX_OWNERS. */
  readonly owners: readonly Owner[];
  /** There are more owners than are read. */
  readonly isCut: boolean;
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
  const { group, version } = splitApiVersion(nameAt(object, 'apiVersion'));
  const kind = nameAt(object, 'kind');
  const metadata = at(object, 'metadata');
  const groupKind = `${group}/${kind}`;
  const owners = listAt(metadata, 'ownerReferences');
  return {
    group,
    version,
    kind,
    groupKind,
    namespace: nameAt(metadata, 'namespace'),
    name: short(textAt(metadata, 'name') ?? textAt(metadata, 'generateName')),
    uid: nameAt(metadata, 'uid'),
    labels: stringMapAt(metadata, 'labels'),
    annotations: stringMapAt(metadata, 'annotations'),
    owners: ownersAmong(owners).map(ownerFromReference),
    isCut: owners.length > MAX_OWNERS,
    deleting: at(metadata, 'deletionTimestamp') != null,
    jobLabels: groupKind === 'batch/CronJob' ? stringMapAt(object, 'spec', 'jobTemplate', 'metadata', 'labels') : NONE,
    template: templateOf(object, groupKind),
    raw: object,
  };
}

function nameAt(value: unknown, key: string): string {
  return short(textAt(value, key));
}

/** One character more than the longest: whoever shows a name sees that it was cut. */
function short(name = ''): string {
  return name.slice(0, MAX_NAME + 1);
}

/** Wherever its controller stands, it is one of them: what a controller may do is not to depend on a long list. */
function ownersAmong(references: readonly unknown[]): readonly unknown[] {
  if (references.length <= MAX_OWNERS) return references;
  const controller = references.findIndex((reference) => isTrueAt(reference, 'controller'));
  const first = references.slice(0, MAX_OWNERS);
  return controller < MAX_OWNERS ? first : [...first, references[controller]];
}

function ownerFromReference(reference: unknown): Owner {
  const { group } = splitApiVersion(nameAt(reference, 'apiVersion'));
  const kind = nameAt(reference, 'kind');
  return {
    group,
    kind,
    groupKind: `${group}/${kind}`,
    name: nameAt(reference, 'name'),
    uid: nameAt(reference, 'uid'),
    controller: isTrueAt(reference, 'controller'),
  };
}

function templateOf(object: unknown, groupKind: string): PodTemplate | undefined {
  const path = TEMPLATE_PATHS.get(groupKind);
  if (path === undefined) return undefined;
  const template = path.length === 0 ? object : at(object, ...path);
  const metadata = at(template, 'metadata');
  const spec = at(template, 'spec');
  const containers = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')];
  return {
    labels: stringMapAt(metadata, 'labels'),
    annotations: stringMapAt(metadata, 'annotations'),
    placement: placementFromPodSpec(spec),
    ...containersFrom(containers),
    spec,
  };
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Containers of a pod spec, of whichever kind, as far as they are read. */
export function containersFrom(containers: readonly unknown[]): Pick<PodTemplate, 'containers' | 'isCut'> {
  return {
    containers: containers.slice(0, MAX_CONTAINERS).map(containerFrom),
    isCut: containers.length > MAX_CONTAINERS,
  };
}

function containerFrom(container: unknown): ContainerFacts {
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
