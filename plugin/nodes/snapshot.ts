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
