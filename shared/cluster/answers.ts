import { readAll, type Reading } from './read-all.ts';
import { daemonSetFromObjects, ROLLOUT_LABELS } from '../facts/daemonset.ts';
import { at, fieldsAt, listAt } from '../facts/json.ts';
import { nodeFromObject } from '../facts/node.ts';
import { podFromObject, type PodFacts } from '../facts/pod.ts';
import { STATE_LABEL } from '../labels.ts';
import { eachOnce } from '../once.ts';
import type { FetchNeed } from '../policy/decide.ts';
import type { Answer, Need } from '../policy/needs.ts';
import { controllerRevisionsPath, daemonSetPath, nodePath, NODES, objectPath, podsPath } from './paths.ts';
import type { ClusterReader } from './ports.ts';

/**
 * Answers the policy's needs by reading the API server, each read ended by the signal. For one look at the cluster: the
 * ControllerRevisions of a namespace are read once in it, however many DaemonSets are asked about.
 */
export function answersFromCluster(reader: ClusterReader, signal: AbortSignal): FetchNeed {
  const revisionsIn = eachOnce((namespace: string) =>
    readAll(reader, listOf(controllerRevisionsPath(namespace), {}, signal), withoutTemplate),
  );
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
      const object = await reader.get(nodePath(need.name), { signal, maxBytes: MAX_ANSWER_BYTES });
      return { answer: 'node', node: nodeFromObject(object) };
    }
    case 'held-nodes': {
      const nodes = await readAll(reader, listOf(NODES, { labelSelector: STATE_LABEL }, signal), nodeFromObject);
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
        object: await reader.get(objectPath(need.resource, need.namespace, need.name), {
          signal,
          maxBytes: MAX_ANSWER_BYTES,
        }),
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
    reader.get(daemonSetPath(namespace, name), { signal, maxBytes: MAX_ANSWER_BYTES }),
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
  return readAll(reader, listOf(podsPath(namespace), query, signal), leanPod);
}

function listOf(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Reading {
  return { path, query: { ...query, limit: PAGE }, signal, most: MAX_LISTED, maxBytes: MAX_ANSWER_BYTES };
}

/** A ControllerRevision without the template that it is of: a namespace has hundreds of them. */
function withoutTemplate(revision: unknown): object {
  const { labels, ownerReferences } = fieldsAt(revision, 'metadata');
  return { metadata: { labels, ownerReferences }, revision: at(revision, 'revision') };
}

/**
 * A pod without what no rule asks of other pods than the one that is reviewed: of its labels those of its rollout are left,
 * of its spec the volumes that are claims. The rest is not even made into facts: there may be thousands of pods.
 */
function leanPod(object: unknown): PodFacts | undefined {
  const { nodeName, priority, volumes } = fieldsAt(object, 'spec');
  const pod = podFromObject({ ...fieldsAt(object), spec: { nodeName, priority, volumes } });
  const template = pod?.work.template;
  if (pod === undefined || template === undefined) return pod;
  const labels = new Map([...pod.labels].filter(([key]) => ROLLOUT_LABELS.includes(key)));
  const claims = listAt(volumes).filter((volume) => at(volume, 'persistentVolumeClaim') != null);
  const bare = { ...template, labels, annotations: NONE, spec: { volumes: claims.slice(0, 1) } };
  return { ...pod, labels, work: { ...pod.work, labels, annotations: NONE, template: bare } };
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Objects on one page: of 40 kB each they are MAX_ANSWER_BYTES. Pods have some 10 kB. */
const PAGE = '100';
/**
 * Largest answer that is read: JSON of which V8 parses 100 MB/s, so that no other request waits for longer than 40 ms. The
 * largest object that etcd keeps, of 1.5 MiB, fits.
 */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/**
 * Objects that one list may have: as many as the largest cluster that Kubernetes supports has nodes. As facts of about
 * 1 kB they are 5 MiB; sixteen such reads at once still fit a replica.
 */
const MAX_LISTED = 5000;
