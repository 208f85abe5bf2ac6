/** What is refused and what is told of the answers of data systems. */
import { describe, expect, test } from 'vitest';
import { data } from '../../../../../plugin/preflight/checks/data.ts';
import type { AskedSystem } from '../../../../../plugin/preflight/data/read.ts';
import type { DataFinding, DataSystem, Leaving } from '../../../../../plugin/preflight/data/system.ts';
import { refusal, warning, type Finding } from '../../../../../plugin/preflight/finding.ts';
import type { Survey } from '../../../../../plugin/preflight/survey.ts';
import { EMPTY_SURVEY } from '../empty-survey.ts';
import { nodeFacts, podFacts } from '../../world.ts';

const KIND = { group: 'disks.example.com', versions: ['v1'], plural: 'disks', fields: ['spec'] };

/** A system that says what it is told to, and keeps what it was asked about. */
function toldSystem(...findings: readonly DataFinding[]): { system: DataSystem; asked: Leaving[] } {
  const asked: Leaving[] = [];
  const system: DataSystem = {
    name: 'disks',
    title: 'Disks',
    group: 'disks.example.com',
    kinds: { disks: KIND, settings: { ...KIND, plural: 'settings', isOptional: true } },
    refuses: '',
    warns: '',
    find: (_objects, leaving) => {
      asked.push(leaving);
      return findings;
    },
  };
  return { system, asked };
}

const lost = (...names: readonly string[]): DataFinding => ({
  losesData: true,
  text: 'the last copy goes',
  objects: names.map((name) => ({ name })),
});

function answered(system: DataSystem, differs: Partial<AskedSystem> = {}): AskedSystem {
  return { system, objects: { disks: [], settings: [] }, unread: [], ...differs };
}

const PLAN = { node: 'n1', evict: [], waitFor: [], leave: [], refused: [], warnings: [], refusals: [] };

function found(answers: Survey['data'], differs: Partial<Survey> = {}): readonly Finding[] {
  return data.find({ ...EMPTY_SURVEY, chosen: [nodeFacts('n1')], plans: [PLAN], data: answers, ...differs });
}

describe('what would be lost', () => {
  const accepting = (...acceptedLoss: readonly string[]) => ({ acceptedLoss });
  test.each<[what: string, names: readonly string[], differs: Partial<Survey>, findings: readonly Finding[]]>([
    [
      'one object',
      ['a'],
      {},
      [
        {
          ...refusal('data', 'Disks: the last copy goes: a (--allow-data-loss=disks/a goes on all the same)'),
          objects: ['a'],
        },
      ],
    ],
    [
      'one that a hook waits for: it is told',
      ['a'],
      { awaitedData: ['disks'] },
      [
        {
          ...warning('data', 'Disks: the last copy goes: a (the drain does not begin before that is over)'),
          objects: ['a'],
        },
      ],
    ],
    [
      'many: the first are named, and the flag takes all',
      ['a', 'b', 'c', 'd', 'e'],
      {},
      [
        {
          ...refusal(
            'data',
            'Disks: the last copy goes: a, b, c and 2 more (--allow-data-loss=disks goes on all the same)',
          ),
          objects: ['a', 'b', 'c', 'd', 'e'],
        },
      ],
    ],
    [
      'all of the system is accepted, and told',
      ['a', 'b'],
      accepting('disks'),
      [{ ...warning('data', 'Disks: the last copy goes: a, b (accepted by --allow-data-loss)'), objects: ['a', 'b'] }],
    ],
    [
      'one of two is accepted',
      ['a', 'shop/b'],
      accepting('disks/a'),
      [
        {
          ...refusal('data', 'Disks: the last copy goes: shop/b (--allow-data-loss=disks/shop/b goes on all the same)'),
          objects: ['shop/b'],
        },
        { ...warning('data', 'Disks: the last copy goes: a (accepted by --allow-data-loss)'), objects: ['a'] },
      ],
    ],
    [
      'another system is accepted',
      ['a'],
      accepting('disk', 'longhorn', 'longhorn/a'),
      [
        {
          ...refusal('data', 'Disks: the last copy goes: a (--allow-data-loss=disks/a goes on all the same)'),
          objects: ['a'],
        },
      ],
    ],
    [
      'a name that would write on the terminal',
      ['\u001B[2Ja'],
      {},
      [
        {
          ...refusal('data', 'Disks: the last copy goes: [2Ja (--allow-data-loss=disks/[2Ja goes on all the same)'),
          objects: ['\u001B[2Ja'],
        },
      ],
    ],
  ])('%s', (_what, names, differs, findings) => {
    expect(found([answered(toldSystem(lost(...names)).system)], differs)).toEqual(findings);
  });

  test('what is no loss is told', () => {
    const { system } = toldSystem({ losesData: false, text: 'the primary goes', objects: [{ name: 'shop/db' }] });
    expect(found([answered(system)])).toEqual([
      { ...warning('data', 'Disks: the primary goes: shop/db'), objects: ['shop/db'] },
    ]);
  });

  test('where nothing is moved nothing is lost', () => {
    expect(found([answered(toldSystem(lost('a')).system)], { plans: [] })).toEqual([]);
  });
});

describe('what could not be asked', () => {
  const { system } = toldSystem(lost('a'));
  const lack = (text: string) => warning('data', `Disks is installed, and ${text}`);
  test('which systems are there', () => {
    expect(found(undefined)).toEqual([
      warning('data', 'you may not ask which APIs are served: whether data systems lose anything is not known'),
    ]);
  });

  test('a kind without which nothing is known', () => {
    const unread = ['you may not list disks.disks.example.com'];
    expect(found([answered(system, { objects: { settings: [] }, unread })])).toEqual([
      lack('you may not list disks.disks.example.com: whether it loses data or service is not known'),
    ]);
  });

  test('a kind without which it is judged all the same', () => {
    const unread = ['you may not list settings.disks.example.com'];
    const findings = found([answered(system, { objects: { disks: [] }, unread })]);
    expect(findings.map(({ severity }) => severity)).toEqual(['warn', 'refuse']);
    expect(findings[0]).toEqual(lack('you may not list settings.disks.example.com: it is judged without'));
  });
});

describe('which nodes are away', () => {
  const record = (...modes: readonly string[]) => ({
    annotations: {
      'kubectl-maint.io/maintenance': JSON.stringify({
        version: 1,
        claims: modes.map((mode, index) => ({ owner: `o${index}`, mode, since: '2026-01-01T00:00:00Z' })),
        before: { cordoned: false },
        exceptions: [],
        initiatedAt: '2026-01-01T00:00:00Z',
      }),
    },
  });

  test('those that are chosen; others that are not Ready or drained, but not those that are only cordoned', () => {
    const { system, asked } = toldSystem();
    const pod = podFacts('a');
    found([answered(system)], {
      plans: [{ ...PLAN, evict: [pod], waitFor: [{ pod: podFacts('b'), why: '', inside: false }] }],
      nodes: [
        nodeFacts('n1', record('drain')),
        nodeFacts('fine'),
        nodeFacts('silent', { conditions: [{ type: 'Ready', status: 'Unknown' }] }),
        nodeFacts('cordoned', record('cordon')),
        nodeFacts('drained', record('cordon', 'drain')),
        nodeFacts('unreadable', { annotations: { 'kubectl-maint.io/maintenance': '?' } }),
      ].map((facts) => ({ facts, allocatable: new Map(), virtual: false })),
      leastEndOf: () => 12,
      now: 7,
    });
    expect(asked.map(({ pods, ...rest }) => ({ ...rest, pods: pods.map(({ name }) => name) }))).toEqual([
      {
        nodes: new Set(['n1']),
        out: new Set(['silent', 'drained', 'unreadable']),
        pods: ['a', 'b'],
        lastsMs: 5,
      },
    ]);
  });

  test('who may not list nodes is told of those that are chosen alone', () => {
    const { system, asked } = toldSystem();
    found([answered(system)], { nodes: undefined });
    expect(asked.map(({ nodes, out }) => [nodes, out])).toEqual([[new Set(['n1']), new Set()]]);
  });
});
