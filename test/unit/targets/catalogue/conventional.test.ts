import { expect, test } from 'vitest';
import { workFromObject } from '../../../../shared/facts/work.ts';
import { classify } from '../../../../shared/targets/classify.ts';
import { CATALOGUE } from '../../../../shared/targets/registry.ts';
import { BACKUPS, OTHERS, SCANS } from './conventional.ts';

type Conventional = (typeof OTHERS)[number];

function workOf({ name, env = {}, ...container }: Conventional, owners: readonly object[] = [], kind = 'Job'): string {
  const entries = Object.entries(env).map(([key, value]) => ({ name: key, value }));
  const spec = { containers: [{ name: 'c', ...container, env: entries }] };
  const metadata = { name, ownerReferences: owners };
  return classify(
    workFromObject(
      kind === 'Job'
        ? { apiVersion: 'batch/v1', kind, metadata, spec: { template: { spec } } }
        : { apiVersion: 'v1', kind, metadata, spec },
    ),
    CATALOGUE,
  ).work;
}

const title = ({ name, command = [], args = [] }: Conventional) => [name, ...command, ...args].join(' ').slice(0, 80);

test.each(BACKUPS.map((one) => [title(one), one] as const))('a backup: %s', (_title, one) => {
  expect(workOf(one)).toBe('backup');
  expect(workOf(one, [], 'Pod')).toBe('backup');
});

test.each(SCANS.map((one) => [title(one), one] as const))('a scan: %s', (_title, one) => {
  expect(workOf(one)).toBe('scan');
});

test.each(OTHERS.map((one) => [title(one), one] as const))('neither: %s', (_title, one) => {
  expect(workOf(one)).toBe('none');
  expect(workOf(one, [], 'Pod')).toBe('none');
});

test.each([
  ['tekton.dev/v1', 'TaskRun'],
  ['argoproj.io/v1alpha1', 'Workflow'],
  ['actions.github.com/v1alpha1', 'EphemeralRunner'],
])('a step of a pipeline is none, whatever program it runs: %s %s', (apiVersion, kind) => {
  const owner = { apiVersion, kind, name: 'nightly', uid: 'u', controller: true };
  expect(BACKUPS.filter((one) => workOf(one, [owner], 'Pod') !== 'none').map(title)).toEqual([]);
});

test("a runner's pod is none: its name says nothing", () => {
  const [first] = BACKUPS;
  expect(first && workOf({ ...first, name: 'runner-t1-project-42-concurrent-0-ab' }, [], 'Pod')).toBe('none');
});

test('one sign alone is none: neither the name without the program nor the program without the name', () => {
  for (const one of BACKUPS) {
    expect(workOf({ ...one, name: 'nightly-x' })).toBe('none');
    expect(workOf({ name: one.name, image: 'app:1', command: ['/bin/app'] })).toBe('none');
  }
});

test("an owner's name is as good as the object's", () => {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'pg-backup', uid: 'u', controller: true };
  const dump = { name: 'x', image: 'postgres', command: ['pg_dump', 'db'] };
  expect([workOf(dump, [], 'Pod'), workOf(dump, [owner], 'Pod')]).toEqual(['none', 'backup']);
});
