import { nodeFromObject, NODES, readAll, type ClusterReader, type NodeFacts } from '../../../shared/index.ts';
import { listed } from '../../drain/cause.ts';
import type { Right } from '../rights.ts';
import { readServedVersions } from '../../session/served.ts';
import { isAccepted } from './accepted.ts';
import { outBesides } from './leaving.ts';
import { isJudged, readDataSystems, type DataAnswers } from './read.ts';
import { DATA_SYSTEMS } from './registry.ts';
import type { DataSystem } from './system.ts';

/** Names of the systems that tell when data would be lost. */
export const KEEPERS = DATA_SYSTEMS.filter(({ refuses }) => refuses !== '').map(({ name }) => name);

/** What asking a system takes. */
export function rightsToAsk(name: string): readonly Right[] {
  const kinds = DATA_SYSTEMS.filter((system) => system.name === name).flatMap((system) => Object.values(system.kinds));
  const needed = kinds.filter(({ isOptional }) => isOptional !== true);
  const on = { verb: 'list', subresource: '', namespace: '', name: '' };
  return [
    ...needed.map(({ group, plural }) => ({ ...on, group, resource: plural })),
    { ...on, group: '', resource: 'nodes' },
  ];
}

/** What a system has answered, and the nodes of the cluster at that moment. */
interface Seen {
  readonly at: number;
  readonly answers: Promise<DataAnswers>;
  readonly nodes: Promise<readonly NodeFacts[]>;
}

/** What is asked of a system about a node. */
interface AskedOfNode {
  readonly node: string;
  /** What is lost with somebody's consent, as `--allow-data-loss` names it. */
  readonly accepted: readonly string[];
  readonly now: number;
  /** What the system said at most so many milliseconds ago counts. */
  readonly freshMs: number;
}

/** Asks systems again and again for many nodes: what was seen for one of them a moment ago counts for the others. */
export class DataAtStake {
  readonly #reader: ClusterReader;
  readonly #seen = new Map<string, Seen>();

  constructor(reader: ClusterReader) {
    this.#reader = reader;
  }

  /**
   * What a system would lose with a node, as phrases; none where it is not installed. What it could not be asked is one of them:
   * nothing is taken for safe.
   */
  async of(name: string, { node, accepted, now, freshMs }: AskedOfNode): Promise<readonly string[]> {
    const seen = this.#seen.get(name);
    const current = seen !== undefined && now - seen.at < freshMs ? seen : this.#look(name, now);
    this.#seen.set(name, current);
    const [answers, nodes] = await Promise.all([current.answers, current.nodes]);
    if (answers === undefined) return ['you may not ask which APIs are served'];
    const going = new Set([node]);
    const leaving = { nodes: going, out: outBesides(going, nodes), pods: [], lastsMs: undefined };
    return answers.flatMap((asked) => {
      if (!isJudged(asked)) return asked.unread;
      return asked.system.find(asked.objects, leaving).flatMap(({ losesData, text, objects }) => {
        const lost = objects.filter((object) => losesData && !isAccepted(accepted, name, object.name));
        return lost.length === 0 ? [] : [`${text}: ${listed(lost.map((object) => object.name))}`];
      });
    });
  }

  #look(name: string, now: number): Seen {
    const systems = DATA_SYSTEMS.filter((system) => system.name === name);
    return { at: now, answers: this.#ask(systems), nodes: readAll(this.#reader, { path: NODES }, nodeFromObject) };
  }

  async #ask(systems: readonly DataSystem[]): Promise<DataAnswers> {
    return readDataSystems(systems, await readServedVersions(this.#reader), this.#reader);
  }
}
