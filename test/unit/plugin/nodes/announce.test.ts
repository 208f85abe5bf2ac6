import { describe, expect, test } from 'vitest';
import { Announcer } from '../../../../plugin/nodes/announce.ts';
import type { ConditionChange } from '../../../../plugin/nodes/conditions.ts';
import type { NodeEvent } from '../../../../plugin/nodes/events.ts';
import { hasClaim } from '../../../../plugin/nodes/mark.ts';
import { listAt, NODES, RECORD_ANNOTATION, textAt, type ApiAnswer, type ApiRequest } from '../../../../shared/index.ts';
import { answer, failure, nodeObject, nodeSnapshot, settle, toldSession, type NodeShape } from '../world.ts';

const AT = '2026-01-05T22:10:00Z';
const n1 = nodeSnapshot('n1');
const n2 = nodeSnapshot('n2');
const drained: ConditionChange = { type: 'Drained', status: 'True', reason: 'DrainCompleted', message: 'no pods' };
const ended: NodeEvent = { type: 'Normal', reason: 'MaintenanceEnded', message: 'by ana' };

/** What a request is about, as one word and a node: `Drained n1`, `MaintenanceEnded n2`. */
function titleOf({ path, body }: ApiRequest): string {
  const node = textAt(body, 'involvedObject', 'name') ?? path.split('/')[4] ?? '';
  const [condition] = listAt(body, 'status', 'conditions');
  return `${textAt(body, 'reason') ?? textAt(condition, 'type') ?? ''} ${node}`;
}

/** An announcer whose cluster answers one request after the other, when the test says so. */
function slowly() {
  const { session, cluster, screen } = toldSession();
  const pending: ((said: ApiAnswer) => void)[] = [];
  cluster.say = () => new Promise((resolve) => pending.push(resolve));
  return {
    announcer: new Announcer(session, () => true),
    screen,
    sent: () => cluster.requests.map(titleOf),
    answerNext: async (said: ApiAnswer) => {
      pending.shift()?.(said);
      await settle();
    },
  };
}

/** The Node with a version of its own, as a write of conditions gives it back. */
function written(name: string, resourceVersion: string, conditions: NodeShape['conditions'] = []): ApiAnswer {
  return answer(200, nodeObject(name, { resourceVersion, conditions }));
}

describe('each kind of news is one request', () => {
  const patch = {
    method: 'PATCH',
    path: `${NODES}/n1/status`,
    query: { fieldManager: 'maint' },
    contentType: 'application/strategic-merge-patch+json',
  };
  test.each<[string, (announcer: Announcer) => Promise<unknown>, object]>([
    [
      'conditions are merged into the status by type',
      (announcer) => announcer.conditions(n1, [drained]),
      {
        ...patch,
        body: {
          metadata: { resourceVersion: '1' },
          status: { conditions: [{ ...drained, lastHeartbeatTime: AT, lastTransitionTime: AT }] },
        },
      },
    ],
    [
      'no conditions: ours are deleted from it',
      (announcer) => announcer.noConditions(n1),
      {
        ...patch,
        body: {
          metadata: { resourceVersion: '1' },
          status: {
            conditions: ['MaintenanceInProgress', 'DrainInProgress', 'Drained'].map((type) => ({
              $patch: 'delete',
              type,
            })),
          },
        },
      },
    ],
    [
      'an Event is made where those of Nodes live',
      (announcer) => announcer.event(n1.facts, ended),
      {
        method: 'POST',
        path: '/api/v1/namespaces/default/events',
        body: {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { generateName: 'n1.', namespace: 'default' },
          involvedObject: { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'uid-n1' },
          ...ended,
          source: { component: 'kubectl-maint' },
          firstTimestamp: AT,
          lastTimestamp: AT,
          count: 1,
        },
      },
    ],
  ])('%s', async (_what, tell, request) => {
    const { session, cluster, screen } = toldSession();
    await tell(new Announcer(session, () => true));
    expect(cluster.requests).toEqual([request]);
    expect(screen.warnings).toEqual([]);
  });
});

describe('the order', () => {
  test('news of one node follow each other, whatever kind they are', async () => {
    const { announcer, sent, answerNext } = slowly();
    void announcer.conditions(n1, [drained]);
    void announcer.event(n1.facts, ended);
    void announcer.noConditions(n1);
    await settle();
    expect(sent()).toEqual(['Drained n1']);
    await answerNext(answer(200));
    expect(sent()).toEqual(['Drained n1', 'MaintenanceEnded n1']);
    await answerNext(answer(201));
    expect(sent()).toEqual(['Drained n1', 'MaintenanceEnded n1', 'MaintenanceInProgress n1']);
  });

  test('news of another node do not wait for them', async () => {
    const { announcer, sent } = slowly();
    void announcer.conditions(n1, [drained]);
    void announcer.conditions(n2, [drained]);
    await settle();
    expect(sent()).toEqual(['Drained n1', 'Drained n2']);
  });

  test('one that could not be told does not hold up the next', async () => {
    const { announcer, sent, answerNext } = slowly();
    void announcer.conditions(n1, [drained]);
    const second = announcer.event(n1.facts, ended);
    await settle();
    await answerNext(failure(500, 'etcd is slow'));
    await answerNext(answer(201));
    await second;
    expect(sent()).toEqual(['Drained n1', 'MaintenanceEnded n1']);
  });

  test('each node keeps the transition times of its own conditions', async () => {
    const { session, cluster } = toldSession();
    cluster.say = ({ path }) => written(path.split('/')[4] ?? '', '8', [drained]);
    const announcer = new Announcer(session, () => true);
    for (const node of [n1, n2, n1]) await announcer.conditions(node, [drained]);
    const times = cluster.requests.map(({ body }) =>
      textAt(listAt(body, 'status', 'conditions')[0], 'lastTransitionTime'),
    );
    expect(times).toEqual([AT, AT, undefined]);
  });
});

test('a condition whose write failed has its transition when it is written', async () => {
  const { session, cluster } = toldSession();
  cluster.say = (_request, count) => (count === 1 ? failure(500, 'no') : written('n1', '8', [drained]));
  const announcer = new Announcer(session, () => true);
  for (let time = 0; time < 3; time += 1) await announcer.conditions(n1, [drained]);
  const times = cluster.requests.map(({ body }) =>
    textAt(listAt(body, 'status', 'conditions')[0], 'lastTransitionTime'),
  );
  expect(times).toEqual([AT, AT, undefined]);
});

describe('a node that somebody else has written meanwhile', () => {
  const conflict = failure(409, 'modified');
  /** An announcer for the maintenance of ana, whose first write meets a conflict: this is what the node is by then. */
  function afterConflict(fresh: object) {
    const { session, cluster, screen } = toldSession();
    cluster.say = (_request, count) => (count === 1 ? conflict : answer(200, fresh));
    cluster.objects.set(`${NODES}/n1`, fresh);
    return { announcer: new Announcer(session, (node) => hasClaim(node, 'ana')), cluster, screen };
  }
  const recordFor = (owner: string) => ({
    [RECORD_ANNOTATION]: JSON.stringify({
      version: 1,
      claims: [{ owner, mode: 'drain', since: AT }],
      before: { cordoned: false },
      initiatedAt: AT,
    }),
  });
  const mine = nodeSnapshot('n1', { annotations: recordFor('ana') });

  test('is told all the same, from what it is by then', async () => {
    const fresh = { resourceVersion: '9', annotations: recordFor('ana'), conditions: [drained] };
    const { announcer, cluster } = afterConflict(nodeObject('n1', fresh));
    expect(await announcer.conditions(mine, [drained])).toBe(true);
    const sent = cluster.requests.map(({ body }) => [
      textAt(body, 'metadata', 'resourceVersion'),
      textAt(listAt(body, 'status', 'conditions')[0], 'lastTransitionTime'),
    ]);
    expect(sent).toEqual([
      ['1', AT],
      ['9', undefined],
    ]);
  });

  test.each([
    ['has left maintenance', {}],
    ['is in maintenance for others alone', { annotations: recordFor('ben') }],
  ])('and %s is told nothing, and nobody is warned', async (_what, shape) => {
    const { announcer, cluster, screen } = afterConflict(nodeObject('n1', { ...shape, resourceVersion: '9' }));
    expect(await announcer.conditions(mine, [drained])).toBe(false);
    expect(cluster.requests).toHaveLength(1);
    expect(screen.warnings).toEqual([]);
  });

  test('and is in maintenance anew keeps its conditions', async () => {
    const fresh = nodeObject('n1', { resourceVersion: '9', annotations: recordFor('ben') });
    const { announcer, cluster } = afterConflict(fresh);
    await announcer.noConditions(n1);
    expect(cluster.requests).toHaveLength(1);
  });
});

describe('the latest', () => {
  test.each<[string, readonly ApiAnswer[], string]>([
    ['before any news: the node as it is known', [], '1'],
    ['the node as the last conditions left it', [written('n1', '8'), written('n1', '9')], '9'],
    ['a write that failed changes nothing', [written('n1', '8'), failure(500, 'no')], '8'],
    ['an answer that is no Node changes nothing', [written('n1', '8'), answer(200, 'page')], '8'],
    ['nothing written at all: the node as it is known', [failure(403, 'no')], '1'],
  ])('%s', async (_what, answers, resourceVersion) => {
    const { session, cluster } = toldSession();
    cluster.say = (_request, count) => answers[count - 1] ?? answer(200);
    const announcer = new Announcer(session, () => true);
    answers.forEach(() => void announcer.conditions(n1, [drained]));
    expect((await announcer.latest(n1)).resourceVersion).toBe(resourceVersion);
  });

  test('comes after all news of that node, and of no other', async () => {
    const { announcer, answerNext } = slowly();
    void announcer.conditions(n1, [drained]);
    void announcer.event(n1.facts, ended);
    const versions: string[] = [];
    void announcer.latest(n1).then(({ resourceVersion }) => versions.push(`n1 ${resourceVersion}`));
    void announcer.latest(n2).then(({ resourceVersion }) => versions.push(`n2 ${resourceVersion}`));
    await settle();
    expect(versions).toEqual(['n2 1']);
    await answerNext(written('n1', '8'));
    expect(versions).toEqual(['n2 1']);
    await answerNext(answer(201));
    expect(versions).toEqual(['n2 1', 'n1 8']);
  });
});

describe('settled', () => {
  test('at once where nothing was to be told', async () => {
    const { session, cluster } = toldSession();
    await expect(new Announcer(session, () => true).settled()).resolves.toBeUndefined();
    expect(cluster.requests).toEqual([]);
  });

  test('after the news of every node, told or not', async () => {
    const { announcer, answerNext } = slowly();
    let settled = false;
    void announcer.conditions(n1, [drained]);
    void announcer.conditions(n2, [drained]);
    void announcer.settled().then(() => {
      settled = true;
    });
    await settle();
    await answerNext(failure(500, 'etcd is slow'));
    expect(settled).toBe(false);
    await answerNext(written('n2', '8'));
    expect(settled).toBe(true);
  });
});

describe('what cannot be told', () => {
  test.each<[string, () => Promise<ApiAnswer>, string]>([
    ['no right', () => Promise.resolve(failure(403, 'forbidden')), 'no right to write conditions of nodes'],
    ['another refusal', () => Promise.resolve(failure(422, 'invalid')), 'invalid'],
    ['no answer', () => Promise.reject(new Error('connection refused')), 'connection refused'],
  ])('is one warning: %s', async (_what, say, why) => {
    const { session, cluster, screen } = toldSession();
    cluster.say = say;
    await new Announcer(session, () => true).conditions(n1, [drained]);
    expect(screen.warnings).toEqual([`conditions of the node are not written: ${why}`]);
  });

  test('is one warning of a kind, for all nodes and reasons', async () => {
    const { session, cluster, screen } = toldSession();
    cluster.say = (_request, count) => failure(422, `reason ${count}`);
    const announcer = new Announcer(session, () => true);
    for (const node of [n1, n2]) {
      await announcer.conditions(node, [drained]);
      await announcer.noConditions(node);
      await announcer.event(node.facts, ended);
    }
    expect(cluster.requests).toHaveLength(6);
    expect(screen.warnings).toEqual([
      'conditions of the node are not written: reason 1',
      'Events of the node are not written: reason 3',
    ]);
  });
});
