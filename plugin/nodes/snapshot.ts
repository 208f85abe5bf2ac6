import { nodeFromObject, stringMapAt, textAt, type NodeFacts } from '../../shared/index.ts';

/** A Node as it was read, with what a compare-and-swap write needs. */
export interface NodeSnapshot {
  readonly facts: NodeFacts;
  readonly resourceVersion: string;
  readonly annotations: ReadonlyMap<string, string>;
  readonly raw: unknown;
}

/** A Node object as a snapshot; undefined where it is none. */
export function snapshotFromObject(object: unknown): NodeSnapshot | undefined {
  const facts = nodeFromObject(object);
  if (facts === undefined) return undefined;
  return {
    facts,
    resourceVersion: textAt(object, 'metadata', 'resourceVersion') ?? '',
    annotations: stringMapAt(object, 'metadata', 'annotations'),
    raw: object,
  };
}

/** The API server's versions are one rising sequence for all objects of a kind (KEP-5504 makes that a promise). */
export function versionOf({ resourceVersion }: NodeSnapshot): bigint | undefined {
  return /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined;
}

/** Of two snapshots of a Node the one that was written later; the other one where that cannot be told. */
export function newer(one: NodeSnapshot, other: NodeSnapshot | undefined): NodeSnapshot {
  if (other === undefined) return one;
  return (versionOf(one) ?? 0n) > (versionOf(other) ?? 0n) ? one : other;
}
