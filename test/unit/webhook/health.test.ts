import { expect, test } from 'vitest';
import { unreadiness } from '../../../webhook/health.ts';
import { NodeCache, STALE_AFTER_MS } from '../../../webhook/nodes/cache.ts';
import { nodeObject, ToldCluster } from './world.ts';

const START = Date.parse('2026-11-23T12:00:00Z');
const HOUR = 3_600_000;

function vitals() {
  const clock = { now: START };
  const cluster = new ToldCluster(nodeObject('n1', true), nodeObject('n2'));
  const nodes = new NodeCache(() => clock.now);
  const state: { draining: boolean; untrusted: string | undefined; fullForMs: number } = {
    draining: false,
    untrusted: undefined,
    fullForMs: 0,
  };
  const certificate = { certificate: '', key: '', notBefore: START - HOUR, notAfter: START + 24 * HOUR };
  void nodes.follow(cluster, new AbortController().signal);
  const reasons = () =>
    unreadiness(
      {
        nodes,
        certificates: { current: () => certificate },
        draining: () => state.draining,
        untrusted: () => state.untrusted,
        fullForMs: () => state.fullForMs,
      },
      clock.now,
    );
  return { clock, cluster, nodes, state, reasons };
}

test('unready before the first sync, ready after it', () => {
  const { cluster, nodes, reasons } = vitals();
  expect(reasons()).toEqual(['nodes: not synced yet']);
  cluster.listener.alive?.();
  expect(reasons()).toEqual(['nodes: not synced yet']);
  cluster.sync();
  expect(reasons()).toEqual([]);
  expect(nodes.size).toBe(2);
  expect(nodes.nodeIndex.held.map(({ name }) => name)).toEqual(['n1']);
});

test('unready when the watch is silent for too long, ready with its next sign of state', () => {
  const { clock, cluster, nodes, reasons } = vitals();
  cluster.sync();
  clock.now += STALE_AFTER_MS;
  expect(reasons()).toEqual([]);
  clock.now += 1;
  expect(nodes.isStale(clock.now)).toBe(true);
  expect(reasons()).toEqual(['nodes: not heard of for 180s']);
  cluster.listener.interrupted?.(new Error('reset'));
  expect(nodes.interruptions).toBe(1);
  expect(reasons()).not.toEqual([]);
  cluster.listener.alive?.();
  expect(reasons()).toEqual([]);
});

test('unready outside the dates of the certificate, and while draining; every reason at once', () => {
  const { clock, cluster, state, reasons } = vitals();
  cluster.sync();
  clock.now += 25 * HOUR;
  state.draining = true;
  state.untrusted = 'registration: does not trust our certificate yet';
  state.fullForMs = 12_000;
  expect(reasons()).toEqual([
    'shutdown: draining',
    'nodes: not heard of for 90000s',
    'certificate: not valid now',
    'registration: does not trust our certificate yet',
    'reviews: sent back for 12s, there is no room',
  ]);
});

test('changes, removals and a relist arrive in the field', () => {
  const { cluster, nodes } = vitals();
  cluster.sync();
  cluster.listener.changed(nodeObject('n2', true));
  expect(nodes.nodeIndex.held.map(({ name }) => name)).toEqual(['n1', 'n2']);
  cluster.listener.removed(nodeObject('n1'));
  expect(nodes.nodeIndex.node('n1')).toBeUndefined();
  cluster.listener.changed({ kind: 'Status' });
  cluster.listener.synced([nodeObject('n3')]);
  expect([nodes.size, nodes.nodeIndex.held.length]).toEqual([1, 0]);
});
