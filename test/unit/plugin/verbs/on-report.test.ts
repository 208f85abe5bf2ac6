import { describe, expect, test } from 'vitest';
import { keepingOf } from '../../../../plugin/policy/keeping.ts';
import type { PodName } from '../../../../plugin/drain/events.ts';
import type { OnEvent } from '../../../../plugin/verbs/on/events.ts';
import { reportFor } from '../../../../plugin/session/report.ts';
import { tellInWords } from '../../../../plugin/verbs/on/text.ts';
import type { LiveArea } from '../../../../plugin/terminal/screen.ts';
import { DEFAULT_POLICY } from '../../../../shared/index.ts';
import { screenInto, STILL } from '../lines.ts';
import { toldSession } from '../world.ts';

const NO_LIVE = undefined;

function linesOf(event: OnEvent, live: LiveArea | undefined): readonly string[] {
  const lines: string[] = [];
  tellInWords(event, screenInto(lines, live));
  return lines;
}

interface Row<T> {
  readonly what: string;
  readonly event: OnEvent & { readonly type: T };
  readonly lines: readonly string[];
  /** Where a live view shows the same; the lines themselves where nothing is said. */
  readonly besideLive?: readonly string[];
  /** What follows `time`. */
  readonly json: string;
}

const pod: PodName = { namespace: 'ns', name: 'a' };
const POD = '"pod":{"namespace":"ns","name":"a"}';
const KEEPING =
  '"keeping":[{"work":"backup","tool":null,"how":"refused","scope":"node"},{"work":"scan","tool":null,"how":"refused","scope":"cluster"},{"work":"addon","tool":null,"how":"held","scope":"node"}],"canary":"backup",';
const ENFORCED = { type: 'enforced', keeping: keepingOf(DEFAULT_POLICY), canary: 'backup' } as const;

const NODE = '"node":"n1"';

/** Every type of event: the compiler asks for a new one. */
const ROWS: { readonly [T in OnEvent['type']]: readonly Row<T>[] } = {
  finding: [
    {
      what: 'a warning of the preflight',
      event: { type: 'finding', check: 'room', severity: 'warn', text: 'no room for ns/a' },
      lines: ['err: Warning: no room for ns/a'],
      json: '"type":"finding","check":"room","severity":"warn","text":"no room for ns/a"',
    },
    {
      what: 'a refusal is told by the error that ends the command',
      event: { type: 'finding', check: 'guards', severity: 'refuse', text: 'n1 is the last worker' },
      lines: [],
      json: '"type":"finding","check":"guards","severity":"refuse","text":"n1 is the last worker"',
    },
  ],
  hook: [
    {
      what: 'a step that begins',
      event: { type: 'hook', node: 'n1', hook: 'h', step: 's', state: 'begun' },
      lines: ['err: node/n1 hook h/s begins'],
      json: `"type":"hook",${NODE},"hook":"h","step":"s","state":"begun"`,
    },
    {
      what: 'a step that was done',
      event: { type: 'hook', node: 'n1', hook: 'h', step: 's', state: 'done' },
      lines: ['out: node/n1 hook h/s done'],
      json: `"type":"hook",${NODE},"hook":"h","step":"s","state":"done"`,
    },
    {
      what: 'a step that failed',
      event: { type: 'hook', node: 'n1', hook: 'h', step: 's', state: 'failed', why: 'no such object' },
      lines: ['err: Warning: node/n1 hook h/s failed: no such object'],
      json: `"type":"hook",${NODE},"hook":"h","step":"s","state":"failed","why":"no such object"`,
    },
  ],
  'hooks-planned': [
    {
      what: 'what would be done',
      event: {
        type: 'hooks-planned',
        node: 'n1',
        steps: [{ moment: 'before-drain', hook: 'h', step: 's', what: 'patches a/b', undoneBy: 'it is put back' }],
      },
      lines: ['err: hooks on node n1:', 'err:   before-drain h/s: patches a/b; it is put back'],
      json: `"type":"hooks-planned",${NODE},"steps":[{"moment":"before-drain","hook":"h","step":"s","what":"patches a/b","undoneBy":"it is put back"}]`,
    },
  ],
  note: [
    {
      what: 'something of the moment',
      event: { type: 'note', text: 'watching again' },
      lines: ['err: watching again'],
      json: '"type":"note","text":"watching again"',
    },
  ],
  cordoned: [
    {
      what: 'a node that is cordoned',
      event: { type: 'cordoned', node: 'n1', already: false, dryRun: undefined },
      lines: ['out: node/n1 cordoned'],
      json: `"type":"cordoned",${NODE},"already":false`,
    },
    {
      what: 'a node that was so already',
      event: { type: 'cordoned', node: 'n1', already: true, dryRun: undefined },
      lines: ['out: node/n1 already cordoned'],
      json: `"type":"cordoned",${NODE},"already":true`,
    },
    {
      what: 'a node that would be cordoned',
      event: { type: 'cordoned', node: 'n1', already: false, dryRun: 'client' },
      lines: ['out: node/n1 cordoned (dry run)'],
      json: `"type":"cordoned",${NODE},"already":false,"dryRun":"client"`,
    },
    {
      what: 'a node that is so already, in a dry run of the server',
      event: { type: 'cordoned', node: 'n1', already: true, dryRun: 'server' },
      lines: ['out: node/n1 already cordoned (server dry run)'],
      json: `"type":"cordoned",${NODE},"already":true,"dryRun":"server"`,
    },
  ],
  enforced: [
    {
      what: 'what is kept off',
      event: { ...ENFORCED, nodes: ['n1', 'n2'], enforcement: { enforced: 'yes' } },
      lines: ['err: kept off n1, n2 from now on: backups, add-on changes; and scans of the whole cluster'],
      json: '"type":"enforced",' + KEEPING + '"nodes":["n1","n2"],"enforcement":{"enforced":"yes"}',
    },
    {
      what: 'where the webhook is not asked',
      event: { ...ENFORCED, nodes: ['n1'], enforcement: { enforced: 'yes' }, exempt: ['legacy'] },
      lines: [
        'err: kept off n1 from now on: backups, add-on changes; and scans of the whole cluster',
        'err: the webhook is not asked about namespace legacy: what is kept off there is only what the API server refuses by itself',
      ],
      json: '"type":"enforced",' + KEEPING + '"nodes":["n1"],"enforcement":{"enforced":"yes"},"exempt":["legacy"]',
    },
    {
      what: 'that only a part is',
      event: { ...ENFORCED, nodes: ['n1'], enforcement: { enforced: 'in-part', why: 'backups; the rest is not' } },
      lines: ['err: Warning: only a part is kept off n1: backups; the rest is not'],
      json:
        '"type":"enforced",' +
        KEEPING +
        '"nodes":["n1"],"enforcement":{"enforced":"in-part","why":"backups; the rest is not"}',
    },
    {
      what: 'that nothing is kept off',
      event: { ...ENFORCED, nodes: ['n1', 'n2'], enforcement: { enforced: 'no' } },
      lines: [
        'err: Warning: nothing keeps backups, scans and add-on changes off n1, n2: the API server accepted a canary backup (is the webhook installed and ready?)',
      ],
      json: '"type":"enforced",' + KEEPING + '"nodes":["n1","n2"],"enforcement":{"enforced":"no"}',
    },
    {
      what: 'that nobody knows',
      event: { ...ENFORCED, nodes: ['n1'], enforcement: { enforced: 'unknown', why: 'status 502' } },
      lines: [
        'err: Warning: whether backups, scans and add-on changes are kept off n1 could not be checked: status 502',
      ],
      json: '"type":"enforced",' + KEEPING + '"nodes":["n1"],"enforcement":{"enforced":"unknown","why":"status 502"}',
    },
  ],
  'drain-unconfirmed': [
    {
      what: 'a node of which nobody confirms that it is drained',
      event: { type: 'drain-unconfirmed', node: 'n1', pods: [pod] },
      lines: [
        'out: node/n1 not confirmed as drained (pods: 1)',
        'err: Warning: nobody confirms that ns/a ended: they may still run, and write to their volumes, if node n1 is only cut off; make sure that it is off before you give their volumes away',
      ],
      json: `"type":"drain-unconfirmed",${NODE},"pods":[{"namespace":"ns","name":"a"}]`,
    },
  ],
  planned: [
    {
      what: 'a plan with nothing beyond the evictions',
      event: { type: 'planned', node: 'n1', evict: [pod], waitFor: [], leave: [] },
      lines: [],
      json: `"type":"planned",${NODE},"evict":[{"namespace":"ns","name":"a"}],"waitFor":[],"leave":[]`,
    },
    {
      what: 'pods that are waited for and pods that stay, by reason',
      event: {
        type: 'planned',
        node: 'n1',
        evict: [],
        waitFor: [{ ...pod, why: 'a backup is running' }],
        leave: [
          { namespace: 'ns', name: 'b', why: 'a static pod' },
          { namespace: 'ns', name: 'c', why: 'managed by a DaemonSet' },
          { namespace: 'other', name: 'd', why: 'a static pod' },
        ],
      },
      lines: [
        'err: waits for pods on node n1 (a backup is running): ns/a',
        'err: stay on node n1 (a static pod): ns/b, other/d',
        'err: stay on node n1 (managed by a DaemonSet): ns/c',
      ],
      json: [
        `"type":"planned",${NODE},"evict":[]`,
        '"waitFor":[{"namespace":"ns","name":"a","why":"a backup is running"}]',
        '"leave":[{"namespace":"ns","name":"b","why":"a static pod"}',
        '{"namespace":"ns","name":"c","why":"managed by a DaemonSet"}',
        '{"namespace":"other","name":"d","why":"a static pod"}]',
      ].join(','),
    },
  ],
  room: [
    {
      what: 'room for all that moves',
      event: { type: 'room', moving: 3, without: [], looked: 5, candidates: 5 },
      lines: ['err: the other nodes have room for what has to move (pods: 3)'],
      json: '"type":"room","moving":3,"without":[],"looked":5,"candidates":5',
    },
    {
      what: 'nothing moves',
      event: { type: 'room', moving: 0, without: [], looked: 5, candidates: 5 },
      lines: [],
      json: '"type":"room","moving":0,"without":[],"looked":5,"candidates":5',
    },
    {
      what: 'no room: the preflight has warned of it',
      event: { type: 'room', moving: 3, without: [pod], looked: 5, candidates: 9 },
      lines: [],
      json: '"type":"room","moving":3,"without":[{"namespace":"ns","name":"a"}],"looked":5,"candidates":9',
    },
  ],
  evicted: [
    {
      what: 'a pod that is evicted',
      event: { type: 'evicted', node: 'n1', pod, dryRun: undefined },
      lines: ['out: pod/a evicted (namespace ns)'],
      json: `"type":"evicted",${NODE},${POD}`,
    },
    {
      what: 'a pod that would be evicted',
      event: { type: 'evicted', node: 'n1', pod, dryRun: 'client' },
      lines: ['out: pod/a evicted (namespace ns) (dry run)'],
      json: `"type":"evicted",${NODE},${POD},"dryRun":"client"`,
    },
  ],
  deleted: [
    {
      what: 'a pod that is deleted',
      event: { type: 'deleted', node: 'n1', pod, dryRun: undefined },
      lines: ['out: pod/a deleted (namespace ns)'],
      json: `"type":"deleted",${NODE},${POD}`,
    },
    {
      what: 'a pod that the server would delete',
      event: { type: 'deleted', node: 'n1', pod, dryRun: 'server' },
      lines: ['out: pod/a deleted (namespace ns) (server dry run)'],
      json: `"type":"deleted",${NODE},${POD},"dryRun":"server"`,
    },
  ],
  unconfirmed: [
    {
      what: 'a pod that nobody confirms',
      event: { type: 'unconfirmed', node: 'n1', pod },
      lines: ['out: pod/a deletion asked for (namespace ns), its node does not confirm it'],
      json: `"type":"unconfirmed",${NODE},${POD}`,
    },
  ],
  waiting: [
    {
      what: 'a pod that waits',
      event: { type: 'waiting', node: 'n1', pod, why: 'the server is busy', dryRun: undefined },
      lines: ['err: pod/a (namespace ns) waits: the server is busy'],
      besideLive: [],
      json: `"type":"waiting",${NODE},${POD},"why":"the server is busy"`,
    },
    {
      what: 'a pod that would wait',
      event: { type: 'waiting', node: 'n1', pod, why: 'no disruption allowed', dryRun: 'client' },
      lines: ['err: pod/a (namespace ns) would wait: no disruption allowed'],
      json: `"type":"waiting",${NODE},${POD},"why":"no disruption allowed","dryRun":"client"`,
    },
    {
      what: 'a pod that would wait, says the server',
      event: { type: 'waiting', node: 'n1', pod, why: 'no disruption allowed', dryRun: 'server' },
      lines: ['err: pod/a (namespace ns) would wait: no disruption allowed'],
      json: `"type":"waiting",${NODE},${POD},"why":"no disruption allowed","dryRun":"server"`,
    },
  ],
  refused: [
    {
      what: 'a pod that never goes',
      event: { type: 'refused', node: 'n1', pod, why: 'forbidden' },
      lines: ['err: pod/a (namespace ns) would be refused: forbidden'],
      json: `"type":"refused",${NODE},${POD},"why":"forbidden"`,
    },
  ],
  progress: [
    {
      what: 'pods that are left',
      event: {
        type: 'progress',
        node: 'n1',
        phase: 'pods',
        left: 1,
        total: 2,
        causes: [{ kind: 'server', text: 'busy', names: ['ns/a'] }],
      },
      lines: ['err: node/n1: 1 of 2 pods left; busy: ns/a'],
      besideLive: [],
      json: `"type":"progress",${NODE},"phase":"pods","left":1,"total":2,"causes":[{"kind":"server","text":"busy","names":["ns/a"]}]`,
    },
    {
      what: 'what comes after the pods',
      event: { type: 'progress', node: 'n1', phase: 'volumes', left: 0, total: 2, causes: [] },
      lines: ['err: node/n1: no pods left'],
      besideLive: [],
      json: `"type":"progress",${NODE},"phase":"volumes","left":0,"total":2,"causes":[]`,
    },
  ],
  drained: [
    {
      what: 'a node that is drained',
      event: { type: 'drained', node: 'n1', dryRun: undefined },
      lines: ['out: node/n1 drained'],
      json: `"type":"drained",${NODE}`,
    },
    {
      what: 'a node that would be drained',
      event: { type: 'drained', node: 'n1', dryRun: 'client' },
      lines: ['out: node/n1 drained (dry run)'],
      json: `"type":"drained",${NODE},"dryRun":"client"`,
    },
    {
      what: 'a node that would be drained, says the server',
      event: { type: 'drained', node: 'n1', dryRun: 'server' },
      lines: ['out: node/n1 drained (server dry run)'],
      json: `"type":"drained",${NODE},"dryRun":"server"`,
    },
  ],
  left: [
    {
      what: 'pods that are left where a drain ended early, by cause',
      event: {
        type: 'left',
        node: 'n1',
        causes: [
          { kind: 'refused', text: 'forbidden', names: ['ns/a', 'ns/b', 'ns/c', 'ns/d'] },
          { kind: 'order', text: 'not tried yet', names: ['ns/e'] },
        ],
      },
      lines: ['err: left on node n1:', 'err:   forbidden: ns/a, ns/b, ns/c and 1 more', 'err:   not tried yet: ns/e'],
      json: [
        `"type":"left",${NODE},"causes":[{"kind":"refused","text":"forbidden","names":["ns/a","ns/b","ns/c","ns/d"]}`,
        '{"kind":"order","text":"not tried yet","names":["ns/e"]}]',
      ].join(','),
    },
  ],
  summary: [
    {
      what: 'several nodes that are all drained',
      event: { type: 'summary', drained: ['n1', 'n2'], left: [], notBegun: [], causes: [] },
      lines: ['err: all 2 nodes are drained'],
      json: '"type":"summary","drained":["n1","n2"],"left":[],"notBegun":[],"causes":[]',
    },
    {
      what: 'several nodes of which some are not, and what those wait for',
      event: {
        type: 'summary',
        drained: ['n1'],
        left: ['n2', 'n3'],
        notBegun: [],
        causes: [{ kind: 'budget', text: 'disruption budget shop/web', names: ['shop/a', 'shop/b'] }],
      },
      lines: ['err: 1 of 3 nodes are drained, not: n2, n3 (disruption budget shop/web: shop/a, shop/b)'],
      json: '"type":"summary","drained":["n1"],"left":["n2","n3"],"notBegun":[],"causes":[{"kind":"budget","text":"disruption budget shop/web","names":["shop/a","shop/b"]}]',
    },
    {
      what: 'several nodes of which some were never begun',
      event: { type: 'summary', drained: [], left: ['n1'], notBegun: ['n2', 'n3'], causes: [] },
      lines: ['err: 0 of 3 nodes are drained, not: n1; not begun, and as they were: n2 n3'],
      json: '"type":"summary","drained":[],"left":["n1"],"notBegun":["n2","n3"],"causes":[]',
    },
  ],
  'rolled-back': [
    {
      what: 'marks that were taken back',
      event: { type: 'rolled-back', node: 'n1', how: 'uncordoned' },
      lines: ['out: node/n1 rolled back: uncordoned'],
      json: `"type":"rolled-back",${NODE},"how":"uncordoned"`,
    },
  ],
  failed: [
    {
      what: 'a node that failed, and what to do',
      event: { type: 'failed', node: 'n1', message: 'gave up waiting', hint: 'try again' },
      lines: ['err: error: node n1: gave up waiting', 'err: hint: try again'],
      json: `"type":"failed",${NODE},"message":"gave up waiting","hint":"try again"`,
    },
    {
      what: 'a node that failed, and nothing to do',
      event: { type: 'failed', node: 'n1', message: 'gave up waiting', hint: undefined },
      lines: ['err: error: node n1: gave up waiting'],
      json: `"type":"failed",${NODE},"message":"gave up waiting"`,
    },
    {
      what: 'a command that failed is told by the error that ends it',
      event: { type: 'failed', node: undefined, message: 'denied', hint: 'nothing was changed' },
      lines: [],
      json: '"type":"failed","message":"denied","hint":"nothing was changed"',
    },
  ],
};

const ALL = Object.values<readonly Row<OnEvent['type']>[]>(ROWS).flat();

describe('in words', () => {
  test.each(ALL)('$event.type: $what', ({ event, lines, besideLive }) => {
    expect(linesOf(event, NO_LIVE)).toEqual(lines);
    expect(linesOf(event, STILL)).toEqual(besideLive ?? lines);
  });
});

describe('the report', () => {
  test.each(ALL)('as JSON, $event.type: $what', ({ event, json }) => {
    const { session, screen } = toldSession();
    reportFor<OnEvent>('json', session, tellInWords).tell(event);
    expect(screen.results).toEqual([`{"time":"2026-01-05T22:10:00Z",${json}}`]);
    expect([...screen.notes, ...screen.warnings]).toEqual([]);
  });

  test('as JSON carries the time at which it is told, in whole seconds', async () => {
    const { session, screen, clock } = toldSession();
    const report = reportFor<OnEvent>('json', session, tellInWords);
    await clock.pass(61_999);
    report.tell({ type: 'note', text: 'x' });
    expect(screen.results).toEqual(['{"time":"2026-01-05T22:11:01Z","type":"note","text":"x"}']);
  });

  test('as text is told in words', () => {
    const { session, screen } = toldSession();
    const report = reportFor<OnEvent>('text', session, tellInWords);
    report.tell({ type: 'drained', node: 'n1', dryRun: undefined });
    report.tell({ type: 'note', text: 'a note' });
    report.tell({ type: 'finding', check: 'room', severity: 'warn', text: 'no room' });
    expect([screen.results, screen.notes, screen.warnings]).toEqual([['node/n1 drained'], ['a note'], ['no room']]);
  });
});

test('all pods that a warning is about are named on demand', () => {
  const event: OnEvent = {
    type: 'finding',
    check: 'filters',
    severity: 'warn',
    text: 'ignoring DaemonSet-managed Pods: ns/a and 1 more',
    pods: ['ns/a', 'ns/b'],
  };
  const said = (allNames: boolean): readonly string[] => {
    const lines: string[] = [];
    tellInWords(event, screenInto(lines, undefined), allNames);
    return lines;
  };
  expect(said(false)).toHaveLength(1);
  expect(said(true)[1]).toBe('err:   ns/a, ns/b');
});
