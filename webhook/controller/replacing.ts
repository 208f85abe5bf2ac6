import { at, collectionPath, objectPath, textAt, type ApiRequest } from '../../shared/index.ts';

/** Where an object of a namespace is. */
export interface ObjectPlace {
  readonly namespace: string;
  readonly name: string;
}

/** The request that makes an object, or replaces exactly the one that was read; undefined: there was none. */
export function replacing(
  resource: string,
  { namespace, name }: ObjectPlace,
  body: object,
  replaced: unknown,
): ApiRequest {
  return replaced === undefined
    ? { method: 'POST', path: collectionPath(resource, namespace), body }
    : { method: 'PUT', path: objectPath(resource, namespace, name), body };
}

/** The metadata of an object that we write: what it replaces keeps its labels, and has not been written meanwhile. */
export function metadataFor({ namespace, name }: ObjectPlace, replaced: unknown): object {
  const labels = at(replaced, 'metadata', 'labels') ?? { 'app.kubernetes.io/name': 'kubectl-maint' };
  const resourceVersion = textAt(replaced, 'metadata', 'resourceVersion');
  return { namespace, name, labels, ...(resourceVersion !== undefined && { resourceVersion }) };
}
