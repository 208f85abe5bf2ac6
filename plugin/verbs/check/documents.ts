import { at, isObject, listAt, textAt, type YamlDocument, type YamlRemark } from '../../../shared/index.ts';

/** One document of a source: a Kubernetes object, or why it is none. */
export interface ManifestDocument {
  readonly source: string;
  /** Position in its source, from 0; objects of a List share their document's. */
  readonly index: number;
  readonly content:
    | { readonly kind: 'object'; readonly object: unknown; readonly remarks: readonly YamlRemark[] }
    | { readonly kind: 'invalid'; readonly line: number; readonly column: number; readonly message: string }
    | { readonly kind: 'unreadable'; readonly message: string };
}

/** Splits a text into YAML's documents, as shared/yaml does. */
export type SplitText = (text: string) => Iterable<YamlDocument>;

/** The objects of a source: one broken document leaves the others readable. */
export function* documentsFrom(
  { name, text }: { readonly name: string; readonly text: string },
  documentsIn: SplitText,
): Iterable<ManifestDocument> {
  const hint = TEMPLATE.test(text) ? HELM : '';
  let index = 0;
  for (const document of documentsIn(text)) {
    for (const content of contentsOf(document)) {
      const told = content.kind === 'invalid' ? { ...content, message: `${content.message}${hint}` } : content;
      yield { source: name, index, content: told };
    }
    index += 1;
  }
}

/** An action of Go's text/template, as the files below a chart's templates/ hold them. */
const TEMPLATE = /\{\{-?\s*(?:[.$]|(?:if|range|with|include|template|define|end|toYaml|default)\b)/;
const HELM = '; a Helm template? Check what comes of it: helm template CHART | kubectl maint check -f -';

function contentsOf(document: YamlDocument): readonly ManifestDocument['content'][] {
  return document.kind === 'invalid' ? [document] : objectsIn(document.value, document, undefined);
}

/** What the kind of a typed list says of its items. */
interface ListedAs {
  readonly apiVersion: string;
  readonly kind: string;
}

function objectsIn(
  value: unknown,
  document: YamlDocument & { readonly kind: 'value' },
  listed: ListedAs | undefined,
): readonly ManifestDocument['content'][] {
  if (value === null || value === undefined) return [];
  if (!isObject(value)) return [invalid(document, 'is not a Kubernetes object')];
  const object = isBare(value) && listed !== undefined ? { ...value, ...listed } : value;
  const [kind, apiVersion] = [textAt(object, 'kind'), textAt(object, 'apiVersion')];
  if (kind === undefined || apiVersion === undefined) {
    return [invalid(document, 'is not a Kubernetes object: apiVersion or kind is missing')];
  }
  if (!isList(object)) return [{ kind: 'object', object, remarks: document.remarks }];
  const items = kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return listAt(object, 'items').flatMap((item) => objectsIn(item, document, items));
}

/** Items of what the API server itself answers say neither (`kubectl get --raw`). */
function isBare(value: object): boolean {
  return !('kind' in value) && !('apiVersion' in value);
}

/** `v1 List`, and the typed lists that the API server answers with. */
function isList(value: unknown): boolean {
  return /List$/.test(textAt(value, 'kind') ?? '') && Array.isArray(at(value, 'items'));
}

function invalid({ line }: YamlDocument, message: string): ManifestDocument['content'] {
  return { kind: 'invalid', line, column: 1, message };
}
