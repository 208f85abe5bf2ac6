import { collectionPath, objectPath, textAt, type ClusterReader } from '../../shared/index.ts';

/** Objects of a kind in a namespace (empty: of the cluster). */
export interface Collection {
  readonly resource: string;
  readonly namespace: string;
  /** From so many on, one list of all of them is less work for the API server than a call for each. */
  readonly listFrom: number;
}

/** Some of these objects, by name. What cannot be read says nothing: the checks that ask for it are a courtesy. */
export async function readNamed(
  { resource, namespace, listFrom }: Collection,
  names: ReadonlySet<string>,
  cluster: ClusterReader,
): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  const take = (object: unknown): void => {
    const name = textAt(object, 'metadata', 'name') ?? '';
    if (names.has(name)) found.set(name, object);
  };
  try {
    if (names.size < listFrom) {
      for (const name of names) take(await cluster.get(objectPath(resource, namespace, name)));
    } else {
      for await (const { items } of cluster.pages(collectionPath(resource, namespace))) items.forEach(take);
    }
  } catch {
    return new Map();
  }
  return found;
}
