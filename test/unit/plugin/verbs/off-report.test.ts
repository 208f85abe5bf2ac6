import { describe, expect, test } from 'vitest';
import type { OffEvent } from '../../../../plugin/verbs/off/events.ts';
import { unseenByEvents } from '../../../../plugin/kept-off/text.ts';
import { tellOffInWords } from '../../../../plugin/verbs/off/text.ts';
import { reportFor } from '../../../../plugin/session/report.ts';
import type { LiveArea } from '../../../../plugin/terminal/screen.ts';
import { gateState } from '../gate-state.ts';
import { screenInto, STILL } from '../lines.ts';
import { toldSession } from '../world.ts';

function linesOf(event: OffEvent, live?: LiveArea): readonly string[] {
  const lines: string[] = [];
  tellOffInWords(event, screenInto(lines, live));
  return lines;
}

const clean = gateState();
const waiting = gateState({ ready: false, problems: ['not Ready (no CNI)', 'DiskPressure'] });
const LOST_AT = '2026-01-05T20:00:00Z';

describe('in words', () => {
  test.each<[string, OffEvent, readonly string[]]>([
    ['a note', { type: 'note', text: 'again' }, ['err: again']],
    ['a warning', { type: 'warning', text: 'slow' }, ['err: Warning: slow']],
    [
      'nothing to end',
      { type: 'not-in-maintenance', node: 'n1', lostAt: undefined },
      ['out: node/n1 not in maintenance'],
    ],
    [
      'nothing to end any more',
      { type: 'not-in-maintenance', node: 'n1', lostAt: LOST_AT },
      [
        'out: node/n1 not in maintenance',
        'err: Warning: node n1 was deleted while in maintenance, and its record with it (2026-01-05T20:00:00Z): nothing is kept off it any more; kubectl maint on n1 takes it into maintenance again',
      ],
    ],
    [
      'claims of everybody, whose names are data',
      { type: 'claims', node: 'n1', owners: ['ana', 'b\u001b[1men'] },
      ['err: node/n1 drops the claims of ana, b [1men'],
    ],
    ['on its way', { type: 'returning', node: 'n1' }, []],
    ['it waits', { type: 'progress', ...waiting }, ['err: node/n1 waits: not Ready (no CNI), DiskPressure']],
    ['it is watched', { type: 'progress', ...clean }, ['err: node/n1 clean, watching it for 30s']],
    [
      'others hold it',
      { type: 'stays', node: 'n1', owners: ['ben', 'zoe'] },
      ['out: node/n1 stays in maintenance for ben, zoe'],
    ],
    [
      'it is back',
      { type: 'ended', node: 'n1', cordoned: false, addons: [] },
      ['out: node/n1 uncordoned', 'out: node/n1 out of maintenance'],
    ],
    [
      'it is back as it was, with its add-ons',
      { type: 'ended', node: 'n1', cordoned: true, addons: ['kube-system/agent', 'ops/logs'] },
      [
        'err: node/n1 add-ons caught up: kube-system/agent, ops/logs',
        'out: node/n1 stays cordoned, as it was before',
        'out: node/n1 out of maintenance',
      ],
    ],
    [
      'one of several failed',
      { type: 'failed', node: 'n1', message: 'gave up', hint: 'try again' },
      ['err: error: node n1: gave up', 'err: hint: try again'],
    ],
    [
      'what was kept off one node: how often, when last, and what becomes of it',
      {
        type: 'kept-off',
        nodes: ['n1'],
        work: [
          { node: 'n1', what: 'CronJob shop/nightly', times: 3, lastAt: LOST_AT, afterDenial: 'resumed' },
          { node: 'n1', what: 'CronJob shop/late', times: 1, lastAt: LOST_AT, afterDenial: 'lost' },
          { node: 'n1', what: 'Job shop/\u001b[2Jscan', times: 1, lastAt: LOST_AT, afterDenial: 'retried' },
          { node: 'n1', what: 'backup (velero)', times: 2, lastAt: LOST_AT, afterDenial: 'failed' },
          { node: 'n1', what: 'addon', times: 2, lastAt: LOST_AT, afterDenial: null },
        ],
        cronJobs: [
          { name: 'shop/nightly', state: 'woken', why: '', command: '' },
          { name: 'shop/weekly', state: 'sleeps', why: 'no right', command: 'kubectl annotate …' },
          { name: 'shop/late', state: 'lost', why: 'its startingDeadlineSeconds (30) have passed', command: '' },
        ],
        unreadable: undefined,
        expired: false,
      },
      [
        'err: kept off n1 meanwhile:',
        `err:   CronJob shop/nightly: 3 times, last at ${LOST_AT}; its latest run is made up for by itself, earlier ones are lost`,
        `err:   CronJob shop/late: once, at ${LOST_AT}; lost: start it again`,
        `err:   Job shop/ [2Jscan: once, at ${LOST_AT}; tried again by itself`,
        `err:   backup (velero): 2 times, last at ${LOST_AT}; failed: do it again`,
        `err:   addon: 2 times, last at ${LOST_AT}; look whether it has to be started again`,
        'err: CronJob shop/nightly was told to make up for its latest run now',
        'err: CronJob shop/weekly was not told to make up for its latest run (no right): its controller pauses for longer after each refusal; to have it go on now: kubectl annotate …',
        'err: CronJob shop/late does not make up for its latest run: its startingDeadlineSeconds (30) have passed',
        'err: what one call makes up for, and to do so: kubectl maint redo',
        'err: workloads are not moved back',
      ],
    ],
    [
      'of several nodes each line says which',
      {
        type: 'kept-off',
        nodes: ['n1', 'n2'],
        work: [{ node: 'n2', what: 'a scan', times: 1, lastAt: LOST_AT, afterDenial: 'failed' }],
        cronJobs: [],
        unreadable: undefined,
        expired: true,
      },
      [
        'err: kept off n1, n2 meanwhile:',
        `err:   n2: a scan: once, at ${LOST_AT}; failed: do it again`,
        'err: Events of more than an hour ago are gone, unless your API server keeps them longer: look for older backups and scans yourself',
        'err: workloads are not moved back',
      ],
    ],
    [
      'nothing was',
      { type: 'kept-off', nodes: ['n1'], work: [], cronJobs: [], unreadable: undefined, expired: false },
      ['err: nothing is known to have been kept off n1 meanwhile', 'err: workloads are not moved back'],
    ],
    [
      'nobody knows',
      {
        type: 'kept-off',
        nodes: ['n1'],
        work: [],
        cronJobs: [],
        unreadable: 'no right to list Events',
        expired: false,
      },
      [
        'err: what was kept off n1 is not known, or not all of it: no right to list Events',
        'err: workloads are not moved back',
      ],
    ],
    ['the command failed: told where it ends', { type: 'failed', node: undefined, message: 'no', hint: undefined }, []],
  ])('%s', (_what, event, lines) => {
    expect(linesOf(event)).toEqual(lines);
  });

  test('a live view shows what a node waits for; lines would push it away', () => {
    expect(linesOf({ type: 'progress', ...waiting }, STILL)).toEqual([]);
    expect(linesOf({ type: 'ended', node: 'n1', cordoned: false, addons: [] }, STILL)).toHaveLength(2);
  });
});

test('as JSON: one object a line, time and type first', () => {
  const { session, screen } = toldSession();
  const report = reportFor<OffEvent>('json', session, tellOffInWords);
  report.tell({ type: 'progress', ...waiting });
  report.tell({ type: 'ended', node: 'n1', cordoned: false, addons: [] });
  expect(screen.results).toEqual([
    '{"time":"2026-01-05T22:10:00Z","type":"progress","node":"n1","addons":[],"ready":false,"heartbeatAge":3,"pressures":[],"problems":["not Ready (no CNI)","DiskPressure"],"cleanFor":0,"healthyFor":30}',
    '{"time":"2026-01-05T22:10:00Z","type":"ended","node":"n1","cordoned":false,"addons":[]}',
  ]);
  expect(screen.notes).toEqual([]);
});

test.each<[floor: readonly string[] | undefined, says: string | undefined]>([
  [[], undefined],
  [
    ['scan'],
    "not listed: scans that the API server's own policies refused, unless a controller wrote an Event about it",
  ],
  [['backup', 'scan'], "not listed: backups and scans that the API server's own policies refused, unless"],
  [undefined, 'not listed: what policies of the API server refused, if it has any, unless'],
])('what no Event tells of, with the floor for %j', (floor, says) => {
  if (says === undefined) expect(unseenByEvents(floor)).toBeUndefined();
  else expect(unseenByEvents(floor)).toContain(says);
});
