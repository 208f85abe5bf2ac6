import { describe, expect, test } from 'vitest';
import type { NodePatch } from '../../../../plugin/nodes/mark.ts';
import { undoPatch } from '../../../../plugin/nodes/undo.ts';
import {
  AUTOSCALER_ANNOTATION,
  KARPENTER_ANNOTATION,
  REMEDIATION_LABEL,
  RECORD_ANNOTATION,
  WHY_ANNOTATION,
  ROLE_LABEL,
  STATE_LABEL,
} from '../../../../shared/index.ts';
import type { Claim } from '../../../../shared/index.ts';
import { nodeSnapshot, type NodeShape } from '../world.ts';

const EARLIER = '2026-01-05T20:00:00Z';
const SINCE = '2026-01-05T22:10:00Z';
const NOW = '2026-01-05T22:30:00Z';
const LATER = '2026-01-06T08:00:00Z';
const ana: Claim = { owner: 'ana', mode: 'drain', since: SINCE };
const ben: Claim = { owner: 'ben', mode: 'drain', since: SINCE };
const zoe: Claim = { owner: 'zoe', mode: 'cordon', since: EARLIER };
const PROTECTION_AS_BEFORE = { [AUTOSCALER_ANNOTATION]: null, [KARPENTER_ANNOTATION]: null };

/** The line that goes with every record. */
const TOLD: Readonly<Record<string, unknown>> = {
  [WHY_ANNOTATION]: expect.stringContaining('in maintenance') as unknown,
};

/** A node in maintenance: the fields of its record, the state in its label, the protection that it has. */
function held(
  fields: object,
  { state, ...shape }: NodeShape & { readonly state?: string } = {},
): NodeShape & { readonly record: object } {
  const record = {
    version: 1,
    claims: [],
    before: { cordoned: false },
    exceptions: [],
    initiatedAt: EARLIER,
    ...fields,
  };
  return {
    record,
    unschedulable: true,
    labels: { ...shape.labels, ...(state === undefined ? {} : { [STATE_LABEL]: state }) },
    annotations: { ...shape.annotations, [RECORD_ANNOTATION]: JSON.stringify(record) },
  };
}

/** What takes back the run of ana on a node that looked like this before it, and looks like that now. */
function undone(original: NodeShape, now: NodeShape, adopted = false): NodePatch | undefined {
  const fresh = nodeSnapshot('n1', { ...now, resourceVersion: '9' });
  return undoPatch(fresh, { original: nodeSnapshot('n1', original), claim: ana, adopted, now: NOW });
}

function recordIn(patch: NodePatch | undefined): unknown {
  const text = patch?.metadata.annotations[RECORD_ANNOTATION];
  return typeof text === 'string' ? JSON.parse(text) : text;
}

describe('nothing is left to take back', () => {
  test.each<[string, NodeShape]>([
    ['was free before', {}],
    ['was in maintenance before', held({ claims: [zoe] })],
  ])('on a node without a record that %s', (_what, original) => {
    expect(undone(original, { unschedulable: true })).toBeUndefined();
  });
});

describe('a node that was free before', () => {
  test.each<[string, object, NodePatch['spec'], object]>([
    ['loses every trace and the cordon', { cordoned: false }, { unschedulable: null }, {}],
    ['keeps the cordon that it had', { cordoned: true }, { unschedulable: true }, {}],
    [
      'gets back the annotations that it had',
      { cordoned: false, annotations: { [AUTOSCALER_ANNOTATION]: 'false', [KARPENTER_ANNOTATION]: null } },
      { unschedulable: null },
      { [AUTOSCALER_ANNOTATION]: 'false', [KARPENTER_ANNOTATION]: null },
    ],
  ])('%s', (_what, before, spec, annotations) => {
    expect(undone({}, held({ claims: [ana], before }, { state: 'initiated' }))).toEqual({
      metadata: {
        resourceVersion: '9',
        labels: { [STATE_LABEL]: null },
        annotations: { ...annotations, [RECORD_ANNOTATION]: null, [WHY_ANNOTATION]: null },
      },
      spec,
    });
  });

  test.each<[string, Claim, string, object]>([
    ['another drain goes on', ben, 'initiated', {}],
    ['with only a cordon left nothing is left to drain', zoe, 'complete', { completedAt: NOW }],
  ])('keeps a claim that came meanwhile: %s', (_what, other, state, fields) => {
    const now = held({ claims: [ana, other] }, { state: 'initiated' });
    const patch = undone({}, now);
    expect(patch).toEqual({
      metadata: {
        resourceVersion: '9',
        labels: { [STATE_LABEL]: state },
        annotations: { ...TOLD, [RECORD_ANNOTATION]: JSON.stringify({ ...now.record, claims: [other], ...fields }) },
      },
    });
  });
});

describe('a cordon of others that the run has adopted is theirs again', () => {
  const adopted = { before: { cordoned: false } };

  test('on a node without an earlier record', () => {
    const now = held({ claims: [ana], ...adopted });
    expect(undone({ unschedulable: true }, now, true)?.spec).toEqual({ unschedulable: true });
    expect(undone({}, now, true)?.spec).toEqual({ unschedulable: null });
  });

  test('beside a claim that came meanwhile', () => {
    const patch = undone({ unschedulable: true }, held({ claims: [ana, ben], ...adopted }), true);
    expect(recordIn(patch)).toMatchObject({ claims: [ben], before: { cordoned: true } });
  });

  test('in a maintenance that had found it', () => {
    const original = held({ claims: [zoe], before: { cordoned: true } });
    const patch = undone(original, held({ claims: [zoe, ana, ben], ...adopted }), true);
    expect(recordIn(patch)).toMatchObject({ claims: [zoe, ben], before: { cordoned: true } });
  });
});

test.each([
  [undefined, '', { [ROLE_LABEL]: null }],
  ['weekly', '', { [ROLE_LABEL]: 'weekly' }],
  ['', '', {}],
])('the role label was %j and is %j', (was, is, labels) => {
  const original = held({ claims: [zoe] }, was === undefined ? {} : { labels: { [ROLE_LABEL]: was } });
  const now = held({ claims: [zoe, ana] }, { labels: { [ROLE_LABEL]: is } });
  expect(undone(original, now)?.metadata.labels).toEqual({ ...labels, [STATE_LABEL]: 'initiated' });
});

describe('a node that was in maintenance before', () => {
  const own: Claim = { owner: 'ana', mode: 'cordon', since: EARLIER, reason: 'disk' };

  test.each<[string, readonly Claim[], readonly Claim[], readonly Claim[]]>([
    ['loses the new claim', [zoe], [zoe, ana], [zoe]],
    ['gets back the earlier claim of the same owner', [own], [{ ...own, ...ana }], [own]],
    ['keeps claims that came meanwhile', [zoe], [zoe, ana, ben], [zoe, ben]],
    ['keeps them beside the earlier claim', [own, zoe], [zoe, ana, ben], [zoe, ben, own]],
    ['does not bring back its own, ended meanwhile, beside others', [own, ben], [ben], [ben]],
    ['does not bring back what another owner has ended meanwhile', [zoe, ben], [ben, ana], [ben]],
  ])('%s', (_what, before, now, after) => {
    const patch = undone(held({ claims: before }), held({ claims: now }));
    expect(patch === undefined ? { claims: now } : recordIn(patch)).toMatchObject({ claims: after });
  });

  test.each<[string, Claim, object, { readonly state: string; readonly completedAt?: string }]>([
    ['a drain that is under way', ben, {}, { state: 'initiated' }],
    ['a drain that has come to its end', ben, { completedAt: NOW }, { state: 'complete', completedAt: NOW }],
    ['a cordon', { ...ben, mode: 'cordon' }, {}, { state: 'complete', completedAt: NOW }],
  ])('who came meanwhile keeps state and protection: %s', (_what, newcomer, fields, { state, ...after }) => {
    const protection = { [AUTOSCALER_ANNOTATION]: 'true', [KARPENTER_ANNOTATION]: 'true' };
    const original = held({ claims: [zoe], completedAt: EARLIER }, { state: 'complete' });
    const now = held({ claims: [zoe, ana, newcomer], ...fields }, { state: 'initiated', annotations: protection });
    const patch = undone(original, now);
    expect(patch).toEqual({
      metadata: {
        resourceVersion: '9',
        labels: { [STATE_LABEL]: state },
        annotations: {
          ...TOLD,
          [RECORD_ANNOTATION]: JSON.stringify({ ...now.record, claims: [zoe, newcomer], ...after }),
        },
      },
    });
  });

  test('is written by compare-and-swap, and its cordon stays', () => {
    const patch = undone(held({ claims: [zoe] }), held({ claims: [zoe, ana] }));
    expect(patch?.metadata.resourceVersion).toBe('9');
    expect(patch).not.toHaveProperty('spec');
  });

  test('loses every trace when the others have ended theirs meanwhile', () => {
    const before = { cordoned: false, annotations: PROTECTION_AS_BEFORE };
    expect(undone(held({ claims: [zoe] }), held({ claims: [ana], before }))).toEqual({
      metadata: {
        resourceVersion: '9',
        labels: { [STATE_LABEL]: null },
        annotations: { ...PROTECTION_AS_BEFORE, [RECORD_ANNOTATION]: null, [WHY_ANNOTATION]: null },
      },
      spec: { unschedulable: null },
    });
  });

  test.each([
    ['initiated', 'initiated'],
    ['complete', 'complete'],
    ['returning', 'returning'],
    [undefined, 'initiated'],
  ])('is in the state that it was in (label %s)', (label, state) => {
    const original = held({ claims: [zoe] }, label === undefined ? {} : { state: label });
    const patch = undone(original, held({ claims: [zoe, ana] }, { state: 'initiated' }));
    expect(patch?.metadata.labels).toEqual({ [STATE_LABEL]: state });
  });

  test.each<[string, object, object, object]>([
    ['was complete and is not now: as it was', { completedAt: EARLIER }, {}, { completedAt: EARLIER }],
    ['is complete now and was not: it is not', {}, { completedAt: NOW }, {}],
    ['was and is complete: as it was', { completedAt: EARLIER }, { completedAt: NOW }, { completedAt: EARLIER }],
  ])('%s', (_what, before, now, after) => {
    const record = held({ claims: [zoe], ...after }).record;
    const patch = undone(held({ claims: [zoe], ...before }), held({ claims: [zoe, ana], ...now }));
    expect(recordIn(patch)).toEqual(record);
  });

  test.each<[string, Readonly<Record<string, string>>, object]>([
    ['goes where there was none', {}, { [REMEDIATION_LABEL]: null }],
    ['is the one that was there', { [REMEDIATION_LABEL]: 'false' }, { [REMEDIATION_LABEL]: 'false' }],
    ["stays where an earlier claim's mark set it", { [REMEDIATION_LABEL]: 'true' }, {}],
  ])('the label that keeps medik8s off %s', (_what, labels, after) => {
    const now = held({ claims: [zoe, ana] }, { labels: { [REMEDIATION_LABEL]: 'true' } });
    const patch = undone(held({ claims: [zoe] }, { labels, state: 'initiated' }), now);
    expect(patch?.metadata.labels).toEqual({ [STATE_LABEL]: 'initiated', ...after });
  });

  test.each<[string, Readonly<Record<string, string>>, object]>([
    ['without protection is without it again', {}, PROTECTION_AS_BEFORE],
    [
      'protected in part is so again',
      { [KARPENTER_ANNOTATION]: 'false' },
      { [AUTOSCALER_ANNOTATION]: null, [KARPENTER_ANNOTATION]: 'false' },
    ],
    [
      'protected by an earlier claim stays protected',
      { [AUTOSCALER_ANNOTATION]: 'true', [KARPENTER_ANNOTATION]: 'true' },
      { [AUTOSCALER_ANNOTATION]: 'true', [KARPENTER_ANNOTATION]: 'true' },
    ],
  ])('%s, and remembers what it remembered', (_what, annotations, after) => {
    const original = held({ claims: [zoe], before: { cordoned: true } }, { annotations });
    const overwritten = { cordoned: true, annotations: PROTECTION_AS_BEFORE };
    const protection = { [AUTOSCALER_ANNOTATION]: 'true', [KARPENTER_ANNOTATION]: 'true' };
    const patch = undone(original, held({ claims: [zoe, ana], before: overwritten }, { annotations: protection }));
    expect(patch?.metadata.annotations).toEqual({
      ...after,
      ...TOLD,
      [RECORD_ANNOTATION]: JSON.stringify(original.record),
    });
  });

  test('keeps exceptions that were made meanwhile, and fields of a later version', () => {
    const exceptions = [{ rules: ['backup'], until: LATER, by: 'ben', reason: 'now or never' }];
    const now = held({ claims: [zoe, ana], exceptions, future: { x: 1 } });
    expect(recordIn(undone(held({ claims: [zoe] }), now))).toEqual({ ...now.record, claims: [zoe] });
  });
});

test.each<[string, NodeShape, NodeShape]>([
  ['now', {}, { annotations: { [RECORD_ANNOTATION]: 'nonsense' } }],
  ['before', { annotations: { [RECORD_ANNOTATION]: 'nonsense' } }, held({ claims: [ana] })],
])('a record that cannot be read %s is not guessed at', (_when, original, now) => {
  expect(() => undone(original, now)).toThrow('the maintenance record of node n1 cannot be read: is not JSON');
});
