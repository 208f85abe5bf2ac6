/** Building expressions of the Common Expression Language (CEL), as Kubernetes runs it in admission policies. */

/** A text as a literal: CEL knows the escapes that JSON uses (cel-spec, "String and Bytes Values"). */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** Texts as a list. */
export function list(texts: readonly string[]): string {
  return `[${texts.map(literal).join(', ')}]`;
}

/** Holds where every part holds; without parts always. */
export function all(parts: readonly string[]): string {
  const asked = parts.filter((part) => part !== 'true');
  return asked.length === 0 ? 'true' : joined(asked, '&&');
}

/** Holds where one part holds; without parts never. The same part is asked once. */
export function any(parts: readonly string[]): string {
  return parts.length === 0 ? 'false' : joined([...new Set(parts)], '||');
}

function joined(parts: readonly string[], operator: string): string {
  const [only = ''] = parts;
  return parts.length === 1 ? only : parts.map((part) => `(${part})`).join(` ${operator} `);
}

/** An optional field by its path: `object.?spec.?node`. Names that are no identifiers are looked up as keys. */
export function optional(root: string, path: readonly string[]): string {
  return root + path.map((step) => (IDENTIFIER.test(step) ? `.?${step}` : `[?${literal(step)}]`)).join('');
}

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9]*$/;

/** A sentence with `{name}` for each value: an expression that fills in what the expressions by name give. */
export function sentence(text: string, values: Readonly<Record<string, string>>): string {
  const parts = text.split(/\{([a-z]+)\}/);
  return parts
    .map((part, index) => (index % 2 === 0 ? literal(part) : (values[part] ?? literal(`{${part}}`))))
    .filter((part) => part !== '""')
    .join(' + ');
}
