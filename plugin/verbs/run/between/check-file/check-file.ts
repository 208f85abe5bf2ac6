import { readFile, stat } from 'node:fs/promises';
import {
  collectionPath,
  isPassing,
  MaintError,
  messageOf,
  objectPath,
  textAt,
  type Cluster,
} from '../../../../../shared/index.ts';
import { listed } from '../../../../drain/cause.ts';
import type { Check } from '../checks.ts';
import { parseCheckFile, type Expectation } from './expectation.ts';
import { whyNotMet } from './is-met.ts';
import { Resources, type Resource } from './resources.ts';

/** Largest file, in bytes: 100 lines of 640. */
const MAX_BYTES = 64_000;
/** Most objects that one line may be about: they are read again for every node. */
const MAX_OBJECTS = 10_000;

/** An expectation whose type is known to the API server. */
interface Resolved {
  readonly expectation: Expectation;
  readonly resource: Resource;
}

/**
 * `--check-file`: what its lines expect of objects. Everything that is wrong with it is found out now: a line that nobody can
 * read, a type that is not there, objects that the caller may not read. Throws MaintError.
 */
export async function checkFile(path: string, cluster: Cluster): Promise<Check> {
  const resolved = await resolve(parseCheckFile(await textOf(path), path), path, cluster);
  for (const one of resolved) await unmet(one, cluster);
  return async (_, timeoutMs) => {
    const options = timeoutMs === 0 ? {} : { signal: AbortSignal.timeout(timeoutMs) };
    try {
      const found = await Promise.all(resolved.map((one) => unmet(one, cluster, options)));
      return found.flat();
    } catch (thrown) {
      if (thrown instanceof MaintError && !isPassing(thrown)) throw thrown;
      return [`--check-file could not be asked: ${messageOf(thrown)}`];
    }
  };
}

async function textOf(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new MaintError('usage', `has ${size} bytes; ${MAX_BYTES} are the most`);
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new MaintError('usage', `--check-file: ${path}: ${messageOf(thrown)}`, { hint: 'nothing was changed' });
  }
}

async function resolve(
  expectations: readonly Expectation[],
  path: string,
  cluster: Cluster,
): Promise<readonly Resolved[]> {
  const resources = new Resources(cluster);
  const resolved: Resolved[] = [];
  for (const expectation of expectations) {
    const refuse = (why: string): MaintError =>
      new MaintError('usage', `--check-file: ${path}, line ${expectation.line}: ${why}`, {
        hint: 'nothing was changed',
      });
    const resource = await resources.find(expectation.type).catch((thrown: unknown) => {
      throw thrown instanceof MaintError && thrown.code === 'usage' ? refuse(thrown.message) : thrown;
    });
    if (resource.isNamespaced && expectation.namespace === undefined)
      throw refuse(`${resource.plural} have a namespace: -n NAMESPACE or -A`);
    resolved.push({ expectation, resource });
  }
  return resolved;
}

interface ReadOptions {
  readonly signal?: AbortSignal;
}

/** What of an expectation is not met. Nothing that it could be about is not enough, as for kubectl wait. */
async function unmet(one: Resolved, cluster: Cluster, options: ReadOptions = {}): Promise<readonly string[]> {
  const { expectation } = one;
  const why = new Map<string, string[]>();
  let count = 0;
  for await (const { title, object } of objectsOf(one, cluster, options)) {
    count += 1;
    const reason = object === undefined ? 'does not exist' : whyNotMet(object, expectation.condition);
    if (reason !== undefined) why.set(reason, [...(why.get(reason) ?? []), title]);
  }
  if (count === 0) return [`line ${expectation.line} (${expectation.text}): nothing matches`];
  return Array.from(why, ([reason, titles]) => `line ${expectation.line}: ${listed(titles)} ${reason}`);
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
      throw new MaintError('usage', `--check-file: line ${expectation.line} is about more than ${MAX_OBJECTS} objects`);
    for (const object of items) {
      const [name = '', within = ''] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
      yield { title: titleOf(resource, within, name), object };
    }
  }
}

function titleOf({ plural }: Resource, namespace: string, name: string): string {
  return namespace === '' ? `${plural}/${name}` : `${plural}/${name} (namespace ${namespace})`;
}
