import { ClusterRefusal, MaintError, nodePath, NODES, type ClusterReader, readAll } from '../../shared/index.ts';

import { snapshotFromObject, type NodeSnapshot } from './snapshot.ts';

/** Which nodes a command is about: names, or a label selector; never both, never neither for verbs that write. */
export interface NodeChoice {
  readonly names: readonly string[];
  readonly selector: string | undefined;
}

/**
 * Reads the chosen nodes, in the order of their names on the command line, or sorted for a selector.
 * Throws when any of them does not exist, so that nothing is written to the others.
 */
export async function chooseNodes(choice: NodeChoice, reader: ClusterReader): Promise<readonly NodeSnapshot[]> {
  return choice.selector === undefined ? byName(choice.names, reader) : bySelector(choice.selector, reader);
}

async function byName(names: readonly string[], reader: ClusterReader): Promise<readonly NodeSnapshot[]> {
  const found = await Promise.all(names.map(async (name) => snapshotFromObject(await reader.get(nodePath(name)))));
  const missing = names.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    const list = missing.map((name) => `"${name}"`).join(', ');
    throw new MaintError('cluster', `nodes ${list} not found`, {
      hint: 'nothing was changed; kubectl get nodes lists them',
    });
  }
  return found.filter((node) => node !== undefined);
}

async function bySelector(selector: string, reader: ClusterReader): Promise<readonly NodeSnapshot[]> {
  const nodes = await listNodes(reader, { labelSelector: selector });
  if (nodes.length > 0) return nodes;
  throw new MaintError('usage', `no node matches the selector "${selector}"`, {
    hint: `kubectl get nodes -l '${selector}' shows what it selects`,
  });
}

/** What a list of Nodes may ask for. */
type Query = Readonly<
  Partial<Record<'labelSelector' | 'resourceVersion' | 'resourceVersionMatch', string | undefined>>
>;

/** Every node, or those that a query (ListOptions) selects, sorted by name. */
export async function listNodes(reader: ClusterReader, query: Query = {}): Promise<readonly NodeSnapshot[]> {
  try {
    const nodes = await readAll(reader, { path: NODES, query }, snapshotFromObject);
    return [...nodes].sort((a, b) => (a.facts.name < b.facts.name ? -1 : 1));
  } catch (thrown) {
    throw badSelector(thrown, query.labelSelector) ?? thrown;
  }
}

/** The API server judges selectors (400); the person wrote it, so it is theirs to correct. */
function badSelector(thrown: unknown, selector: string | undefined): MaintError | undefined {
  if (selector === undefined || !(thrown instanceof ClusterRefusal) || thrown.status !== 400) return undefined;
  return new MaintError('usage', `"${selector}" is not a label selector: ${thrown.message}`, { cause: thrown });
}
