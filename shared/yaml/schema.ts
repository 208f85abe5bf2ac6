import {
  boolYaml11Tag,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  intCoreTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
} from 'js-yaml';

/** Whole numbers in any base of Go's strconv.ParseInt with base 0, and with underscores between digits. */
const INTEGER = /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-fA-F_]+|0|[1-9][\d_]*)$/;

function integerFrom(source: string): number | typeof NOT_RESOLVED {
  if (!INTEGER.test(source)) return NOT_RESOLVED;
  const sign = source.startsWith('-') ? -1 : 1;
  const digits = source.replaceAll(/^[-+]|_/g, '').toLowerCase();
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  return Number.isNaN(value) ? NOT_RESOLVED : sign * value;
}

/** `0777` is a number of base 8, `12:30` a text. */
const integerTag = defineScalarTag(intCoreTag.tagName, { ...intCoreTag, resolve: integerFrom });

/** Bytes become the text that they are in UTF-8's place; a tag of somebody's own (`!secret`) says nothing to kubectl. */
const bytesTag = defineScalarTag('tag:yaml.org,2002:binary', {
  resolve: (source) => atob(source),
  identify: () => false,
});
const ownTag = defineScalarTag('!', { matchByTagPrefix: true, resolve: (source) => source, identify: () => false });

/** Keys that merges have brought, by their mapping. */
const broughtIn = new WeakMap<object, Set<string>>();

/**
 * Asked before a merge brings a key. go-yaml 2 brings it even where it is written before the merge; of several merged
 * mappings the first one's counts.
 */
function isBrought(mapping: object, key: unknown): boolean {
  const keys = broughtIn.get(mapping) ?? new Set();
  broughtIn.set(mapping, keys);
  const isThere = keys.has(String(key));
  keys.add(String(key));
  return isThere;
}

const { create, addPair, keys, get, identify } = mapTag;
const mappingTag = defineMappingTag(mapTag.tagName, { create, addPair, keys, get, identify, has: isBrought });

/**
 * The types that kubectl gives to words (sigs.k8s.io/yaml, which is go-yaml 2): YAML 1.1 with its merge keys and its
 * booleans (`yes`, `off`), but without its times of day and dates, which stay texts.
 */
export const KUBECTL_SCHEMA = CORE_SCHEMA.withTags(mergeTag, boolYaml11Tag, integerTag, bytesTag, ownTag, mappingTag);
