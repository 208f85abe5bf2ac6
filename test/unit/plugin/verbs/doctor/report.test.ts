import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { checkOf } from '../../../../../plugin/verbs/doctor/check.ts';
import { CHECKS } from '../../../../../plugin/verbs/doctor/checks/registry.ts';
import { fail, ok, skipped, warn } from '../../../../../plugin/verbs/doctor/diagnosis.ts';
import { VERB_NEEDS } from '../../../../../plugin/verbs/doctor/verb-rights.ts';
import { readingsFrom } from '../../../../../plugin/verbs/doctor/readings.ts';
import { reportFrom } from '../../../../../plugin/verbs/doctor/report.ts';
import { renderDoctor } from '../../../../../plugin/verbs/doctor/text.ts';
import { CANARY_GRANTS, OPERATOR_GRANTS } from '../../../../../plugin/preflight/grants.ts';
import { ClusterRefusal, MaintError } from '../../../../../shared/index.ts';
import { toldSession } from '../../world.ts';

const REPORT = reportFrom([
  ['clock', ok('the same')],
  ['canary-scan', warn('not tried', 'run it again')],
  ['canary-addon', warn('not tried', 'run it again')],
  ['webhook', fail('is missing', 'install the chart')],
]);

test('a line for each item; what to do below it, once for those in a row', async () => {
  expect((await renderDoctor(REPORT, 'text', false)).split('\n')).toEqual([
    'ok    clock         the same',
    'warn  canary-scan   not tried',
    'warn  canary-addon  not tried',
    '                    -> run it again',
    'fail  webhook       is missing',
    '                    -> install the chart',
    '1 ok, 2 warn, 1 fail',
  ]);
});

test('skipped lines are counted, and missing rights end in the roles that grant them', async () => {
  const right = { verb: 'patch', group: '', resource: 'nodes', subresource: '', namespace: '', name: '' };
  const report = reportFrom([
    ['clock', ok('the same')],
    ['canary-scan', skipped('no node is in maintenance')],
    ['rights', { ...fail('on: you may not patch nodes', 'ask'), missing: [right] }],
  ]);
  const lines = (await renderDoctor(report, 'text', false)).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    'ok       clock        the same',
    'skipped  canary-scan  not tried: no node is in maintenance',
    'fail     rights       on: you may not patch nodes',
    '                      -> ask',
  ]);
  expect(lines).toContain('kind: ClusterRole');
  expect(lines.at(-1)).toBe('1 ok, 1 skipped, 0 warn, 1 fail');
});

test('colour changes nothing but the colour of the status', async () => {
  const coloured = await renderDoctor(REPORT, 'text', true);
  expect(coloured).toContain('\u001b[31mfail\u001b[0m  webhook');
  // eslint-disable-next-line no-control-regex
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(await renderDoctor(REPORT, 'text', false));
});

test.each(['json', 'yaml'] as const)('-o %s', async (format) => {
  expect(parseYaml(await renderDoctor(REPORT, format, true))).toMatchObject({
    apiVersion: 'kubectl-maint.io/v1alpha1',
    kind: 'DoctorReport',
    items: [{ check: 'clock', status: 'ok', message: 'the same', todo: null }, {}, {}, { todo: 'install the chart' }],
  });
});

test('checks have ids of their own and say what they ask', () => {
  expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
  for (const { asks, warns, fails } of CHECKS) {
    expect(asks).not.toBe('');
    expect(warns + fails).not.toBe('');
  }
});

test.each<[what: string, thrown: unknown, message: string]>([
  [
    'a missing right',
    new ClusterRefusal({
      status: 403,
      reason: 'Forbidden',
      message: 'x is forbidden: User "u" cannot list resource "nodes" in API group ""',
      body: {},
    }),
    'not known: you may not list nodes',
  ],
  ['a server that does not answer', new MaintError('cluster', 'no answer'), 'not known: no answer'],
])('%s is a warning', async (_what, thrown, message) => {
  const { session } = toldSession();
  const check = checkOf({
    id: 'x',
    asks: '',
    warns: '',
    fails: '',
    read: () => Promise.reject(thrown as Error),
    judge: () => [],
  });
  const found = await check.examine(readingsFrom(session, '1.2.3', new AbortController().signal));
  expect(found).toMatchObject([{ status: 'warn', message }]);
});

test('a bug is none', async () => {
  const { session } = toldSession();
  const read = () => Promise.reject(new TypeError('x is undefined'));
  const check = checkOf({ id: 'x', asks: '', warns: '', fails: '', read, judge: () => [] });
  await expect(check.examine(readingsFrom(session, '1.2.3', new AbortController().signal))).rejects.toThrow(
    'x is undefined',
  );
});

test('what verbs need, the roles grant: nothing is asked for that no role of ours has', () => {
  const granted = [...OPERATOR_GRANTS, ...CANARY_GRANTS].flatMap(({ group, resource, verbs }) =>
    verbs.map((verb) => `${verb} ${group}/${resource}`),
  );
  const asked = VERB_NEEDS.flatMap(({ needed, optional }) => [...needed, ...optional]).map(
    ({ verb, group, resource, subresource }) =>
      `${verb} ${group}/${resource}${subresource === '' ? '' : `/${subresource}`}`,
  );
  expect([...new Set(asked)].sort()).toEqual([...new Set(granted)].sort());
});
