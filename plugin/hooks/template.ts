import { isObject, MaintError } from '../../shared/index.ts';

/** What a step may say of the node that it is for: `$(NODE)`, `$(OWNER)`, `$(REASON)`, `$(LABELS['KEY'])`. */
export interface Variables {
  readonly node: string;
  readonly owner: string;
  /** Empty where nobody gave one. */
  readonly reason: string;
  readonly labels: ReadonlyMap<string, string>;
}

/** As in the arguments of a container: `$$(` stands for `$(` itself. */
const REFERENCE = /\$?\$\(([^)]*)\)/g;
const LABEL = /^LABELS\['([^']+)'\]$/;
const PLAIN: readonly string[] = ['NODE', 'OWNER', 'REASON'];

/** What is written as a variable and is none, in all texts of a value. */
export function unknownVariables(value: unknown): readonly string[] {
  return textsIn(value).flatMap((text) =>
    [...text.matchAll(REFERENCE)]
      .filter(([whole, name = '']) => !whole.startsWith('$$') && !PLAIN.includes(name) && !LABEL.test(name))
      .map(([whole]) => whole),
  );
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** Makes of a variable's value what stands in its place. */
type Escape = (value: string) => string;

const asItIs: Escape = (value) => value;

/** A text with its variables filled in. Throws MaintError('usage') where the node has no such label. */
export function filledText(text: string, variables: Variables, escape: Escape = asItIs): string {
  return text.replaceAll(REFERENCE, (whole, name: string) =>
    whole.startsWith('$$') ? whole.slice(1) : escape(valueOf(name, variables)),
  );
}

/** Any value of a hook file with the variables in all its texts filled in; keys stay. */
export function filled(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return filledText(value, variables);
  if (Array.isArray(value)) return value.map((one: unknown) => filled(one, variables));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, variables)]));
}

function valueOf(name: string, { node, owner, reason, labels }: Variables): string {
  switch (name) {
    case 'NODE':
      return node;
    case 'OWNER':
      return owner;
    case 'REASON':
      return reason;
    default:
      return labelOf(LABEL.exec(name)?.[1] ?? '', { node, labels });
  }
}

function labelOf(key: string, { node, labels }: Pick<Variables, 'node' | 'labels'>): string {
  const value = labels.get(key);
  if (value !== undefined) return value;
  throw new MaintError('usage', `node ${node} has no label ${key}, which a hook asks for`, {
    hint: 'select the nodes of that hook by nodeSelector, or give the node the label',
  });
}
