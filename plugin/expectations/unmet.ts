import { collectionPath, MaintError, objectPath, textAt, type Cluster } from '../../shared/index.ts';
import { listed } from '../drain/cause.ts';
import type { Expectation } from './expectation.ts';
import { whyNotMet } from './is-met.ts';
import { titleOf, type Resource, type Resources } from './resources.ts';

/** Most objects that one expectation may be about: they are read again for every node. */
const MAX_OBJECTS = 10_000;

/** An expectation whose type is known to the API server. */
export interface Resolved {
  readonly expectation: Expectation;
  readonly resource: Resource;
}

/** Finds the type of an expectation. Throws MaintError('usage') where the API server has none such, or a namespace is missing. */
export async function resolved(expectation: Expectation, resources: Resources): Promise<Resolved> {
  const resource = await resources.find(expectation.type);
  if (resource.isNamespaced && expectation.namespace === undefined)
    throw new MaintError('usage', `${resource.plural} have a namespace: -n NAMESPACE or -A`);
  return { expectation, resource };
}

interface ReadOptions {
  readonly signal?: AbortSignal;
}

/** What of an expectation is not met. Nothing that it could be about is not enough but for --for=delete, as for kubectl wait. */
export async function unmet(one: Resolved, cluster: Cluster, options: ReadOptions = {}): Promise<readonly string[]> {
  const { expectation } = one;
  const why = new Map<string, string[]>();
  let count = 0;
  for await (const { title, object } of objectsOf(one, cluster, options)) {
    count += 1;
    const reason = whyNotMet(object, expectation.condition);
    if (reason !== undefined) why.set(reason, [...(why.get(reason) ?? []), title]);
  }
  if (count === 0 && expectation.condition.kind !== 'delete') return [`${expectation.text}: nothing matches`];
  return Array.from(why, ([reason, titles]) => `${listed(titles)} ${reason}`);
}

interface Found {
  readonly title: string;
  /** Undefined: it does not exist. */
  readonly object: unknown;
}

async function* objectsOf(
  { expectation, resource }: Resolved,
  cluster: Cluster,
  options: ReadOptions,
): AsyncGenerator<Found> {
  const { names, labelSelector, fieldSelector } = expectation;
  const namespace = resource.isNamespaced ? (expectation.namespace ?? '') : '';
  for (const name of names) {
    const object = await cluster.get(objectPath(resource.path, namespace, name), options);
    yield { title: titleOf(resource, namespace, name), object };
  }
  if (names.length > 0) return;
  let count = 0;
  const query = { labelSelector, fieldSelector };
  for await (const { items } of cluster.pages(collectionPath(resource.path, namespace), { query, ...options })) {
    count += items.length;
    if (count > MAX_OBJECTS)
      throw new MaintError('usage', `"${expectation.text}" is about more than ${MAX_OBJECTS} objects`);
    for (const object of items) {
      const [name = '', within = ''] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
      yield { title: titleOf(resource, within, name), object };
    }
  }
}
