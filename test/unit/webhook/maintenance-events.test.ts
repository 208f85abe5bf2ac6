import { describe, expect, test } from 'vitest';
import {
  at,
  RECORD_ANNOTATION,
  textAt,
  type ApiAnswer,
  type ApiRequest,
  type MaintenanceRecord,
} from '../../../shared/index.ts';
import { MaintenanceRecorder } from '../../../webhook/controller/maintenance-events/recorder.ts';
import { logTo } from '../../../webhook/log.ts';
import { NodeCache, STALE_AFTER_MS } from '../../../webhook/nodes/cache.ts';
import { Kept, nodeObject, ToldCluster } from './world.ts';

const START = Date.parse('2026-01-06T08:00:00Z');
const MINUTE = 60_000;
const UNTIL = '2026-01-06T08:10:00Z';

/** A node whose maintenance has an announced end. */
function nodeUntil(until: string | undefined, ...others: MaintenanceRecord['claims']): object {
  const record: MaintenanceRecord = {
    version: 1,
    claims: [
      {
        owner: 'ana',
        mode: 'drain',
        reason: 'new disk',
        since: '2026-01-05T22:10:00Z',
        ...(until === undefined ? {} : { until }),
      },
      ...others,
    ],
    before: { cordoned: false, annotations: {} },
    exceptions: [],
    initiatedAt: '2026-01-05T22:10:00Z',
  };
  return { metadata: { name: 'n1', uid: 'uid-n1', annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) } } };
}

/** A controller that follows the nodes and tells of them. */
function world(...nodes: readonly object[]) {
  const clock = { now: START, leads: true };
  const sent: ApiRequest[] = [];
  const answers: ApiAnswer[] = [];
  const send = (request: ApiRequest): Promise<ApiAnswer> => {
    sent.push(request);
    return Promise.resolve(answers.shift() ?? { status: 201, headers: {}, body: {} });
  };
  const followed = new ToldCluster(...nodes);
  const cache = new NodeCache(() => clock.now, {
    deleted: (node) => {
      recorder.lost(node);
    },
  });
  const log = logTo(new Kept(), 'info');
  const ports = { cluster: { send }, nodes: cache, leads: () => clock.leads, log, now: () => clock.now };
  const recorder = new MaintenanceRecorder(ports, 60 * MINUTE);
  void cache.follow(followed, new AbortController().signal);
  followed.sync();
  const names = () => sent.map(({ body }) => textAt(body, 'metadata', 'name'));
  return { clock, sent, answers, followed, recorder, names };
}

const REFUSED: ApiAnswer = { status: 503, headers: {}, body: { message: 'not now' } };

describe('an announced end', () => {
  test('that has passed is told once: whose, since when, what to do', async () => {
    const { clock, sent, followed, recorder } = world(nodeUntil(UNTIL));
    await recorder.write();
    expect(sent).toEqual([]);
    clock.now += 11 * MINUTE;
    followed.listener.alive?.();
    await recorder.write();
    await recorder.write();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/default/events',
      body: {
        metadata: { name: `maintenance-overdue.uid-n1.${Date.parse(UNTIL) / 1000}`, namespace: 'default' },
        involvedObject: { kind: 'Node', name: 'n1', uid: 'uid-n1' },
        type: 'Warning',
        reason: 'MaintenanceOverdue',
        message:
          'overdue for ana: in maintenance (drain) since 2026-01-05T22:10:00Z, overdue since 2026-01-06T08:10:00Z, by ana "new disk". Nothing ends by itself: kubectl maint off n1 brings the node back, kubectl maint on n1 --mode=drain --for DURATION announces a later end',
      },
    });
  });

  test('of one of several owners is told as hers, though another has announced no end', async () => {
    const { clock, sent, followed, recorder } = world(nodeUntil(UNTIL, { owner: 'ben', mode: 'cordon', since: UNTIL }));
    clock.now += 11 * MINUTE;
    followed.listener.alive?.();
    await recorder.write();
    expect(sent.map(({ body }) => textAt(body, 'metadata', 'name'))).toEqual([
      `maintenance-overdue.uid-n1.${Date.parse(UNTIL) / 1000}`,
    ]);
    expect(textAt(sent[0]?.body, 'message')).toMatch(
      /^overdue for ana: .* no end announced, by ana "new disk", by ben\./,
    );
  });

  test.each<[string, ApiAnswer, number]>([
    ['another replica was faster: it is told', { ...REFUSED, status: 409 }, 1],
    ['the write failed: it is tried again', REFUSED, 2],
  ])('%s', async (_what, answer, writes) => {
    const { clock, sent, answers, recorder } = world(nodeUntil('2026-01-06T08:00:01Z'));
    clock.now += MINUTE;
    answers.push(answer);
    await recorder.write();
    await recorder.write();
    expect(sent).toHaveLength(writes);
  });

  test('that is put off is told again when that has passed, too', async () => {
    const { clock, followed, recorder, names } = world(nodeUntil(UNTIL));
    clock.now = Date.parse(UNTIL) + 1000;
    followed.listener.alive?.();
    await recorder.write();
    followed.listener.changed(nodeUntil('2026-01-06T09:00:00Z'));
    await recorder.write();
    expect(names()).toHaveLength(1);
    clock.now = Date.parse('2026-01-06T09:00:01Z');
    followed.listener.alive?.();
    await recorder.write();
    expect(new Set(names()).size).toBe(2);
  });

  test('is not told by a replica that has not heard of the nodes for long', async () => {
    const { clock, sent, recorder } = world(nodeUntil('2026-01-06T08:00:01Z'));
    clock.now += STALE_AFTER_MS + 1;
    await recorder.write();
    expect(sent).toEqual([]);
  });
});

describe('a node that is deleted', () => {
  const held = nodeObject('n1', true);

  test('while in maintenance is told, and counted', async () => {
    const { followed, sent, recorder } = world(held, nodeObject('n2'));
    followed.listener.removed(held);
    followed.listener.removed(nodeObject('n2'));
    await recorder.write();
    expect(recorder.deletedInMaintenance).toBe(1);
    expect(at(sent[0]?.body, 'metadata', 'name')).toBe('maintenance-lost.uid-n1');
    expect(textAt(sent[0]?.body, 'reason')).toBe('MaintenanceLost');
    expect(textAt(sent[0]?.body, 'message')).toBe(
      'deleted while in maintenance (drain) since 2026-01-05T22:10:00Z, no end announced, by ana "new disk". It comes back without a record, and takes pods and work again: kubectl maint on n1 takes it into maintenance anew',
    );
  });

  test.each<[string, readonly object[], number]>([
    ['is gone', [], 1],
    ['has come back as another one', [{ metadata: { name: 'n1', uid: 'another' } }], 1],
    ['is still there', [held], 0],
    ['has left maintenance', [nodeObject('n1')], 0],
  ])('while the watch was interrupted: what is listed again %s', (_what, listed, lost) => {
    const { followed, recorder } = world(held);
    followed.listener.synced(listed);
    expect(recorder.deletedInMaintenance).toBe(lost);
  });

  test('one of many at once is told once, one write after the other', async () => {
    const many = Array.from({ length: 20 }, (_, index) => nodeObject(`n${index}`, true));
    const { followed, names, recorder } = world(...many);
    for (const node of many) followed.listener.removed(node);
    expect(names()).toHaveLength(1);
    await recorder.write();
    expect(names()).toEqual(many.map((node) => `maintenance-lost.${textAt(node, 'metadata', 'uid')}`));
  });

  test('is told again where the write failed', async () => {
    const { followed, names, answers, recorder } = world(held);
    answers.push(REFUSED);
    followed.listener.removed(held);
    await recorder.write();
    await recorder.write();
    expect(new Set(names())).toEqual(new Set(['maintenance-lost.uid-n1']));
    expect(names().length).toBeGreaterThan(1);
  });
});
