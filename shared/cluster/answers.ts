import { readAll } from './read-all.ts';
import { daemonSetFromObjects } from '../facts/daemonset.ts';
import { at, listAt } from '../facts/json.ts';
import { nodeFromObject } from '../facts/node.ts';
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
    const list = { path: controllerRevisionsPath(namespace), query: {}, signal };
    const read = revisions.get(namespace) ?? readAll(reader, { ...list, most: MAX_LISTED }, withoutTemplate);
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
      const nodes = await readAll(
        reader,
        { path: NODES, query: { labelSelector: STATE_LABEL }, signal, most: MAX_LISTED },
        nodeFromObject,
      );
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
  return readAll(reader, { path: podsPath(namespace), query, signal, most: MAX_LISTED }, leanPod);
}

/** A ControllerRevision without the template that it is of: a namespace has hundreds of them. */
function withoutTemplate(revision: unknown): object {
  return { metadata: at(revision, 'metadata'), revision: at(revision, 'revision') };
}

/** A pod without what no rule asks of other pods than the one that is reviewed: of its spec the volumes are left. */
function leanPod(object: unknown): PodFacts | undefined {
  const pod = podFromObject(object);
  const template = pod?.work.template;
  if (pod === undefined || template === undefined) return pod;
  const spec = { volumes: listAt(template.spec, 'volumes') };
  return { ...pod, work: { ...pod.work, template: { ...template, containers: [], spec } } };
}

/**
 * Objects that one list may have: as many as the largest cluster that Kubernetes supports has nodes. As facts of about
 * 1 kB they are 5 MiB; sixteen such reads at once still fit a replica.
 */
const MAX_LISTED = 5000;
