import { describe, expect, test } from 'vitest';
import { mayGoOn, planView } from '../../../../../plugin/verbs/ui/page/view/plan-view.ts';
import { runsOf, runView } from '../../../../../plugin/verbs/ui/page/view/run-view.ts';
import { refusedAsk } from '../../../../../plugin/verbs/ui/runs/permission.ts';
import { withEvent, withLine } from '../../../../../plugin/verbs/ui/runs/telling.ts';
import { connectionWords, lineOf, wordsOf } from '../../../../../plugin/verbs/ui/runs/words.ts';
import { Asked, type RunState } from '../../../../../plugin/verbs/ui/wire.ts';

const here = { connection: [], context: 'prod' };

const asked: Asked = { cluster: 'prod', verb: 'on', nodes: ['n1'], dryRun: 'none', values: {}, switches: [] };

const run: RunState = {
  id: '1',
  cluster: 'prod',
  verb: 'on',
  nodes: ['n1'],
  dryRun: false,
  line: '',
  code: null,
  lines: [],
  findings: [],
  planned: [],
  room: null,
  progress: [],
  gates: [],
};

describe('what is asked on the page is a command line', () => {
  test('with the flags of the form, and the connection of the page', () => {
    const more: Asked = {
      ...asked,
      values: { reason: "Ben's disk", for: '2h' },
      switches: ['force'],
      dryRun: 'server',
    };
    const words = [
      'on',
      "--reason=Ben's disk",
      '--for=2h',
      '--force',
      '--dry-run=server',
      '--context=prod',
      '--',
      'n1',
    ];
    expect(wordsOf(more, here)).toEqual(words);
    expect(lineOf(more, here)).toBe(
      "kubectl maint on n1 --reason='Ben'\\''s disk' --for=2h --force --dry-run=server --context=prod",
    );
  });

  test('a value is a value whatever it looks like, and an empty field is no flag', () => {
    const values = { reason: '--force', ticket: ' ' };
    expect(wordsOf({ ...asked, values }, here)).toEqual(['on', '--reason=--force', '--context=prod', '--', 'n1']);
  });

  test('a token goes to the command and never to the page', () => {
    const secret = { connection: [{ name: 'token', value: 's3cret' }], context: undefined };
    expect(connectionWords(secret)).toEqual(['--token=s3cret']);
    expect(lineOf(asked, secret)).not.toContain('s3cret');
  });

  test('no node is called like a flag, and no flag is taken that the form does not have', () => {
    expect(Asked.safeParse({ ...asked, nodes: ['--all'] }).success).toBe(false);
    expect(Asked.safeParse({ ...asked, nodes: [] }).success).toBe(false);
    expect(Asked.safeParse({ ...asked, switches: ['disable-eviction'] }).success).toBe(false);
    expect(Asked.safeParse({ ...asked, values: { kubeconfig: '/etc/passwd' } }).success).toBe(false);
    expect(Asked.safeParse({ ...asked, verb: 'run' }).success).toBe(false);
    expect(Asked.safeParse(asked).success).toBe(true);
  });
});

describe('without --allow-changes', () => {
  const reads = { clusters: ['prod'], allowsChanges: false };
  const changes = { ...reads, allowsChanges: true };

  test('nothing is carried out but a plan that the plugin makes itself', () => {
    expect(refusedAsk({ ...asked, dryRun: 'client' }, reads)).toBeUndefined();
    for (const dryRun of ['none', 'server'] as const)
      expect(refusedAsk({ ...asked, dryRun }, reads)).toContain('--allow-changes');
    for (const dryRun of ['none', 'server', 'client'] as const)
      expect(refusedAsk({ ...asked, dryRun }, changes)).toBeUndefined();
  });

  test('a cluster that is not shown is none of its business, and off has no dry run', () => {
    expect(refusedAsk({ ...asked, cluster: 'other' }, changes)).toContain('"other"');
    expect(refusedAsk({ ...asked, verb: 'off', dryRun: 'client' }, changes)).toContain('no dry run');
  });
});

describe('what a command tells', () => {
  test('is kept: findings, plan, room, and how far each node is', () => {
    const events = [
      { type: 'finding', check: 'room', severity: 'warn', text: 'tight' },
      { type: 'planned', node: 'n1', evict: [{ namespace: 'shop', name: 'web' }], waitFor: [], leave: [] },
      { type: 'room', moving: 1, without: [], looked: 2, candidates: 2 },
      { type: 'progress', node: 'n1', phase: 'pods', left: 2, total: 3, causes: [] },
      { type: 'progress', node: 'n1', phase: 'pods', left: 1, total: 3, causes: [] },
      { type: 'progress', node: 'n1', problems: ['not Ready'], addons: [], cleanFor: 0, healthyFor: 30 },
      { type: 'cordoned', node: 'n1', already: false },
    ];
    expect(events.reduce(withEvent, run)).toMatchObject({
      findings: [{ text: 'tight' }],
      planned: [{ node: 'n1' }],
      room: { moving: 1 },
      progress: [{ left: 1 }],
      gates: [{ node: 'n1', healthyFor: 30 }],
    });
  });

  test('of lines the last thousand', () => {
    let state = run;
    for (let index = 0; index < 1005; index += 1) state = withLine(state, { kind: 'note', text: String(index) });
    expect(state.lines).toHaveLength(1000);
    expect(state.lines[0]).toEqual({ kind: 'note', text: '5' });
  });
});

describe('a plan', () => {
  test('says what goes in order, what stays and why, what was found, and whether there is room', () => {
    const pod = (name: string) => ({ namespace: 'shop', name });
    const stays = [
      { ...pod('log'), why: 'a DaemonSet makes it' },
      { ...pod('net'), why: 'a DaemonSet makes it' },
    ];
    const view = planView({
      planned: [{ node: 'n1', evict: [pod('b'), pod('a')], waitFor: [], leave: stays }],
      room: { moving: 2, without: [pod('a')], looked: 3, candidates: 3 },
      findings: [
        { severity: 'refuse', text: 'never goes' },
        { severity: 'warn', text: 'tight' },
      ],
    });
    expect(view).toEqual({
      nodes: [
        {
          node: 'n1',
          goes: ['shop/b', 'shop/a'],
          waits: [],
          stays: [{ why: 'a DaemonSet makes it', pods: ['shop/log', 'shop/net'] }],
        },
      ],
      room: 'no room is found for 1 of 2 pods on 3 other nodes',
      refusals: ['never goes'],
      warnings: ['tight'],
    });
  });
});

test('a plan can be followed unless something refuses it; what a budget holds for now is waited for', () => {
  const planned = [{ node: 'n1', evict: [], waitFor: [], leave: [] }];
  const finding = { severity: 'warn', text: 'not now' } as const;
  expect(mayGoOn({ ...run, code: null, planned })).toBe(false);
  expect(mayGoOn({ ...run, code: 0 })).toBe(true);
  expect(mayGoOn({ ...run, code: 5, planned, findings: [finding] })).toBe(true);
  expect(mayGoOn({ ...run, code: 3, planned, findings: [{ ...finding, severity: 'refuse' }] })).toBe(false);
  expect(mayGoOn({ ...run, code: 4 })).toBe(false);
});

describe('a run', () => {
  test('is told by its exit code, in the words of the commands', () => {
    expect(runView({ code: null })).toEqual({ tone: 'busy', text: 'goes on' });
    expect(runView({ code: 0 })).toEqual({ tone: 'done', text: 'done' });
    expect(runView({ code: 3 })).toEqual({ tone: 'late', text: 'refused by policy or by a guard' });
    expect(runView({ code: 77 }).text).toBe('ended with 77');
  });

  test('of a node: the last first, and plans apart', () => {
    const all = [run, { ...run, id: '2' }, { ...run, id: '3', dryRun: true }, { ...run, id: '4', nodes: ['n2'] }];
    expect(runsOf(all, { cluster: 'prod', node: 'n1', dryRun: false }).map(({ id }) => id)).toEqual(['2', '1']);
  });
});
