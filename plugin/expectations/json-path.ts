/**
 * kubectl's JSONPath (k8s.io/client-go/util/jsonpath) in the words of jsonpath-plus. They differ in dots within names
 * (`.app\.kubernetes\.io`) and in single elements from the end (`[-1]`). What kubectl does not know is none here.
 */
const TOKENS: readonly (readonly [form: RegExp, translated: (whole: string, ...parts: string[]) => string])[] = [
  [/\.\.(?=[\w[*])/y, () => '..'],
  [/\.\*|\[\*\]/y, () => '[*]'],
  [/\.?((?:[\w/:-]|\\.)+)/y, (_, name = '') => `['${name.replaceAll(/\\(.)/g, '$1')}']`],
  [/\['([^'\]]+)'\]/y, (_, name = '') => `['${name}']`],
  [/\["([^"\]]+)"\]/y, (_, name = '') => `['${name}']`],
  [/\[-1\]/y, () => '[-1:]'],
  [/\[-(\d+)\]/y, (_, index = '') => `[-${index}:${1 - Number(index)}]`],
  [/\[(\d+)\]/y, (whole) => whole],
  [/\[-?\d*:-?\d*(?::\d+)?\]/y, (whole) => whole],
  [
    /\[\?\(\s*(@(?:\.[\w-]+)+)\s*(?:(==|!=|<=|>=|<|>)\s*("[^"\\]*"|'[^'\\]*'|-?\d+(?:\.\d+)?|true|false)\s*)?\)\]/y,
    (_, path = '', operator = '', literal = '') => `[?(${bracketed(path)}${operator}${literal})]`,
  ],
];

/** Names with hyphens are differences to whoever evaluates them. */
function bracketed(path: string): string {
  return path.replaceAll(/\.([\w-]+)/g, "['$1']");
}

/** The path in the library's words; undefined where it is none. */
export function translated(path: string): string | undefined {
  const from = path.startsWith('$') ? 1 : 0;
  const pieces = ['$'];
  for (let at = from; at < path.length;) {
    const found = matchAt(path, at);
    if (found === undefined) return undefined;
    pieces.push(found.text);
    at += found.length;
  }
  return pieces.length === 1 ? undefined : pieces.join('');
}

function matchAt(path: string, at: number): { readonly text: string; readonly length: number } | undefined {
  for (const [form, translate] of TOKENS) {
    form.lastIndex = at;
    const match = form.exec(path);
    if (match !== null) return { text: translate(match[0], ...match.slice(1)), length: match[0].length };
  }
  return undefined;
}
