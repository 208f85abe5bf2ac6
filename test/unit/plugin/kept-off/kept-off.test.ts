import { describe, expect, test } from 'vitest';
import { keptOffIn, type MakerEvent } from '../../../../plugin/kept-off/kept-off.ts';
import { readMakerEvents } from '../../../../plugin/kept-off/maker-events.ts';
import type { OwnEvent } from '../../../../plugin/nodes/own-events.ts';
import { EVENTS } from '../../../../shared/index.ts';
import { toldSession } from '../world.ts';
import { BEFORE, BEGUN, ENDED, LATE, NOON } from './times.ts';

function own(fields: Partial<OwnEvent> = {}): OwnEvent {
  return {
    node: 'n1',
    uid: 'uid-n1',
    reason: 'WorkDenied',
    message: 'backup (velero): a backup is for node n1 (Backup velero/nightly)',
    count: 2,
    createdAt: NOON,
    lastAt: NOON,
    afterDenial: 'failed',
    ...fields,
  };
}

const byPolicy = (node: string) =>
  `Error creating job: jobs.batch "nightly-1" is forbidden: ValidatingAdmissionPolicy 'scan.kubectl-maint.io' with binding 'scan.kubectl-maint.io' denied request: scan: it does not run. By whom, why and until when: kubectl maint status ${node}. The latest run is made up for by itself`;

function maker(fields: Partial<MakerEvent> = {}): MakerEvent {
  const names = { kind: 'CronJob', namespace: 'shop', name: 'nightly' };
  return { ...names, message: byPolicy('n1'), count: 3, lastAt: LATE, ...fields };
}

describe('the webhook’s own Events', () => {
  test.each<[string, readonly OwnEvent[], readonly object[]]>([
    ['say what, how often, and what becomes of it', [own()], [{ times: 2, lastAt: NOON, afterDenial: 'failed' }]],
    ['of another reason are something else', [own({ reason: 'AddonHeld' }), own({ reason: 'MaintenanceEnded' })], []],
    ['of another node are about that', [own({ node: 'n2' })], []],
    ['of before are of an earlier maintenance', [own({ lastAt: BEFORE })], []],
    ['of its first moment are of this one', [own({ lastAt: BEGUN })], [{ times: 2 }]],
    ['without a fate, or with one that nobody knows', [own({ afterDenial: 'x' })], [{ afterDenial: null }]],
    ['of two replicas are one', [own({ lastAt: LATE }), own({ count: 3 })], [{ times: 5, lastAt: LATE }]],
    ['of different fates are two', [own(), own({ afterDenial: 'lost' })], [{ times: 2 }, { times: 2 }]],
    ['come the last first', [own(), own({ message: 'b', lastAt: LATE })], [{ what: 'b' }, { lastAt: NOON }]],
  ])('%s', (_what, events, kept) => {
    expect(keptOffIn(ENDED, events, [])).toMatchObject(kept);
    expect(keptOffIn(ENDED, events, [])).toHaveLength(kept.length);
  });
});

describe('Events of controllers that a policy refused', () => {
  test.each<[string, MakerEvent, readonly object[]]>([
    [
      'a CronJob makes up for its latest run',
      maker(),
      [{ node: 'n1', what: 'CronJob shop/nightly', times: 3, lastAt: LATE, afterDenial: 'resumed' }],
    ],
    ['a Job makes its pod again', maker({ kind: 'Job' }), [{ what: 'Job shop/nightly', afterDenial: 'retried' }]],
    ['refused because of another node', maker({ message: byPolicy('n10') }), []],
    ['refused because of a node whose name ends with it', maker({ message: byPolicy('a-n1') }), []],
    ['refused because of a node whose name goes on', maker({ message: byPolicy('n1.example.org') }), []],
    ['of before', maker({ lastAt: BEFORE }), []],
    ['refused for want of quota', maker({ message: 'exceeded quota on n1' }), []],
    [
      'refused by the webhook, which has written it down itself',
      maker({ message: 'admission webhook "work.kubectl-maint.io" denied the request: scan: n1' }),
      [],
    ],
    [
      'refused by a policy of somebody else',
      maker({ message: "ValidatingAdmissionPolicy 'x.example.org' denied request: n1" }),
      [],
    ],
  ])('%s', (_what, event, kept) => {
    expect(keptOffIn(ENDED, [], [event])).toMatchObject(kept);
    expect(keptOffIn(ENDED, [], [event])).toHaveLength(kept.length);
  });

  test('are read from every namespace, counted by themselves or as a series', async () => {
    const { cluster } = toldSession();
    const involvedObject = { kind: 'Job', namespace: 'shop', name: 'a' };
    cluster.lists.set(EVENTS, [
      { involvedObject, message: 'm', count: 4, lastTimestamp: NOON },
      { involvedObject, message: 'm', series: { count: 7, lastObservedTime: LATE }, lastTimestamp: null },
      { involvedObject, message: 'm', metadata: { creationTimestamp: BEGUN } },
    ]);
    const about = { kind: 'Job', namespace: 'shop', name: 'a', message: 'm' };
    expect(await readMakerEvents(cluster)).toEqual([
      { ...about, count: 4, lastAt: NOON },
      { ...about, count: 7, lastAt: LATE },
      { ...about, count: 1, lastAt: BEGUN },
    ]);
  });
});

test('of several nodes: in their order, each with what was kept off it since its own beginning', () => {
  const ended = [{ node: 'n2', since: NOON }, ...ENDED];
  const both = `${byPolicy('n1')} n2`;
  const kept = keptOffIn(ended, [own(), own({ node: 'n2', lastAt: BEGUN })], [maker({ message: both })]);
  expect(kept.map(({ node, lastAt }) => [node, lastAt])).toEqual([
    ['n2', LATE],
    ['n1', LATE],
    ['n1', NOON],
  ]);
});
