/** Kustomizations of Flux while a node is held: what docs/gitops.md says of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configMap, daemonSet, DENYING, HELD, HeldNode, MARKED, nodeOf, UNMARKED } from '../held-node.ts';
import { isLacking } from '../process.ts';
import { Flux, isReadyAt, revisionOf } from './stage.ts';

let node: HeldNode;
let flux: Flux;

/** Starts both, with a policy of its own or the one that is built in. */
async function start(policy?: object): Promise<void> {
  node = await HeldNode.start(policy);
  flux = await Flux.start(node.plane);
}

async function end(): Promise<void> {
  await flux.end();
  await node.end();
}

describe.skipIf(isLacking('flux'))('while a node is held', () => {
  beforeAll(async () => {
    await start();
    await flux.commit('plain', 1, daemonSet('plain', 1));
    await flux.apply('plain');
    await flux.commit('waiting', 1, daemonSet('waiting', 1));
    await flux.apply('waiting', { wait: true });
    await flux.commit('after', 1, configMap('after', 1));
    await flux.apply('after', { dependsOn: [{ name: 'waiting' }] });
    await flux.commit('nodes', 1, nodeOf(1));
    await flux.apply('nodes');
    for (const name of ['plain', 'waiting', 'after', 'nodes']) await flux.comesTo(name, 'ready', isReadyAt(1));
    await node.on();
  });
  afterAll(end);

  test('a Kustomization that waits for nothing is ready at once', async () => {
    await flux.commit('plain', 2, daemonSet('plain', 2));
    await flux.comesTo('plain', 'ready', isReadyAt(2));
    await node.comesToRun('plain', '1', '2');
  });

  test('one with wait is not ready, and neither is what depends on it', async () => {
    await flux.commit('waiting', 2, daemonSet('waiting', 2));
    await node.comesToRun('waiting', '1', '2');
    const told = await flux.comesTo('waiting', 'not ready', ({ reason }) => reason === 'HealthCheckFailed');
    expect(told).toMatchObject({ ready: 'False', attempted: revisionOf(2) });
    expect(told.message).toContain("DaemonSet/default/waiting status: 'InProgress'");
    await flux.commit('after', 2, configMap('after', 2));
    await flux.comesTo('after', 'waiting', ({ reason }) => reason === 'DependencyNotReady');
    expect(await node.versionOf('after')).toBe('1');
  });

  test('a Node keeps its cordon, label and record, whatever its manifest says of the cordon', async () => {
    for (const [revision, spec] of [
      [2, undefined],
      [3, { unschedulable: false }],
    ] as const) {
      await flux.commit('nodes', revision, nodeOf(revision, spec));
      await flux.comesTo('nodes', 'ready', isReadyAt(revision));
      expect(await node.marks()).toEqual(MARKED);
    }
  });

  test('after off all of it is ready by itself', async () => {
    await node.off();
    await flux.comesTo('waiting', 'ready', isReadyAt(2));
    await flux.comesTo('after', 'ready', isReadyAt(2));
    for (const name of ['plain', 'waiting']) await node.comesToRun(name, '2', '2');
    expect(await node.marks()).toEqual(UNMARKED);
  });

  test('a cordon by kubectl itself is taken away', async () => {
    const { code, stderr } = await node.plane.kubectl(['cordon', HELD]);
    expect(code, stderr).toBe(0);
    expect(await node.marks()).toMatchObject({ cordoned: true });
    await flux.commit('nodes', 4, nodeOf(4));
    await flux.comesTo('nodes', 'ready', isReadyAt(4));
    expect(await node.marks()).toEqual(UNMARKED);
  });
});

describe.skipIf(isLacking('flux'))('a change that is refused', () => {
  beforeAll(async () => {
    await start(DENYING);
    await flux.commit('agent', 1, daemonSet('agent', 1));
    await flux.apply('agent');
    await flux.comesTo('agent', 'ready', isReadyAt(1));
    await node.on();
  });
  afterAll(end);

  test('is not ready, in our words, and is tried at retryInterval until it passes after off', async () => {
    await flux.commit('agent', 2, daemonSet('agent', 2));
    const told = await flux.comesTo('agent', 'refused', ({ ready }) => ready === 'False');
    expect(told.message).toMatch(
      /addon\.kubectl-maint\.io" denied the request: .* would reach node held, in maintenance/,
    );
    await node.off();
    await flux.comesTo('agent', 'ready', isReadyAt(2));
    await node.comesToRun('agent', '2', '2');
  });
});
