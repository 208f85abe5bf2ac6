import {
  collectionPath,
  HOOKS_ANNOTATION,
  isNotFound,
  messageOf,
  objectPath,
  refusalFromAnswer,
  textAt,
  type Cluster,
  FIELD_MANAGER,
} from '../../../shared/index.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { parseRecord, type HookRecord } from './record.ts';

/** The ConfigMap in the namespace of the installation: a copy of each record, by the name of its node. */
const NAME = 'kubectl-maint-hook-records';
const CONFIG_MAPS = 'v1/configmaps';

/** A record, and the UID of the Node that it stood on. */
export interface CopiedRecord {
  readonly uid: string;
  readonly record: HookRecord;
}

/** Where copies are kept. */
interface CopyPorts {
  readonly cluster: Cluster;
  /** Of the installation; undefined: there is none, and no copy is kept. */
  readonly namespace: string | undefined;
  readonly warn: (text: string) => void;
}

/**
 * Copies of what hooks have done, because a record goes with its Node: a machine that is stopped may lose its Node, and come back
 * under the same name. Copies are a precaution, and nothing fails for want of one.
 */
export class RecordCopies {
  readonly #ports: CopyPorts;
  #isTold = false;

  constructor(ports: CopyPorts) {
    this.#ports = ports;
  }

  /** Copies what a node says now; the copy goes where it says nothing any more. */
  async keep({ annotations, facts: { name, uid } }: NodeSnapshot): Promise<void> {
    const { namespace } = this.#ports;
    if (namespace === undefined) return;
    const record = annotations.get(HOOKS_ANNOTATION);
    try {
      await this.#write(namespace, { [name]: record === undefined ? null : JSON.stringify({ uid, record }) });
    } catch (thrown) {
      if (this.#isTold) return;
      this.#isTold = true;
      this.#ports.warn(`if the Node is deleted meanwhile, nobody will know what to undo: ${messageOf(thrown)}`);
    }
  }

  /** The copy of a node's record; undefined where there is none that can be read. */
  async of(node: string): Promise<CopiedRecord | undefined> {
    const { cluster, namespace } = this.#ports;
    if (namespace === undefined) return undefined;
    try {
      const text = textAt(await cluster.get(objectPath(CONFIG_MAPS, namespace, NAME)), 'data', node);
      return text === undefined ? undefined : copyFrom(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /** A merge patch of one key, so that commands on other nodes are not in the way. */
  async #write(namespace: string, data: Readonly<Record<string, string | null>>): Promise<void> {
    const { cluster } = this.#ports;
    const query = { fieldManager: FIELD_MANAGER };
    const patched = await cluster.send({
      method: 'PATCH',
      path: objectPath(CONFIG_MAPS, namespace, NAME),
      query,
      contentType: 'application/merge-patch+json',
      body: { data },
    });
    if (patched.status < 300) return;
    if (!isNotFound(patched)) throw refusalFromAnswer(patched);
    const kept = Object.fromEntries(Object.entries(data).filter(([, text]) => text !== null));
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace }, data: kept };
    const made = await cluster.send({ method: 'POST', path: collectionPath(CONFIG_MAPS, namespace), query, body });
    if (made.status >= 300) throw refusalFromAnswer(made);
  }
}

function copyFrom(value: unknown): CopiedRecord | undefined {
  const uid = textAt(value, 'uid');
  const read = parseRecord(textAt(value, 'record'));
  return uid === undefined || !read.ok ? undefined : { uid, record: read.value };
}
