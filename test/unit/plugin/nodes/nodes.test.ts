import { describe, expect, test } from 'vitest';
import { Announcer } from '../../../../plugin/nodes/announce.ts';
import { chooseNodes } from '../../../../plugin/nodes/choose.ts';
import { readEnforcement } from '../../../../plugin/policy/enforcement.ts';
import { exceptionEnd } from '../../../../plugin/nodes/exceptions.ts';
import {
  endWith,
  markPatch,
  recordOf,
  releasePatch,
  statePatch,
  type NodePatch,
} from '../../../../plugin/nodes/mark.ts';
import { ownerFor } from '../../../../plugin/nodes/owner.ts';
import { writeNode } from '../../../../plugin/nodes/write.ts';
import {
  at,
  ClusterRefusal,
  fieldsAt,
  listAt,
  MaintError,
  NODES,
  parseRecord,
  POLICY_BINDINGS,
  RECORD_ANNOTATION,
  WHY_ANNOTATION,
  ROLE_LABEL,
  STATE_LABEL,
  textAt,
  type ApiAnswer,
  type Claim,
} from '../../../../shared/index.ts';
import {
  answer,
  failure,
  nodeObject,
  nodeSnapshot,
  settle,
  toldSession,
  ToldCluster,
  type NodeShape,
} from '../world.ts';
import { like } from '../../../support/like.ts';

const AUTOSCALER = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
const KARPENTER = 'karpenter.sh/do-not-disrupt';
const REMEDIATION = 'remediation.medik8s.io/exclude-from-remediation';
const SINCE = '2026-01-05T22:10:00Z';
const LATER = '2026-01-06T08:00:00Z';
const ana: Claim = { owner: 'ana', mode: 'drain', since: SINCE };
const ben: Claim = { owner: 'ben', mode: 'cordon', since: LATER };
const PROTECTED = { protect: true, state: 'initiated', adopt: false, roleLabel: false, isChange: false } as const;

function binding(policyName: string): object {
  return { spec: { policyName, validationActions: ['Deny'] } };
}

function recordText(fields: object = {}): string {
  return JSON.stringify({
    version: 1,
    claims: [ana],
    before: { cordoned: false },
    exceptions: [],
    initiatedAt: SINCE,
    ...fields,
  });
}

function held(fields: object = {}, shape: NodeShape = {}): NodeShape {
  return {
    unschedulable: true,
    ...shape,
    annotations: { ...shape.annotations, [RECORD_ANNOTATION]: recordText(fields) },
  };
}

function thrownBy(use: () => unknown): unknown {
  try {
    use();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

function recordIn(patch: NodePatch | undefined): unknown {
  const text = patch?.metadata.annotations[RECORD_ANNOTATION];
  if (typeof text !== 'string') return text;
  const parsed = parseRecord(text);
  if (!parsed.ok) throw new Error(`unreadable: ${JSON.stringify(parsed.problems)}`);
  return parsed.value;
}

describe('marking', () => {
  test('the first claim: mark, cordon and protection are one patch, compare-and-swap', () => {
    const patch = markPatch(nodeSnapshot('n1', { resourceVersion: '42' }), ana, PROTECTED);
    expect(patch).toMatchObject({
      metadata: {
        resourceVersion: '42',
        labels: { [STATE_LABEL]: 'initiated', [REMEDIATION]: 'true' },
        annotations: {
          [AUTOSCALER]: 'true',
          [KARPENTER]: 'true',
          [WHY_ANNOTATION]: `in maintenance (drain) since ${SINCE}, no end announced, by ana`,
        },
      },
      spec: { unschedulable: true },
    });
    expect(recordIn(patch)).toEqual({
      version: 1,
      claims: [ana],
      before: {
        cordoned: false,
        annotations: { [AUTOSCALER]: null, [KARPENTER]: null },
        labels: { [REMEDIATION]: null },
      },
      exceptions: [],
      initiatedAt: SINCE,
    });
  });

  test('an earlier cordon, earlier annotations and labels are remembered', () => {
    const annotations = { [KARPENTER]: 'false' };
    const node = nodeSnapshot('n1', { unschedulable: true, annotations, labels: { [REMEDIATION]: 'true' } });
    expect(recordIn(markPatch(node, ana, PROTECTED))).toMatchObject({
      before: {
        cordoned: true,
        annotations: { [AUTOSCALER]: null, [KARPENTER]: 'false' },
        labels: { [REMEDIATION]: 'true' },
      },
    });
  });

  test.each<[string, NodeShape, boolean]>([
    ['a cordon of others becomes part of the maintenance', { unschedulable: true }, false],
    ['a node that is not cordoned is as without it', {}, false],
    ['one that an earlier claim found cordoned, too', held({ before: { cordoned: true } }), false],
  ])('--adopt: %s', (_what, shape, cordoned) => {
    const node = nodeSnapshot('n1', shape);
    expect(recordIn(markPatch(node, ana, { ...PROTECTED, adopt: true }))).toMatchObject({ before: { cordoned } });
  });

  test.each<[string, NodeShape, object]>([
    ['remembers that there was none', {}, { [ROLE_LABEL]: null }],
    ['remembers the one that was there', { labels: { [ROLE_LABEL]: 'weekly' } }, { [ROLE_LABEL]: 'weekly' }],
    [
      'remembers what the first `on` found, not what it wrote',
      held({ before: { cordoned: false, labels: { [ROLE_LABEL]: null } } }, { labels: { [ROLE_LABEL]: '' } }),
      { [ROLE_LABEL]: null },
    ],
    ['of a second claim, too', held(), { [ROLE_LABEL]: null }],
  ])('--role-label %s', (_what, shape, labels) => {
    const patch = markPatch(nodeSnapshot('n1', shape), ana, { ...PROTECTED, roleLabel: true });
    expect(patch.metadata.labels).toMatchObject({ [ROLE_LABEL]: '', [STATE_LABEL]: 'initiated' });
    expect(recordIn(patch)).toMatchObject({ before: { labels } });
  });

  test('--protect=false touches no annotation and no label of others', () => {
    const patch = markPatch(nodeSnapshot('n1'), ana, { ...PROTECTED, protect: false });
    expect(Object.keys(patch.metadata.annotations)).toEqual([RECORD_ANNOTATION, WHY_ANNOTATION]);
    expect(Object.keys(patch.metadata.labels)).toEqual([STATE_LABEL]);
    expect(recordIn(patch)).toMatchObject({ before: { annotations: {}, labels: {} } });
  });

  test('a second `on` that protects remembers what it overwrites, not what the first wrote', () => {
    const unprotected = held({ before: { cordoned: false } }, { annotations: { [AUTOSCALER]: 'false' } });
    expect(recordIn(markPatch(nodeSnapshot('n1', unprotected), ana, PROTECTED))).toMatchObject({
      before: { annotations: { [AUTOSCALER]: 'false', [KARPENTER]: null }, labels: { [REMEDIATION]: null } },
    });
    const first = {
      cordoned: false,
      annotations: { [AUTOSCALER]: null, [KARPENTER]: 'false' },
      labels: { [REMEDIATION]: 'false' },
    };
    const annotations = { [AUTOSCALER]: 'true', [KARPENTER]: 'true' };
    const marked = held({ before: first }, { annotations, labels: { [REMEDIATION]: 'true' } });
    expect(recordIn(markPatch(nodeSnapshot('n1', marked), ben, PROTECTED))).toMatchObject({ before: first });
  });

  test('a second owner joins; what was before stays what it was', () => {
    const record = recordIn(markPatch(nodeSnapshot('n1', held()), ben, PROTECTED));
    expect(record).toMatchObject({ claims: [ana, ben], before: { cordoned: false }, initiatedAt: SINCE });
  });

  test('the same owner again: since stays, texts are kept or replaced, the mode only escalates', () => {
    const first: Claim = { ...ana, mode: 'cordon', reason: 'disk', ticket: 'T-1' };
    const node = nodeSnapshot('n1', held({ claims: [first], completedAt: SINCE }));
    const escalated = recordIn(
      markPatch(node, { owner: 'ana', mode: 'drain', since: LATER, reason: 'fan' }, PROTECTED),
    );
    expect(escalated).toMatchObject({
      claims: [{ owner: 'ana', mode: 'drain', since: SINCE, reason: 'fan', ticket: 'T-1' }],
    });
    expect(escalated).not.toHaveProperty('completedAt');
    const drained = nodeSnapshot('n1', held({ completedAt: SINCE }));
    expect(recordIn(markPatch(drained, { ...ana, mode: 'cordon' }, { ...PROTECTED, state: 'complete' }))).toMatchObject(
      {
        claims: [{ mode: 'drain' }],
        completedAt: SINCE,
      },
    );
  });

  test('resuming keeps fields of a later version', () => {
    const node = nodeSnapshot(
      'n1',
      held({ future: { x: 1 }, claims: [{ ...ana, colour: 'red' }], before: { cordoned: false, taints: 2 } }),
    );
    const expected = { future: { x: 1 }, claims: [{ ...ana, colour: 'red' }], before: { cordoned: false, taints: 2 } };
    expect(recordIn(markPatch(node, ana, PROTECTED))).toMatchObject(expected);
    expect(recordIn(statePatch(node, 'complete', LATER))).toMatchObject({ ...expected, completedAt: LATER });
  });

  test.each(['', 'nonsense', '{}', '{"version":2}', recordText({ claims: [] })])(
    'a record that cannot be read (%s) is refused',
    (text) => {
      const node = nodeSnapshot('n1', { annotations: { [RECORD_ANNOTATION]: text } });
      for (const use of [
        () => recordOf(node),
        () => markPatch(node, ana, PROTECTED),
        () => statePatch(node, 'complete', LATER),
      ]) {
        expect(thrownBy(use)).toMatchObject({
          code: 'denied',
          message: like(/^the maintenance record of node n1 cannot be read: ./),
        });
      }
    },
  );
});

describe('the end of a maintenance once a claim is on the node', () => {
  const [EARLY, LATE] = ['2026-01-07T08:00:00Z', '2026-01-08T08:00:00Z'];
  const until = (claim: Claim, end: string): Claim => ({ ...claim, until: end });

  test.each<readonly [string, NodeShape, Claim, string | undefined]>([
    ['the end of an only claim', {}, until(ana, EARLY), EARLY],
    ['none is announced', {}, ana, undefined],
    ['the later one of another owner', held({ claims: [until(ben, LATE)] }), until(ana, EARLY), LATE],
    ['none, where another owner announces none', held({ claims: [ben] }), until(ana, EARLY), undefined],
    ['the one that stands there, repeated without one', held({ claims: [until(ana, EARLY)] }), ana, EARLY],
    ['the new one, repeated with one', held({ claims: [until(ana, LATE)] }), until(ana, EARLY), EARLY],
  ])('%s', (_what, shape, claim, end) => {
    expect(endWith(nodeSnapshot('n1', shape).facts, claim)).toBe(end && Date.parse(end));
  });
});

describe('the state', () => {
  test('complete, then returning: the record stays, completed once', () => {
    const patch = statePatch(nodeSnapshot('n1', held()), 'complete', LATER);
    expect(patch?.metadata.labels).toEqual({ [STATE_LABEL]: 'complete' });
    expect(patch).not.toHaveProperty('spec');
    expect(recordIn(patch)).toMatchObject({ completedAt: LATER });
    const returning = statePatch(nodeSnapshot('n1', held({ completedAt: SINCE })), 'returning', LATER);
    expect(returning?.metadata.labels).toEqual({ [STATE_LABEL]: 'returning' });
    expect(recordIn(returning)).toMatchObject({ completedAt: SINCE });
  });

  test('what nobody confirms is counted, until a drain ends without it', () => {
    const patch = statePatch(nodeSnapshot('n1', held()), 'complete', LATER, 3);
    expect(recordIn(patch)).toMatchObject({ completedAt: LATER, unconfirmed: 3 });
    const unsure = nodeSnapshot('n1', held({ completedAt: SINCE, unconfirmed: 3 }));
    expect(recordIn(markPatch(unsure, ana, PROTECTED))).not.toHaveProperty('unconfirmed');
    const sure = recordIn(statePatch(unsure, 'complete', LATER));
    expect(sure).toMatchObject({ completedAt: SINCE });
    expect(sure).not.toHaveProperty('unconfirmed');
  });

  test('a record that somebody removed is not made again', () => {
    expect(statePatch(nodeSnapshot('n1'), 'complete', LATER)).toBeUndefined();
  });
});

describe('exceptions', () => {
  const exception = (rules: readonly string[], until: string) => ({ rules, until, by: 'ana', reason: 'last' });
  const exceptions = [exception(['backup', 'addon'], LATER), exception(['scan'], SINCE)];
  const node = nodeSnapshot('n1', held({ exceptions }));

  test('a write of the record drops those that are over', () => {
    const patch = statePatch(node, 'complete', SINCE);
    expect(recordIn(patch)).toMatchObject({ exceptions: [exceptions[0]] });
  });

  test.each([
    [{ inMs: 1_800_000 }, '2026-01-05T22:40:00Z'],
    [{ at: '2026-01-06T22:10:00Z' }, '2026-01-06T22:10:00Z'],
  ])('end: %j', (until, end) => {
    expect(exceptionEnd(until, Date.parse(SINCE))).toBe(end);
  });

  test.each([
    [{ inMs: 0 }, 'the exception would be over at once: it ends at 2026-01-05T22:10:00Z'],
    [{ at: '2026-01-05T22:09:00Z' }, 'the exception would be over at once: it ends at 2026-01-05T22:09:00Z'],
    [{ inMs: 90_000_000 }, 'the exception would last 25h: 24h is the most'],
    [{ at: '2026-01-15T22:10:00Z' }, 'the exception would last 10d: 24h is the most'],
  ])('no end: %j', (until, message) => {
    expect(thrownBy(() => exceptionEnd(until, Date.parse(SINCE)))).toMatchObject({ code: 'usage', message });
  });
});

describe('a change of a claim (--no-drain)', () => {
  const CHANGE = { ...PROTECTED, isChange: true } as const;
  const more: Claim = { owner: 'ana', id: 'later', mode: 'cordon', since: LATER, until: '2026-01-07T08:00:00Z' };

  test('stays the same claim, with its mode, and touches nothing that protects the node', () => {
    const claim: Claim = { ...ana, id: 'first', reason: 'disk' };
    const node = nodeSnapshot(
      'n1',
      held({ claims: [claim], completedAt: SINCE }, { labels: { [STATE_LABEL]: 'complete' } }),
    );
    const patch = markPatch(node, more, { ...CHANGE, state: 'complete' });
    expect(recordIn(patch)).toMatchObject({ claims: [{ ...claim, until: more.until }], completedAt: SINCE });
    expect(Object.keys(patch.metadata.annotations)).toEqual([RECORD_ANNOTATION, WHY_ANNOTATION]);
  });

  test('takes a node anew that is on its way back, or that its owner has no claim on', () => {
    const back = nodeSnapshot(
      'n1',
      held({ claims: [{ ...ana, id: 'first' }] }, { labels: { [STATE_LABEL]: 'returning' } }),
    );
    expect(recordIn(markPatch(back, more, CHANGE))).toMatchObject({ claims: [{ id: 'later' }] });
    const others = nodeSnapshot('n1', held({ claims: [ben] }));
    expect(recordIn(markPatch(others, more, CHANGE))).toMatchObject({ claims: [ben, more] });
    expect(recordIn(markPatch(nodeSnapshot('n1'), more, CHANGE))).toMatchObject({ claims: [more] });
  });
});

describe('releasing', () => {
  function release(shape: NodeShape, ...owners: readonly string[]): NodePatch {
    const node = nodeSnapshot('n1', shape);
    const record = recordOf(node);
    if (record === undefined) throw new Error('no record');
    const claims = owners.map((owner) => ({ owner }));
    return releasePatch(node, { record, claims, now: LATER });
  }

  test('the last claim: every trace goes, and what was before comes back', () => {
    const before = { cordoned: false, annotations: { [AUTOSCALER]: 'false', [KARPENTER]: null } };
    expect(release(held({ before }, { resourceVersion: '9' }), 'ana')).toEqual({
      metadata: {
        resourceVersion: '9',
        labels: { [STATE_LABEL]: null },
        annotations: { [RECORD_ANNOTATION]: null, [WHY_ANNOTATION]: null, [AUTOSCALER]: 'false', [KARPENTER]: null },
      },
      spec: { unschedulable: null },
    });
  });

  test('the claims of several owners at once, the last of them included', () => {
    const shape = held({ claims: [ana, ben] });
    expect(release(shape, 'ana', 'ben').metadata.annotations).toEqual({
      [RECORD_ANNOTATION]: null,
      [WHY_ANNOTATION]: null,
    });
    expect(release(shape, 'ana', 'zoe')).toEqual(release(shape, 'ana'));
  });

  test.each([null, '', 'weekly'])('the role label is what it was: %j', (value) => {
    const before = { cordoned: false, labels: { [ROLE_LABEL]: value, [STATE_LABEL]: 'complete' } };
    const shape = held({ before }, { labels: { [ROLE_LABEL]: '' } });
    expect(release(shape, 'ana').metadata.labels).toEqual({ [ROLE_LABEL]: value, [STATE_LABEL]: null });
  });

  test('an earlier cordon stays', () => {
    expect(release(held({ before: { cordoned: true } }), 'ana').spec).toEqual({ unschedulable: true });
  });

  test('a record cannot smuggle itself back through what was before', () => {
    const before = { cordoned: false, annotations: { [RECORD_ANNOTATION]: 'x' } };
    expect(release(held({ before }), 'ana').metadata.annotations[RECORD_ANNOTATION]).toBeNull();
  });

  test.each([
    ['complete', { completedAt: SINCE }, 'complete'],
    ['initiated', {}, 'initiated'],
  ])('with another drain left the node stays %s', (_state, fields, label) => {
    const patch = release(held({ claims: [ana, { ...ben, mode: 'drain' }], ...fields }), 'ana');
    expect(patch.metadata.labels).toEqual({ [STATE_LABEL]: label });
    expect(recordIn(patch)).toMatchObject({ claims: [{ owner: 'ben' }], ...fields });
    expect(patch).not.toHaveProperty('spec');
  });

  test('with only a cordon left nothing is left to drain', () => {
    const patch = release(held({ claims: [ana, ben] }), 'ana');
    expect(patch.metadata.labels).toEqual({ [STATE_LABEL]: 'complete' });
    expect(recordIn(patch)).toMatchObject({ claims: [ben], completedAt: LATER });
  });
});

describe('writing', () => {
  const path = `${NODES}/n1`;
  const cordon = (node: { resourceVersion: string }): NodePatch => ({
    metadata: { resourceVersion: node.resourceVersion, labels: {}, annotations: {} },
    spec: { unschedulable: true },
  });

  test('is a merge patch that names us and the version it was made from', async () => {
    const cluster = new ToldCluster();
    cluster.say = () => answer(200, nodeObject('n1', { resourceVersion: '8' }));
    const written = await writeNode(nodeSnapshot('n1', { resourceVersion: '7' }), cordon, cluster);
    expect(written.resourceVersion).toBe('8');
    expect(cluster.requests).toMatchObject([
      {
        method: 'PATCH',
        path,
        contentType: 'application/merge-patch+json',
        query: { fieldManager: 'maint', dryRun: undefined },
        body: { metadata: { resourceVersion: '7' } },
      },
    ]);
  });

  test('a dry run says so', async () => {
    const cluster = new ToldCluster();
    cluster.say = () => answer(200, nodeObject('n1'));
    await writeNode(nodeSnapshot('n1'), cordon, cluster, { dryRun: true });
    expect(cluster.requests[0]?.query).toMatchObject({ dryRun: 'All' });
  });

  test('nothing to write is no request', async () => {
    const cluster = new ToldCluster();
    const node = nodeSnapshot('n1');
    expect(await writeNode(node, () => undefined, cluster)).toBe(node);
    expect(cluster.requests).toEqual([]);
  });

  test('a conflict: made again from the Node as it is now', async () => {
    const cluster = new ToldCluster();
    cluster.objects.set(path, nodeObject('n1', { resourceVersion: '8', labels: { theirs: 'x' } }));
    cluster.say = (_request, count) =>
      count === 1 ? failure(409, 'modified') : answer(200, nodeObject('n1', { resourceVersion: '9' }));
    const seen: (string | undefined)[] = [];
    await writeNode(
      nodeSnapshot('n1', { resourceVersion: '7' }),
      (node) => {
        seen.push(`${node.resourceVersion} ${node.facts.labels.get('theirs') ?? 'none'}`);
        return cordon(node);
      },
      cluster,
    );
    expect(seen).toEqual(['7 none', '8 x']);
    expect(cluster.requests.map(({ body }) => at(body, 'metadata', 'resourceVersion'))).toEqual(['7', '8']);
  });

  test('a conflict after which nothing is left to write', async () => {
    const cluster = new ToldCluster();
    cluster.objects.set(path, nodeObject('n1', { resourceVersion: '8' }));
    cluster.say = () => failure(409, 'modified');
    const written = await writeNode(
      nodeSnapshot('n1', { resourceVersion: '7' }),
      (node) => (node.resourceVersion === '8' ? undefined : cordon(node)),
      cluster,
    );
    expect(written.resourceVersion).toBe('8');
    expect(cluster.requests).toHaveLength(1);
  });

  test('conflicts without end are given up', async () => {
    const cluster = new ToldCluster();
    cluster.objects.set(path, nodeObject('n1'));
    cluster.say = () => failure(409, 'modified');
    await expect(writeNode(nodeSnapshot('n1'), cordon, cluster)).rejects.toMatchObject({
      code: 'cluster',
      message: 'node n1 is written by others all the time: 100 conflicts in a row',
    });
    expect(cluster.requests).toHaveLength(100);
  });

  test.each([
    ['deleted', undefined, 'node n1 was deleted meanwhile'],
    [
      'made again',
      { ...nodeObject('n1'), metadata: { name: 'n1', uid: 'other', resourceVersion: '1' } },
      'node n1 was deleted meanwhile and made again',
    ],
  ])('a Node that was %s is not written', async (_what, object, message) => {
    const cluster = new ToldCluster();
    cluster.objects.set(path, object);
    cluster.say = () => failure(409, 'modified');
    await expect(writeNode(nodeSnapshot('n1'), cordon, cluster)).rejects.toMatchObject({ code: 'cluster', message });
    expect(cluster.requests).toHaveLength(1);
  });

  test.each([403, 404, 422])('any other refusal (%d) is the answer', async (status) => {
    const cluster = new ToldCluster();
    cluster.say = () => failure(status, 'no');
    await expect(writeNode(nodeSnapshot('n1'), cordon, cluster)).rejects.toMatchObject({ status, message: 'no' });
    expect(cluster.requests).toHaveLength(1);
  });

  describe('a write that failed without telling whether it was carried out', () => {
    const NODE = '/api/v1/nodes/n1';
    const reset = () => Promise.reject(new MaintError('cluster', 'reset', { hint: 'run it again' }));
    const failed = () => Promise.resolve(failure(504, 'timeout'));
    const look = 'node n1 may have been changed all the same: kubectl maint status n1';
    const written = nodeObject('n1', { unschedulable: true, resourceVersion: '2' });
    const byOthers = nodeObject('n1', { labels: { theirs: 'kept' }, resourceVersion: '2' });

    /** A write whose first answers are these, of a node that is found like this. */
    function write(found: unknown, ...says: readonly (() => Promise<ApiAnswer>)[]) {
      const cluster = new ToldCluster();
      cluster.objects.set(NODE, found);
      cluster.say = (_request, count) => says[count - 1]?.() ?? answer(200, written);
      return { cluster, done: writeNode(nodeSnapshot('n1'), cordon, cluster) };
    }

    test.each([
      ['no answer', reset],
      ['a failure of the server', failed],
    ])('%s, and the node is what it was to become: it is not sent again', async (_what, say) => {
      const { cluster, done } = write(written, say);
      expect((await done).facts.unschedulable).toBe(true);
      expect(cluster.requests).toHaveLength(1);
    });

    test.each([
      ['as it was', nodeObject('n1'), '1'],
      ['changed by others', byOthers, '2'],
    ])('the node is %s: it is made from that and sent again', async (_what, found, version) => {
      const { cluster, done } = write(found, reset, failed);
      expect((await done).resourceVersion).toBe('2');
      expect(cluster.requests.map(({ body }) => textAt(body, 'metadata', 'resourceVersion'))).toEqual([
        '1',
        version,
        version,
      ]);
    });

    test('three times without an answer: nobody knows, and where to look is said', async () => {
      const { cluster, done } = write(nodeObject('n1'), reset, reset, reset);
      await expect(done).rejects.toMatchObject({ code: 'cluster', hint: `${look}; run it again` });
      await expect(done).rejects.not.toBeInstanceOf(ClusterRefusal);
      expect(cluster.requests).toHaveLength(3);
    });

    test('three failures of the server, and the node is as it was: that is a refusal', async () => {
      const { done } = write(nodeObject('n1'), failed, failed, failed);
      await expect(done).rejects.toMatchObject({ status: 504, message: 'timeout' });
    });

    test('it cannot be looked up: nobody knows', async () => {
      const { cluster, done } = write(undefined, failed);
      cluster.get = () => Promise.reject(new MaintError('cluster', 'away'));
      await expect(done).rejects.toMatchObject({ code: 'cluster', message: 'timeout', hint: look });
    });

    test('the node is gone: that is said', async () => {
      const { done } = write(undefined, failed);
      await expect(done).rejects.toMatchObject({ message: 'node n1 was deleted meanwhile' });
    });
  });

  test('an answer that is no Node is not believed', async () => {
    const cluster = new ToldCluster();
    cluster.say = () => answer(200, 'proxy page');
    await expect(writeNode(nodeSnapshot('n1'), cordon, cluster)).rejects.toBeInstanceOf(ClusterRefusal);
  });
});

describe('announcing', () => {
  test('a condition keeps its transition time while it keeps its status', async () => {
    const { session, cluster, clock } = toldSession();
    const node = nodeSnapshot('n1', { conditions: [{ type: 'MaintenanceInProgress', status: 'True' }] });
    cluster.say = ({ body }) => {
      const conditions = [...listAt(node.raw, 'status', 'conditions'), ...listAt(body, 'status', 'conditions')];
      return answer(200, { ...fieldsAt(node.raw), status: { conditions } });
    };
    const announcer = new Announcer(session, () => true);
    const change = (status: 'True' | 'False') => [
      { type: 'DrainInProgress', status, reason: 'R', message: 'm' } as const,
    ];
    await announcer.conditions(node, [{ type: 'MaintenanceInProgress', status: 'True', reason: 'R', message: 'm' }]);
    await announcer.conditions(node, change('True'));
    await clock.pass(5000);
    await announcer.conditions(node, change('True'));
    await announcer.conditions(node, change('False'));
    const times = cluster.requests
      .map(({ body }) => at(body, 'status', 'conditions'))
      .map((conditions) => at(conditions, '0', 'lastTransitionTime'));
    expect(times).toEqual([undefined, '2026-01-05T22:10:00Z', undefined, '2026-01-05T22:10:05Z']);
  });

  test('a missing right is one warning per kind, and stops nothing', async () => {
    const { session, cluster, screen } = toldSession();
    cluster.say = () => failure(403, 'forbidden');
    const announcer = new Announcer(session, () => true);
    const node = nodeSnapshot('n1');
    for (let time = 0; time < 2; time += 1) {
      await announcer.conditions(node, [{ type: 'Drained', status: 'True', reason: 'R', message: 'm' }]);
      await announcer.event(node.facts, { type: 'Normal', reason: 'MaintenanceEnded', message: 'm' });
    }
    await announcer.noConditions(node);
    expect(screen.warnings).toEqual([
      'conditions of the node are not written: no right to write conditions of nodes',
      'Events of the node are not written: no right to write Events of nodes',
    ]);
  });

  test('a server that fails is a warning with its words; long messages are cut to what the API takes', async () => {
    const { session, cluster, screen } = toldSession();
    const announcer = new Announcer(session, () => true);
    const node = nodeSnapshot('n1');
    await announcer.event(node.facts, { type: 'Warning', reason: 'DrainBlocked', message: 'x'.repeat(5000) });
    await announcer.conditions(node, [{ type: 'Drained', status: 'True', reason: 'R', message: 'x'.repeat(5000) }]);
    expect(String(at(cluster.requests[0]?.body, 'message'))).toHaveLength(1024);
    expect(String(at(at(cluster.requests[1]?.body, 'status', 'conditions'), '0', 'message'))).toHaveLength(512);
    cluster.say = () => failure(500, 'etcd is slow');
    await announcer.event(node.facts, { type: 'Normal', reason: 'MaintenanceEnded', message: 'm' });
    expect(screen.warnings).toEqual(['Events of the node are not written: etcd is slow']);
  });
});

describe('who and which', () => {
  test('the owner is the flag, or who the API server says one is', async () => {
    const cluster = new ToldCluster();
    expect(await ownerFor('team-b', cluster)).toBe('team-b');
    expect(cluster.requests).toEqual([]);
    cluster.say = () => answer(201, { status: { userInfo: { username: 'ana@example.org' } } });
    expect(await ownerFor(undefined, cluster)).toBe('ana@example.org');
  });

  test.each([
    answer(201, {}),
    answer(201, { status: { userInfo: { username: '' } } }),
    failure(403, 'no'),
    answer(404, 'page'),
  ])('without a name it asks for --owner (%#)', async (said) => {
    const cluster = new ToldCluster();
    cluster.say = () => said;
    await expect(ownerFor(undefined, cluster)).rejects.toMatchObject({
      code: 'cluster',
      hint: like('--owner NAME'),
    });
  });

  test('nodes by name keep their order; all that are missing are named at once', async () => {
    const cluster = new ToldCluster();
    for (const name of ['b', 'a']) cluster.objects.set(`${NODES}/${name}`, nodeObject(name));
    const found = await chooseNodes({ names: ['b', 'a'], selector: undefined }, cluster);
    expect(found.map(({ facts }) => facts.name)).toEqual(['b', 'a']);
    await expect(chooseNodes({ names: ['x', 'a', 'y'], selector: undefined }, cluster)).rejects.toMatchObject({
      code: 'cluster',
      message: 'nodes "x", "y" not found',
      hint: 'nothing was changed; kubectl get nodes lists them',
    });
  });

  test('nodes by selector are sorted; none is an error', async () => {
    const cluster = new ToldCluster();
    cluster.lists.set(
      NODES,
      ['b', 'c', 'a'].map((name) => nodeObject(name)),
    );
    const found = await chooseNodes({ names: [], selector: 'x' }, cluster);
    expect(found.map(({ facts }) => facts.name)).toEqual(['a', 'b', 'c']);
    cluster.lists.clear();
    await expect(chooseNodes({ names: [], selector: 'x' }, cluster)).rejects.toMatchObject({
      code: 'usage',
      message: 'no node matches the selector "x"',
    });
  });

  test.each([
    ['accepted', answer(201), { enforced: 'no' }],
    [
      'denied by us',
      failure(403, 'admission webhook "validate.kubectl-maint.io" denied the request: n1 is in maintenance'),
      { enforced: 'yes' },
    ],
    [
      'denied by a policy of ours',
      failure(
        422,
        "ValidatingAdmissionPolicy 'backup.kubectl-maint.io' with binding 'backup.kubectl-maint.io' denied request: no",
      ),
      { enforced: 'yes' },
    ],
    [
      'denied by somebody else',
      failure(403, 'admission webhook "x.io" denied the request: no'),
      { enforced: 'unknown', why: 'admission webhook "x.io" denied the request: no' },
    ],
    [
      'forbidden',
      failure(403, 'User "u" cannot create resource "pods"'),
      { enforced: 'unknown', why: 'User "u" cannot create resource "pods"' },
    ],
    ['a page', answer(502, '<html>'), { enforced: 'unknown', why: 'status 502' }],
  ])('a canary that is %s', async (_what, said, enforcement) => {
    const { session, cluster, clock } = toldSession();
    cluster.say = () => said;
    const read = readEnforcement('n1', session);
    await settle();
    await clock.pass(1000);
    expect(await read).toEqual(enforcement);
    const [first] = cluster.requests;
    expect(first).toMatchObject({ method: 'POST', query: { dryRun: 'All' } });
    expect(JSON.stringify(first?.body)).toContain('"values":["n1"]');
    expect(cluster.requests.slice(1).every(({ body }) => at(body, 'spec', 'nodeName') === 'n1')).toBe(true);
  });

  test.each<[string, number]>([
    ['at once', 2],
    ['a moment later', 3],
  ])('one that the webhook lets pass and the API server refuses %s is refused in part', async (_when, from) => {
    const { session, cluster, clock } = toldSession();
    cluster.say = (_request, count) =>
      count < from
        ? answer(201)
        : failure(422, "ValidatingAdmissionPolicy 'backup.kubectl-maint.io' with binding 'b' denied request: no");
    cluster.lists.set(POLICY_BINDINGS, [binding('backup.kubectl-maint.io')]);
    const read = readEnforcement('n1', session);
    await settle();
    await clock.pass(1000);
    expect(await read).toEqual({ enforced: 'in-part', why: like(/^what the API server decides by itself; /) });
  });

  test.each([
    ['no policies', () => [], 1],
    ['policies for other work only', () => [binding('scan.kubectl-maint.io')], 1],
    ['policies that may not be read', () => Promise.reject(new Error('forbidden')), 2],
  ])(
    'an API server with %s is asked as often as it may have a policy that has not heard yet',
    async (_, read, asked) => {
      const { session, cluster, clock } = toldSession();
      cluster.say = () => answer(201);
      cluster.pages = async function* () {
        yield { items: await read(), resourceVersion: '1' };
      };
      const enforcement = readEnforcement('n1', session);
      await settle();
      await clock.pass(1000);
      expect(await enforcement).toEqual({ enforced: 'no' });
      const pins = cluster.requests.map(({ body }) => (at(body, 'spec', 'nodeName') === 'n1' ? 'name' : 'affinity'));
      expect([...new Set(pins)]).toHaveLength(asked);
    },
  );

  test('one that is let pass is sent again for as long as the API server may not know yet whom to ask', async () => {
    const { session, cluster, clock } = toldSession();
    const denial = failure(403, 'admission webhook "work.kubectl-maint.io" denied the request: no');
    cluster.say = (_request, count) => (count < 3 ? answer(201) : denial);
    const read = readEnforcement('n1', session, { work: 'backup', patienceMs: 5000 });
    await settle();
    for (let time = 0; time < 2; time += 1) await clock.pass(200);
    expect(await read).toEqual({ enforced: 'yes' });
  });

  test('a canary without an answer is not known', async () => {
    const { session, cluster } = toldSession();
    cluster.say = () => Promise.reject(new Error('connection refused'));
    expect(await readEnforcement('n1', session)).toEqual({ enforced: 'unknown', why: 'connection refused' });
  });
});
