import { HOOKS_ANNOTATION, MaintError, nodePath, renderProblem, type Cluster } from '../../../shared/index.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import { NodeGone, writeNode } from '../../nodes/write.ts';
import { MAX_RECORD_BYTES, parseRecord, renderRecord, sizeOf, type HookRecord } from './record.ts';

/** What hooks have done for a node. Throws MaintError where that cannot be read: then nobody knows what to undo. */
export function hookRecordOf({ annotations, facts: { name } }: NodeSnapshot): HookRecord {
  const read = parseRecord(annotations.get(HOOKS_ANNOTATION));
  if (read.ok) return read.value;
  const problems = read.problems.map(renderProblem).join('; ');
  throw new MaintError('denied', `what hooks have done for node ${name} cannot be read: ${problems}`, {
    hint: `look at it: kubectl get node ${name} -o yaml; to give it up: kubectl annotate node ${name} ${HOOKS_ANNOTATION}-`,
  });
}

/** The Node as it is now. Throws NodeGone where it was deleted, or made again. */
export async function nodeNow(node: NodeSnapshot, cluster: Cluster, signal: AbortSignal): Promise<NodeSnapshot> {
  const { name, uid } = node.facts;
  const fresh = snapshotFromObject(await cluster.get(nodePath(name), { signal }));
  if (fresh?.facts.uid === uid) return fresh;
  throw new NodeGone('cluster', `node ${name} was deleted meanwhile`, { hint: `kubectl get node ${name}` });
}

/** A change of a record; the same one where there is nothing to change. */
export type RecordChange = (record: HookRecord) => HookRecord;

/** Writes the record of a node by compare-and-swap. Returns the Node as written. Throws MaintError, `denied` where it does not fit. */
export async function writeHookRecord(
  node: NodeSnapshot,
  change: RecordChange,
  cluster: Cluster,
): Promise<NodeSnapshot> {
  return writeNode(
    node,
    (fresh) => {
      const changed = change(hookRecordOf(fresh));
      refuseTooLarge(fresh.facts.name, changed);
      const text = renderRecord(changed);
      if (text === (fresh.annotations.get(HOOKS_ANNOTATION) ?? null)) return undefined;
      return {
        metadata: { resourceVersion: fresh.resourceVersion, labels: {}, annotations: { [HOOKS_ANNOTATION]: text } },
      };
    },
    cluster,
  );
}

function refuseTooLarge(node: string, record: HookRecord): void {
  const size = sizeOf(record);
  if (size <= MAX_RECORD_BYTES) return;
  throw new MaintError(
    'denied',
    `what undoes the hooks of node ${node} would take ${size} bytes, and ${MAX_RECORD_BYTES} are the most`,
    { hint: 'touch fewer or smaller fields: lists are put back as a whole' },
  );
}
