import { describe, expect, test } from 'vitest';
import { heldBy, judgeCanary, type Canary } from '../../../../../plugin/verbs/doctor/canaries.ts';
import { judgeAddon } from '../../../../../plugin/verbs/doctor/checks/canary-addon.ts';
import { judgeNodeGuard } from '../../../../../plugin/verbs/doctor/checks/canary-node-guard.ts';
import { judgeWork } from '../../../../../plugin/verbs/doctor/work-canaries.ts';
import { byName, canaryPod } from '../../../../../plugin/policy/canary.ts';
import { askInDryRun, type Said, type Speaker } from '../../../../../plugin/policy/dry-run.ts';
import { like } from '../../../../support/like.ts';
import { RECORD_ANNOTATION } from '../../../../../shared/index.ts';
import { answer, failure, nodeSnapshot, START, ToldCluster } from '../../world.ts';

const denied = (by: Speaker, text = 'backup: no'): Said => ({ said: 'denied', words: { by, text }, message: text });
const accepted = (...texts: readonly string[]): Said => ({
  said: 'accepted',
  warnings: texts.map((text) => ({ by: 'webhook', text })),
});
const status = (differs: Partial<Canary>): string =>
  judgeCanary({ rule: 'backup', what: 'a backup', by: 'webhook', expected: 'denied', said: accepted(), ...differs })
    .status;

describe('what an answer means', () => {
  test.each<[what: string, differs: Partial<Canary>, status: string]>([
    ['denied as it should be', { said: denied('webhook') }, 'ok'],
    ['denied by the floor, where the floor should', { by: 'floor', said: denied('floor') }, 'ok'],
    ['the floor let it pass, the webhook did not', { by: 'floor', said: denied('webhook') }, 'warn'],
    ['the floor came first', { said: denied('floor') }, 'warn'],
    ['denied by another rule', { said: denied('webhook', 'scan: no') }, 'warn'],
    ['denied where it should only be warned of', { expected: 'warned', said: denied('webhook') }, 'warn'],
    ['passes', {}, 'fail'],
    ['passes with a warning, and should not', { said: accepted('backup: no') }, 'fail'],
    ['warned of as it should be', { expected: 'warned', said: accepted('other', 'backup: no') }, 'ok'],
    ['passes without a word of the rule', { expected: 'warned', said: accepted('scan: no') }, 'fail'],
    [
      'warned of by the webhook, not by the floor',
      { by: 'floor', expected: 'warned', said: accepted('backup: no') },
      'fail',
    ],
    ['refused because nobody answers', { said: { said: 'unreached', why: 'failed calling webhook' } }, 'fail'],
    ['refused by somebody else', { said: { said: 'unclear', why: 'quota exceeded' } }, 'warn'],
  ])('%s', (_what, differs, expected) => {
    expect(status(differs)).toBe(expected);
  });

  test('a missing right is named', () => {
    const why = 'pods is forbidden: User "u" cannot create resource "pods" in API group "" in the namespace "default"';
    expect(
      judgeCanary({ rule: 'scan', what: 'a scan', by: 'webhook', expected: 'denied', said: { said: 'unclear', why } })
        .message,
    ).toBe('not known: a scan: you may not create pods');
  });
});

describe('whose words an answer holds', () => {
  const ask = (said: ReturnType<typeof answer>) => {
    const cluster = new ToldCluster();
    cluster.say = () => said;
    return askInDryRun(canaryPod(byName('n1'), { work: 'backup' }), cluster);
  };
  const floor = "ValidatingAdmissionPolicy 'backup.kubectl-maint.io' with binding 'backup.kubectl-maint.io'";

  test.each<[what: string, said: ReturnType<typeof answer>, expected: Said]>([
    [
      'the webhook denies',
      failure(403, 'admission webhook "work.kubectl-maint.io" denied the request: backup: no'),
      denied('webhook'),
    ],
    ['the floor denies', failure(403, `pods "x" is forbidden: ${floor} denied request: backup: no`), denied('floor')],
    [
      'both warn',
      {
        ...answer(201),
        headers: {
          warning: `299 - "backup: no", 299 - "Validation failed for ${floor}: backup: no", 299 - "spec.x is deprecated"`,
        },
      },
      {
        said: 'accepted',
        warnings: [
          { by: 'webhook', text: 'backup: no' },
          { by: 'floor', text: 'backup: no' },
          { by: 'webhook', text: 'spec.x is deprecated' },
        ],
      },
    ],
    [
      'nobody answers, and that fails closed',
      failure(500, 'Internal error occurred: failed calling webhook "work.kubectl-maint.io": refused'),
      { said: 'unreached', why: 'Internal error occurred: failed calling webhook "work.kubectl-maint.io": refused' },
    ],
    [
      'nobody answers for others',
      failure(500, 'failed calling webhook "x.example.com": refused'),
      { said: 'unclear', why: 'failed calling webhook "x.example.com": refused' },
    ],
  ])('%s', async (_what, said, expected) => {
    expect(await ask(said)).toMatchObject(
      expected.said === 'denied' ? { ...expected, message: like(/denied/) } : expected,
    );
  });
});

test('what cannot be tried is said, and why', () => {
  const message = (diagnoses: ReturnType<typeof judgeWork>) => diagnoses.map((one) => `${one.status} ${one.message}`);
  expect(message(judgeWork({ kind: 'off', mode: 'audit' }))).toEqual([
    'skipped not tried: the configuration has the rule in mode audit',
  ]);
  expect(message(judgeWork({ kind: 'excepted', rule: 'backup' }))).toEqual([
    'warn not tried: exceptions take the rule backup off every node in maintenance',
  ]);
  const idle = 'skipped not tried: no node is in maintenance, so nothing is refused; ';
  const [byOn, later] = [`${idle}kubectl maint on tries it by itself`, `${idle}run doctor again while one is`];
  expect(message(judgeWork({ kind: 'idle', said: accepted(), isTriedByOn: true }))).toEqual([byOn]);
  expect(message(judgeWork({ kind: 'idle', said: undefined, isTriedByOn: false }))).toEqual([later]);
  expect(message(judgeWork({ kind: 'idle', said: denied('webhook'), isTriedByOn: true }))).toEqual([
    'fail a canary is denied although no node is in maintenance: "backup: no"',
  ]);
  expect(message(judgeAddon({ kind: 'idle' }))).toEqual([later]);
  expect(message(judgeAddon({ kind: 'none', node: 'n1' }))).toEqual([
    'skipped not tried: no DaemonSet that rolls out by itself runs on node n1',
  ]);
  expect(message(judgeNodeGuard({ mode: 'off', canary: undefined }))).toEqual([
    'skipped not tried: the configuration has the rule in mode off',
  ]);
  const canary = { node: 'n1', said: denied('floor', 'node-guard: no'), calls: [], reads: [] };
  expect(message(judgeNodeGuard({ mode: 'enforce', canary }))).toEqual([
    'ok an unreadable record for node n1 is denied by the floor: you may not change records, and nobody like you may',
    'warn not known: the webhook is not asked, because you may not change records',
  ]);
});

test('nodes that an exception takes a rule off are not asked about', () => {
  const exception = (until: string) => ({ rules: ['addon'], until, by: 'ana', reason: 'urgent' });
  const node = (name: string, until: string) => {
    const record = {
      version: 1,
      claims: [{ owner: 'ana', mode: 'drain', since: '2026-01-05T20:00:00Z' }],
      before: { cordoned: false },
      exceptions: [exception(until)],
      initiatedAt: '2026-01-05T20:00:00Z',
    };
    return nodeSnapshot(name, { annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) } });
  };
  const held = [node('lifted', '2026-01-05T23:00:00Z'), node('over', '2026-01-05T22:00:00Z')];
  const names = (rule: Canary['rule']) => heldBy(rule, held, START).map(({ name }) => name);
  expect(names('addon')).toEqual(['over']);
  expect(names('scan')).toEqual(['lifted', 'over']);
  expect(judgeAddon({ kind: 'excepted' })).toMatchObject([
    { status: 'warn', message: like('exceptions take the rule addon off') },
  ]);
});
