import { conditionAt, stringMapAt, textAt } from '../../../shared/index.ts';
import type { DataKind, DataObject, Leaving } from './system.ts';

/** `namespace/name` of an object. */
export function namespacedName(object: unknown): string {
  return `${textAt(object, 'metadata', 'namespace') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`;
}

/** An object that is known by its namespace and name. */
export function namedObject(object: unknown): DataObject {
  return { name: namespacedName(object) };
}

/** A label of an object; empty where it has none. */
export function labelOf(object: unknown, label: string): string {
  return stringMapAt(object, 'metadata', 'labels').get(label) ?? '';
}

/** Status of a condition: `True`, `False`, `Unknown`; undefined where it was never set. */
export function conditionStatus(object: unknown, type: string): string | undefined {
  return textAt(conditionAt(object, type), 'status');
}

/** The node of a pod; undefined where it waits for one. */
export function nodeOf(pod: unknown): string | undefined {
  return textAt(pod, 'spec', 'nodeName');
}

/** Whether a pod is on one of the nodes that go. */
export function isLeaving(pod: unknown, { nodes }: Leaving): boolean {
  return nodes.has(nodeOf(pod) ?? '');
}

/** Whether a pod goes on while the nodes are away. */
export function isStaying(pod: unknown, { nodes, out }: Leaving): boolean {
  const node = nodeOf(pod);
  return node !== undefined && !nodes.has(node) && !out.has(node) && conditionStatus(pod, 'Ready') === 'True';
}

/** Pods that a label selector matches, without those that have ended. */
export function podsLabelled(labels: string): DataKind {
  return {
    group: '',
    versions: ['v1'],
    plural: 'pods',
    labels,
    where: 'status.phase!=Succeeded,status.phase!=Failed',
    fields: ['metadata.namespace', 'metadata.name', 'metadata.labels', 'spec.nodeName', 'status.conditions'],
  };
}
