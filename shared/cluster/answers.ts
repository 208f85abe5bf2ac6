import { daemonSetFromObjects } from '../facts/daemonset.ts';
import { nodeFromObject, type NodeFacts } from '../facts/node.ts';
import { podFromObject, type PodFacts } from '../facts/pod.ts';
import { STATE_LABEL } from '../labels.ts';
import type { FetchNeed } from '../policy/decide.ts';
import type { Answer, Need } from '../policy/needs.ts';
import { controllerRevisionsPath, daemonSetPath, nodePath, NODES, objectPath, podsPath } from './paths.ts';
import type { ClusterReader } from './ports.ts';

/**
 * Answers the policy's needs by reading the API server, each read ended by the signal. For one look at the cluster: the
 * ControllerRevisions of a namespace are read once in it, however many DaemonSets are asked about.
 */
export function answersFromCluster(reader: ClusterReader, signal: AbortSignal): FetchNeed {
  const revisions = new Map<string, Promise<readonly unknown[]>>();
  const revisionsIn = (namespace: string): Promise<readonly unknown[]> => {
    const read = revisions.get(namespace) ?? readAll(reader, controllerRevisionsPath(namespace), {}, signal);
    revisions.set(namespace, read);
    return read;
  };
  return (need) => fetchNeed(need, reader, signal, revisionsIn);
}

type RevisionsIn = (namespace: string) => Promise<readonly unknown[]>;

async function fetchNeed(
  need: Need,
  reader: ClusterReader,
  signal: AbortSignal,
  revisionsIn: RevisionsIn,
): Promise<Answer> {
  switch (need.need) {
    case 'node': {
      const object = await reader.get(nodePath(need.name), { signal });
      return { answer: 'node', node: nodeFromObject(object) };
    }
    case 'held-nodes': {
      const objects = await readAll(reader, NODES, { labelSelector: STATE_LABEL }, signal);
      const nodes = objects.map(nodeFromObject).filter((node): node is NodeFacts => node !== undefined);
      return { answer: 'held-nodes', nodes };
    }
    case 'daemonset':
      return { answer: 'daemonset', daemonSet: await fetchDaemonSet(need, reader, signal, revisionsIn) };
    case 'pods-on-node': {
      const query = { fieldSelector: `spec.nodeName=${need.node}` };
      return { answer: 'pods-on-node', pods: await readPods(need.namespace, query, reader, signal) };
    }
    case 'object':
      return {
        answer: 'object',
        object: await reader.get(objectPath(need.resource, need.namespace, need.name), { signal }),
      };
    case 'pods': {
      const query = need.selector === '' ? {} : { labelSelector: need.selector };
      return { answer: 'pods', pods: await readPods(need.namespace, query, reader, signal) };
    }
  }
}

async function fetchDaemonSet(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  reader: ClusterReader,
  signal: AbortSignal,
  revisionsIn: RevisionsIn,
) {
  const [object, revisions] = await Promise.all([
    reader.get(daemonSetPath(namespace, name), { signal }),
    revisionsIn(namespace),
  ]);
  return object === undefined ? undefined : daemonSetFromObjects(object, revisions);
}

async function readPods(
  namespace: string,
  query: Readonly<Record<string, string>>,
  reader: ClusterReader,
  signal: AbortSignal,
): Promise<readonly PodFacts[]> {
  const objects = await readAll(reader, podsPath(namespace), query, signal);
  return objects.map(podFromObject).filter((pod): pod is PodFacts => pod !== undefined);
}

async function readAll(
  reader: ClusterReader,
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const objects: unknown[] = [];
  for await (const page of reader.pages(path, { query, signal })) objects.push(...page.items);
  return objects;
}
