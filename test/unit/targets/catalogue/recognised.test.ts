import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workFromObject } from '../../../../shared/facts/work.ts';
import { classify } from '../../../../shared/targets/classify.ts';
import { CATALOGUE } from '../../../../shared/targets/registry.ts';
import { documentsFrom } from '../../../../plugin/verbs/check/documents.ts';
import { documentsIn } from '../../../../shared/yaml/documents.ts';

/**
 * Manifests of projects that the catalogue was not written from, in a folder beside the project (or where MAINT_MANIFESTS
 * says), each with what is expected of it in SOURCES.tsv: `either` counts for nothing. They are not part of the project.
 */
const FOLDER = join(
  process.env['MAINT_MANIFESTS'] ?? join(import.meta.dirname, '../../../../../shared/manifests'),
  'more',
);
const missing = !existsSync(FOLDER);
if (missing) process.stdout.write(`the manifests are not at ${FOLDER}: how many are recognised is not counted\n`);

/** Share of backups and scans that have to be recognised. */
const WANTED = 0.9;

interface Row {
  readonly file: string;
  readonly expected: string;
  /** What its objects are; `none` where none of them is a backup or a scan. */
  readonly is: string;
}

const ROWS: readonly Row[] = missing
  ? []
  : readFileSync(join(FOLDER, 'SOURCES.tsv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
      .map(([file = '', , , expected = '']) => ({ file, expected, is: found(file) }));

function found(file: string): string {
  const documents = [...documentsFrom({ name: file, text: readFileSync(join(FOLDER, file), 'utf8') }, documentsIn)];
  const works = documents.flatMap(({ content }) =>
    content.kind !== 'object' ? [] : [classify(workFromObject(content.object), CATALOGUE).work],
  );
  return works.find((work) => work === 'backup' || work === 'scan') ?? (works.includes('addon') ? 'addon' : 'none');
}

test.runIf(!missing)('conventional backups and scans are recognised, and nothing else is', () => {
  const work = ROWS.filter(({ expected }) => expected === 'backup' || expected === 'scan');
  const missed = work.filter(({ expected, is }) => is !== expected);
  const others = ROWS.filter(({ expected }) => expected === 'none' || expected === 'addon');
  const wrong = others.filter(({ is }) => is === 'backup' || is === 'scan');
  process.stdout.write(
    `${work.length - missed.length} of ${work.length} recognised, ${wrong.length} of ${others.length} wrongly\n`,
  );
  for (const { file, expected, is } of ROWS.filter((row) => row.is !== row.expected))
    process.stdout.write(`  ${file}: ${is}, expected ${expected}\n`);
  expect(wrong).toEqual([]);
  expect((work.length - missed.length) / work.length).toBeGreaterThanOrEqual(WANTED);
});
