import { listAt, textAt } from '../facts/json.ts';
import { containersFrom, type PodTemplate, type WorkObject } from '../facts/work.ts';

/** The subresource through which `kubectl debug` adds a container to a pod that runs; its object is the whole Pod. */
export const EPHEMERAL_CONTAINERS = 'ephemeralcontainers';

/**
 * The work that starts when ephemeral containers are added: the pod with these containers alone. What the pod is anyway,
 * by its labels, its owner or what it runs, started long ago, and nobody is kept from looking into it.
 */
export function addedContainers(after: WorkObject, before: WorkObject | undefined): WorkObject {
  const { template } = after;
  if (template === undefined) return after;
  const known = new Set(ephemeralIn(before?.template).map((container) => textAt(container, 'name')));
  const added = ephemeralIn(template).filter((container) => !known.has(textAt(container, 'name')));
  return {
    ...after,
    labels: NONE,
    annotations: NONE,
    owners: [],
    template: { ...template, labels: NONE, annotations: NONE, ...containersFrom(added) },
  };
}

const NONE: ReadonlyMap<string, string> = new Map();

function ephemeralIn(template: PodTemplate | undefined): readonly unknown[] {
  return listAt(template?.spec, 'ephemeralContainers');
}
