import type { CheckItem, CheckReport } from '../check/report.ts';
import type { CheckFormat } from '../operation.ts';
import { renderTable } from './table.ts';

/** Renders the report; the table lists every document, and below each that is not simply allowed, why. */
export async function renderCheck(report: CheckReport, format: CheckFormat): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(report, undefined, 2);
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(report).trimEnd();
    }
    case 'table':
      return [renderTable([HEADER, ...report.items.map(row)]), ...report.items.flatMap(reasons), summary(report)].join(
        '\n',
      );
  }
}

const HEADER = ['DECISION', 'WORK', 'TOOL', 'NODES', 'OBJECT', 'SOURCE'];
const NOTHING = '<none>';
const WORDS: Readonly<Record<CheckItem['decision'], string>> = {
  allow: 'Allowed',
  warn: 'Warned',
  deny: 'Denied',
  invalid: 'Invalid',
};

function row(item: CheckItem): readonly string[] {
  return [
    WORDS[item.decision],
    item.work,
    item.tool ?? NOTHING,
    item.nodes.join(',') || NOTHING,
    objectName(item),
    `${item.source}#${item.document}`,
  ];
}

function objectName({ object }: CheckItem): string {
  if (object.kind === '') return NOTHING;
  const name = `${object.kind.toLowerCase()}/${object.name}`;
  return object.namespace === '' ? name : `${name} -n ${object.namespace}`;
}

function reasons(item: CheckItem): readonly string[] {
  return item.findings.map(
    ({ rule, detail }) => `${item.source}#${item.document} ${objectName(item)}: ${rule}: ${detail}`,
  );
}

function summary({ summary: { allowed, warned, denied, invalid } }: CheckReport): string {
  return `${allowed} allowed, ${warned} warned, ${denied} denied, ${invalid} invalid`;
}
