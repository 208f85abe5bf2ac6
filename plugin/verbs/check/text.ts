import { clean } from '../../../shared/index.ts';
import type { CheckItem, CheckReport } from './report.ts';
import type { CheckFormat } from './flags.ts';
import { renderTable } from '../../terminal/table.ts';

/**
 * Renders the report; the table lists every document, and below it, why those are not simply allowed. Colour is for
 * the table alone: its decisions.
 */
export async function renderCheck(report: CheckReport, format: CheckFormat, colour: boolean): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(report, undefined, 2);
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(report).trimEnd();
    }
    case 'table':
      return [table(report.items, colour), ...report.items.flatMap(reasons), summary(report)].join('\n');
  }
}

const HEADER = ['DECISION', 'WORK', 'TOOL', 'CONFIDENCE', 'NODES', 'OBJECT', 'SOURCE'];
const NOTHING = '<none>';
const WORDS: Readonly<Record<CheckItem['decision'], string>> = {
  allow: 'Allowed',
  warn: 'Warned',
  deny: 'Denied',
  invalid: 'Invalid',
};

/** SGR codes of the terminal (ECMA-48): green, yellow, red. */
const COLOURS: Readonly<Record<CheckItem['decision'], number>> = { allow: 32, warn: 33, deny: 31, invalid: 31 };

/** Coloured after it is laid out: the codes have no width. */
function table(items: readonly CheckItem[], colour: boolean): string {
  const plain = renderTable([HEADER, ...items.map(row)]);
  if (!colour) return plain;
  const [header = '', ...lines] = plain.split('\n');
  const coloured = items.map(({ decision }, index) => {
    const word = WORDS[decision];
    return `\u001b[${COLOURS[decision]}m${word}\u001b[0m${(lines[index] ?? '').slice(word.length)}`;
  });
  return [header, ...coloured].join('\n');
}

function row(item: CheckItem): readonly string[] {
  return [
    WORDS[item.decision],
    item.work,
    item.tool ?? NOTHING,
    item.confidence ?? NOTHING,
    item.nodes.join(',') || NOTHING,
    objectName(item),
    place(item),
  ];
}

/** A file's name may hold anything, line breaks too. */
function place({ source, document }: CheckItem): string {
  return `${clean(source, MAX_PATH)}#${document}`;
}

/** Longest path that Linux opens (PATH_MAX), in bytes. */
const MAX_PATH = 4096;

function objectName({ object }: CheckItem): string {
  if (object.kind === '') return NOTHING;
  const name = `${object.kind.toLowerCase()}/${object.name}`;
  return object.namespace === '' ? name : `${name} -n ${object.namespace}`;
}

function reasons(item: CheckItem): readonly string[] {
  return [...item.findings, ...(item.runs ?? [])].map(
    ({ rule, detail }) => `${place(item)} ${objectName(item)}: ${rule}: ${detail}`,
  );
}

function summary({ summary: { allowed, warned, denied, invalid } }: CheckReport): string {
  return `${allowed} allowed, ${warned} warned, ${denied} denied, ${invalid} invalid`;
}
