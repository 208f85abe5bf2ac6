/** What the repository itself promises to those who watch over its supply chain, and to those who ask. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fieldsAt, listAt, textAt } from '../../../shared/facts/json.ts';

const GITHUB = join(import.meta.dirname, '../../../.github');

const read = (path: string): string => readFileSync(join(GITHUB, path), 'utf8');

test.each(readdirSync(join(GITHUB, 'workflows')))(
  '%s: actions by their commit and what version that is, and no right that is not asked for',
  (name) => {
    const text = read(`workflows/${name}`);
    const workflow: unknown = parse(text);
    expect(fieldsAt(workflow, 'permissions')).toSatisfy((granted: object) =>
      Object.values(granted).every((access) => access === 'read'),
    );
    const used = text.match(/uses:.*$/gm) ?? [];
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((line) => !/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    expect(text).not.toContain('pull_request_target');
  },
);

test('whoever reports a bug is asked for what doctor says, without names', () => {
  const fields = listAt(parse(read('ISSUE_TEMPLATE/bug.yml')), 'body');
  const doctor = fields.find((field) => textAt(field, 'id') === 'doctor');
  expect(doctor).toMatchObject({
    attributes: { label: 'kubectl maint doctor -o json --redact', render: 'json' },
    validations: { required: true },
  });
});

test('packages and actions are kept new', () => {
  const updates = listAt(parse(read('dependabot.yml')), 'updates');
  expect(updates.map((update) => textAt(update, 'package-ecosystem'))).toEqual(['npm', 'github-actions']);
});
