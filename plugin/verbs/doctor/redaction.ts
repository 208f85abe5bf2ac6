import { isIPv6 } from 'node:net';
import { clean } from '../../../shared/index.ts';
import { shellLine } from '../../terminal/shell-line.ts';
import type { ClusterNames } from './diagnosis.ts';
import type { DoctorReport } from './report.ts';
import { VERB_NEEDS } from './verb-rights.ts';

/**
 * The report for strangers: names and addresses become stand-ins, `NODE-1`, which no object of Kubernetes can be called.
 * The same name has the same stand-in everywhere, and in the next report as long as the cluster has the same names.
 * What others said is left out: nobody knows what it tells. Pure.
 */
export function redacted(report: DoctorReport, names: ClusterNames): DoctorReport {
  const known = standInsFor(names);
  const addresses = new Map<string, string>();
  const told = (text: string): string =>
    withoutAddresses(replaceNames(withoutPieces(withoutQuotations(text)), known), addresses);
  return {
    ...report,
    items: report.items.map(({ check, status, message, todo }) => ({
      check,
      status,
      message: told(message),
      todo: todo === null ? null : told(todo),
    })),
    // YAML quotes words of its own, and has no address.
    grants: report.grants === null ? null : replaceNames(report.grants, known),
  };
}

/** Namespaces that are called so in every cluster. */
const EVERYBODYS: ReadonlySet<string> = new Set([
  'default',
  'kube-node-lease',
  'kube-public',
  'kube-system',
  'kubectl-maint',
]);

/** By what stands in the text. A name of two kinds is that of the first. */
function standInsFor({ nodes, namespaces, owners }: ClusterNames): ReadonlyMap<string, string> {
  const kinds = [
    ['OWNER', owners],
    ['NAMESPACE', namespaces.filter((name) => !EVERYBODYS.has(name))],
    ['NODE', nodes],
  ] as const;
  return new Map(
    kinds.flatMap(([kind, all]) =>
      [...new Set(all)]
        .filter((name) => name !== '')
        .sort()
        .flatMap((name, index) => spellings(name).map((spelling) => [spelling, `${kind}-${index + 1}`] as const)),
    ),
  );
}

/** A name as it is, as a line shows it, and as a shell takes it. */
function spellings(name: string): readonly string[] {
  return [name, clean(name, name.length), shellLine([name])];
}

/** All at once, the longest first: a stand-in is not looked at again. */
function replaceNames(text: string, known: ReadonlyMap<string, string>): string {
  if (known.size === 0) return text;
  const all = [...known.keys()].sort((one, other) => other.length - one.length).map(literally);
  const names = new RegExp(String.raw`(?<![\w.-])(?:${all.join('|')})(?![\w-]|\.\w)`, 'gu');
  return text.replaceAll(names, (name) => known.get(name) ?? name);
}

/** As a regular expression that means these characters. */
function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

/** From the first quotation mark to the last: others' words may hold some themselves. */
function withoutQuotations(text: string): string {
  return text.replace(/".*"|".*$/s, '(left out)');
}

/** A name that was cut off is no name that is known. */
function withoutPieces(text: string): string {
  return text.replaceAll(/[^\s,(]+…/gu, '…');
}

/** URLs; IPv4 and host names with what may follow, as in names of images; what may be IPv6, or a time. */
const ADDRESSES = new RegExp(
  [
    String.raw`\b[a-z][a-z0-9+.-]*:\/\/[^\s,;()]+`,
    String.raw`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:\/[\w./:@-]*\w)?\b`,
    String.raw`(?<![\w.-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::\d+)?(?:\/[\w./:@-]*\w)?(?![\w-]|\.\w)`,
    String.raw`(?<sixth>(?<![\w.:-])[0-9a-f:.]*:[0-9a-f:.]*[0-9a-f:](?![\w-]))`,
  ].join('|'),
  'gi',
);

/** API groups, and prefixes of labels and annotations, that our sentences name. */
const OURS: readonly string[] = [
  ...new Set(VERB_NEEDS.flatMap(({ needed, optional }) => [...needed, ...optional].map(({ group }) => group))),
  'k8s.io',
  'kubernetes.io',
  'kubectl-maint.io',
  'karpenter.sh',
  'medik8s.io',
].filter((group) => group !== '');

/** What looks like a host name in the sentences of the checks: groups, pages, and values of configuration and chart. */
function isOurs(word: string): boolean {
  const [host = ''] = word.split('/');
  return (
    OURS.some((end) => host === end || host.endsWith(`.${end}`)) ||
    /\.(?:md|yaml|json)$/.test(word) ||
    /^(?:image|registration|roles|rules)\.[a-zA-Z.]+$/.test(word)
  );
}

/** Addresses are numbered as they come. */
function withoutAddresses(text: string, seen: Map<string, string>): string {
  return text.replaceAll(ADDRESSES, (word: string, sixth: string | undefined) => {
    if (sixth === undefined ? isOurs(word) : !isIPv6(sixth)) return word;
    const standIn = seen.get(word) ?? `ADDRESS-${seen.size + 1}`;
    seen.set(word, standIn);
    return standIn;
  });
}
