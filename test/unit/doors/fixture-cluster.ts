import type { Fixture } from '../../support/fixtures.ts';
import { ToldCluster } from '../webhook/world.ts';
import { NODES } from '../../../shared/cluster/paths.ts';

/** The cluster of a fixture: its nodes, and what the fixture says can be read. Reading anything else is an error. */
export class FixtureCluster extends ToldCluster {
  readonly #reads: Fixture['reads'];

  constructor({ nodes, reads }: Fixture) {
    super(...nodes);
    this.#reads = reads;
  }

  override async get(path: string): Promise<unknown> {
    return path.startsWith(NODES) ? await super.get(path) : this.#told(path)[0];
  }

  override async *pages(path = NODES, { query }: { query?: Readonly<Record<string, string>> } = {}) {
    const selector = query?.['labelSelector'] ?? '';
    if (path === NODES) yield* super.pages();
    else yield { items: [...this.#told(selector === '' ? path : `${path}?${selector}`)], resourceVersion: '1' };
  }

  #told(path: string): readonly object[] {
    const found = this.#reads[path];
    if (found === undefined) throw new Error(`the fixture does not say what is at ${path}`);
    return found;
  }
}
