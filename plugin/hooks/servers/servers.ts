import {
  collectionPath,
  listAt,
  MaintError,
  messageOf,
  numberAt,
  textAt,
  type ClusterReader,
} from '../../../shared/index.ts';

/** How the Service of a system is known where nobody has named it. */
export interface KnownBy {
  /** The system, for people. */
  readonly system: string;
  /** Labels that its operator gives the Service. */
  readonly labelSelector: string;
  /** The word of `--prepare`. */
  readonly word: string;
}

/** Finds the Services of systems, each looked for once. */
export class Servers {
  readonly #reader: ClusterReader;
  readonly #found = new Map<string, Promise<string>>();

  constructor(reader: ClusterReader) {
    this.#reader = reader;
  }

  /** Throws MaintError('usage') where there is none, more than one, or Services may not be listed. */
  find(known: KnownBy): Promise<string> {
    const { labelSelector } = known;
    const found = this.#found.get(labelSelector) ?? this.#look(known);
    this.#found.set(labelSelector, found);
    return found;
  }

  async #look({ system, labelSelector, word }: KnownBy): Promise<string> {
    const hint = `name it: --prepare=${word}=NAMESPACE/SERVICE:PORT; nothing was changed`;
    const servers: string[] = [];
    try {
      for await (const { items } of this.#reader.pages(collectionPath('v1/services', ''), {
        query: { labelSelector },
      })) {
        servers.push(...items.map(serverOf));
      }
    } catch (thrown) {
      throw new MaintError('usage', `the Service of ${system} could not be looked for: ${messageOf(thrown)}`, {
        hint,
        cause: thrown,
      });
    }
    const [first] = servers;
    if (first !== undefined && servers.length === 1) return first;
    const what = first === undefined ? 'no Service has' : `${servers.join(' and ')} have`;
    throw new MaintError('usage', `which is the Service of ${system}? ${what} the label ${labelSelector}`, { hint });
  }
}

/** By its first port: what others of it are for is between the replicas. */
function serverOf(service: unknown): string {
  const [port] = listAt(service, 'spec', 'ports');
  const [namespace, name] = [textAt(service, 'metadata', 'namespace'), textAt(service, 'metadata', 'name')];
  return `${namespace ?? ''}/${name ?? ''}:${numberAt(port, 'port') ?? ''}`;
}
