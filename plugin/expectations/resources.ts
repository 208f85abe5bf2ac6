import { listAt, MaintError, textAt, textsAt, isTrueAt, type ClusterReader } from '../../shared/index.ts';

/** A type of objects, as the API server has it. */
export interface Resource {
  /** `version/plural` or `group/version/plural`, as paths are made of it. */
  readonly path: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** `deployments/web (namespace shop)` */
export function titleOf({ plural }: Resource, namespace: string, name: string): string {
  return namespace === '' ? `${plural}/${name}` : `${plural}/${name} (namespace ${namespace})`;
}

/**
 * Finds types by what kubectl calls them: plural, singular, kind or short name, with `.GROUP` where several have it. The core
 * group first, then the others in the API server's order, each asked once.
 */
export class Resources {
  readonly #reader: ClusterReader;
  readonly #groups = new Map<string, Promise<unknown>>();

  constructor(reader: ClusterReader) {
    this.#reader = reader;
  }

  /** Throws MaintError('usage') where there is no such type. */
  async find(type: string): Promise<Resource> {
    const [name = '', ...rest] = type.toLowerCase().split('.');
    const group = rest.join('.');
    const versions = group === '' ? ['v1', ...(await this.#versions())] : await this.#versions(group);
    for (const version of versions) {
      const found = resourceIn(await this.#read(version === 'v1' ? '/api/v1' : `/apis/${version}`), name);
      if (found !== undefined)
        return { path: `${version}/${found.plural}`, plural: found.plural, isNamespaced: found.isNamespaced };
    }
    throw new MaintError('usage', `the API server has no type "${type}"`);
  }

  /** `group/version` of the preferred version of each group, or of one. */
  async #versions(group?: string): Promise<readonly string[]> {
    const groups = listAt(await this.#read('/apis'), 'groups');
    return groups
      .filter((one) => group === undefined || textAt(one, 'name') === group)
      .flatMap((one) => textAt(one, 'preferredVersion', 'groupVersion') ?? []);
  }

  #read(path: string): Promise<unknown> {
    const read = this.#groups.get(path) ?? this.#reader.get(path);
    this.#groups.set(path, read);
    return read;
  }
}

function resourceIn(list: unknown, name: string): Pick<Resource, 'plural' | 'isNamespaced'> | undefined {
  // `pods/log` and the like are parts of others.
  const all = listAt(list, 'resources').filter((one) => textAt(one, 'name')?.includes('/') === false);
  const found = all.find((one) => namesOf(one).includes(name));
  const plural = textAt(found, 'name');
  return plural === undefined ? undefined : { plural, isNamespaced: isTrueAt(found, 'namespaced') };
}

function namesOf(resource: unknown): readonly string[] {
  const own = ['name', 'singularName', 'kind'].map((field) => textAt(resource, field)?.toLowerCase() ?? '');
  return [...own, ...textsAt(resource, 'shortNames')];
}
