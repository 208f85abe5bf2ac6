import { describe, expect, test } from 'vitest';
import type { WaitedPod } from '../../../../plugin/drain/plan.ts';
import { judgeDeletion, type DeletionFacts } from '../../../../plugin/verbs/status/deletion.ts';
import { quorumWithout, RECORD_ANNOTATION } from '../../../../shared/index.ts';
import { nodeFacts, podFacts } from '../world.ts';

const claim = (owner: string) => ({ owner, mode: 'drain', since: '2026-01-05T22:00:00Z' });
const record = (...owners: readonly string[]) =>
  JSON.stringify({
    version: 1,
    claims: owners.map(claim),
    before: { cordoned: false },
    initiatedAt: '2026-01-05T22:00:00Z',
  });
const held = (text: string) => nodeFacts('n1', { annotations: { [RECORD_ANNOTATION]: text }, unschedulable: true });
const waiting = (name: string): WaitedPod => ({ pod: podFacts(name, {}), why: 'labelled', inside: false });

/** A node in maintenance for one owner, on which nothing is left. */
const DONE: DeletionFacts = {
  node: held(record('ana')),
  plan: { evict: [], waitFor: [] },
  attached: [],
  quorum: 'none',
};

describe('whether the Node object may be deleted', () => {
  test('nothing is left: safe', () => {
    expect(judgeDeletion(DONE)).toEqual({ verdict: 'safe', blockers: [] });
  });

  const pods = [podFacts('web', { namespace: 'shop' }), podFacts('done', { phase: 'Succeeded' })];
  test.each<[what: string, facts: Partial<DeletionFacts>, text: string, names: readonly string[]]>([
    ['a pod is left', { plan: { evict: pods, waitFor: [] } }, '1 pod would be killed with it', ['shop/web']],
    [
      'pods are waited for',
      { plan: { evict: pods, waitFor: [waiting('backup')] } },
      '2 pods would be killed with it',
      ['default/backup', 'shop/web'],
    ],
    [
      'volumes are attached',
      {
        attached: [
          { uid: 'u', name: 'csi-2', node: 'n1', volume: 'pv-2' },
          { uid: 'u', name: 'csi-1', node: 'n1', volume: '' },
        ],
      },
      '2 volumes still attached',
      ['csi-1', 'pv-2'],
    ],
    [
      'the control plane needs it',
      { quorum: { ready: 1, all: 3, needed: 2 } },
      '1 of 3 control-plane nodes would be left Ready, and 2 are needed',
      [],
    ],
    ['others work on it', { node: held(record('ben', 'ana')) }, '2 owners work on it', ['ana', 'ben']],
    [
      'somebody uncordoned it',
      { node: nodeFacts('n1', { annotations: { [RECORD_ANNOTATION]: record('ana') } }) },
      'somebody uncordoned it: new pods may land on it',
      [],
    ],
    ['its record is garbled', { node: held('x') }, 'its record cannot be read: nobody knows who works on it', []],
  ])('%s: blocked', (_, facts, text, names) => {
    const { verdict, blockers } = judgeDeletion({ ...DONE, ...facts });
    expect({ verdict, found: blockers.map((one) => [one.text, one.names]) }).toEqual({
      verdict: 'blocked',
      found: [[text, names]],
    });
  });

  test('every blocker is told', () => {
    const { blockers } = judgeDeletion({
      node: held(record('ana', 'ben')),
      plan: { evict: pods, waitFor: [] },
      attached: [{ uid: 'u', name: 'a', node: 'n1', volume: 'v' }],
      quorum: { ready: 0, all: 1, needed: 1 },
    });
    expect(blockers.map(({ kind }) => kind)).toEqual(['pods', 'volumes', 'control-plane', 'claims']);
  });

  test.each<keyof DeletionFacts>(['plan', 'attached', 'quorum'])('%s cannot be read: never safe', (what) => {
    expect(judgeDeletion({ ...DONE, [what]: undefined })).toEqual({ verdict: 'unknown', blockers: [] });
    const blocked = { ...DONE, node: held(record('ana', 'ben')), [what]: undefined };
    expect(judgeDeletion(blocked).verdict).toBe('blocked');
  });
});

describe('the control plane without one of its nodes', () => {
  const labels = { 'node-role.kubernetes.io/control-plane': '' };
  const ready = (name: string) => nodeFacts(name, { labels });
  const down = (name: string) => nodeFacts(name, { labels, conditions: [{ type: 'Ready', status: 'False' }] });
  const inMaintenance = (name: string) =>
    nodeFacts(name, { labels, annotations: { [RECORD_ANNOTATION]: record('ana') } });

  test.each([
    ['the only one', [inMaintenance('a')], { ready: 0, all: 1, needed: 1 }],
    ['one of three', [inMaintenance('a'), ready('b'), ready('c')], { ready: 2, all: 3, needed: 2 }],
    ['one of three, another down', [inMaintenance('a'), ready('b'), down('c')], { ready: 1, all: 3, needed: 2 }],
    ['two of three', [inMaintenance('a'), inMaintenance('b'), ready('c')], { ready: 1, all: 3, needed: 2 }],
    ['workers do not count', [inMaintenance('a'), nodeFacts('w')], { ready: 0, all: 1, needed: 1 }],
  ])('%s', (_, nodes, quorum) => {
    expect(quorumWithout('a', nodes)).toEqual(quorum);
  });
});
