import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Addons, type AddonPod, type Ending } from './addons.ts';

/** The hold rule on the real DaemonSet controller: what it denies, and what it must not, seen on the pods of each node. */

/** More than 8: of a map that small, Go's iteration prefers some entries, and the controller finds the last node late. */
const NODES = Array.from({ length: 9 }, (_, index) => `node-${index + 1}`);
const ONE = ['node-2'];
const THREE = ['node-2', 'node-4', 'node-6'];
/** Nodes that will be lost: one of them while it is held. */
const LOST = { held: 'node-7', other: 'node-8' };

const UNAVAILABLE = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } };
const SURGE = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
const STRATEGIES = [
  ['unavailable', UNAVAILABLE],
  ['surge', SURGE],
] as const;

let plane: ControlPlane;
let plugin: PluginRunner;
let webhook: WebhookProcess;
let addons: Addons;
let bystanders: readonly AddonPod[];

/** Names of the DaemonSets that are behind on held nodes when the maintenance ends, with the image that they wait for. */
const waiting = new Map<string, string>();

function without(...nodes: readonly string[]): readonly string[] {
  return NODES.filter((node) => !nodes.includes(node));
}

/** Creates a DaemonSet that runs everywhere. Returns its pods on some nodes. */
async function start(name: string, strategy: object, nodes: readonly string[]): Promise<readonly AddonPod[]> {
  await addons.create(name, strategy);
  await addons.reaches(name, { image: 'agent:1', nodes: NODES });
  return addons.podsOn(name, nodes);
}

async function on(nodes: readonly string[]): Promise<void> {
  const { code, stderr } = await plugin.maint(['on', ...nodes, '--mode=cordon', '--owner', 'ops']);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

beforeAll(async () => {
  const zone = (name: string) => (name === 'node-2' ? 'b' : 'a');
  plane = await startControlPlane({
    nodes: NODES.map((name) => ({ name, labels: { zone: zone(name) }, mortal: Object.values(LOST).includes(name) })),
  });
  plugin = pluginRunner(plane);
  addons = new Addons(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  bystanders = await start('bystander', UNAVAILABLE, NODES);
});

afterAll(async () => {
  await webhook.stop();
  await plane.stop();
});

afterEach(async () => {
  const ids = (pods: readonly AddonPod[]) => pods.map(({ node, uid }) => `${node} ${uid}`);
  expect(ids(await addons.pods('bystander')), 'a DaemonSet that nobody changes').toEqual(ids(bystanders));
});

describe('one node is held', () => {
  beforeAll(() => on(ONE));

  test.concurrent.each(STRATEGIES)('%s: every other node is served', async (kind, strategy) => {
    const name = `one-${kind}`;
    const stay = await start(name, strategy, ONE);
    await addons.roll(name, 'agent:2');
    await addons.reaches(name, { image: 'agent:2', nodes: without(...ONE), stay });
    await addons.isRefused(name);
    await addons.reaches(name, { image: 'agent:2', nodes: without(...ONE), stay });
    waiting.set(name, 'agent:2');
  });

  const endings: readonly Ending[] = ['fails', 'is evicted', 'is deleted'];
  const cases = endings.flatMap((how) => STRATEGIES.map(([kind, strategy]) => ({ how, kind, strategy })));
  test.concurrent.each(cases)(
    '$kind: a held pod that $how comes back new, in the middle of a rollout that goes on, and is held in the next',
    async ({ how, kind, strategy }) => {
      const name = `${how.split(' ').at(-1) ?? ''}-${kind}`;
      const [held] = await start(name, strategy, ONE);
      await addons.roll(name, 'agent:2');
      await addons.begins(name, 'agent:2', 2);
      if (held !== undefined) await addons.end(held, how);
      await addons.reaches(name, { image: 'agent:2', nodes: NODES });
      const stay = await addons.podsOn(name, ONE);
      expect(stay).not.toEqual([expect.objectContaining({ uid: held?.uid })]);
      await addons.roll(name, 'agent:3');
      await addons.reaches(name, { image: 'agent:3', nodes: without(...ONE), stay });
      await addons.remove(name);
    },
  );
});

describe('three nodes are held', () => {
  beforeAll(() => on(THREE));

  const others = { nodes: without(...THREE) };

  test.concurrent.each(STRATEGIES)('%s: every other node is served', async (kind, strategy) => {
    const name = `three-${kind}`;
    const stay = await start(name, strategy, THREE);
    await addons.roll(name, 'agent:2');
    await addons.reaches(name, { image: 'agent:2', stay, ...others });
    await addons.isRefused(name);
    await addons.reaches(name, { image: 'agent:2', stay, ...others });
    waiting.set(name, 'agent:2');
  });

  test.concurrent.each(STRATEGIES)('%s: an undo in the middle leaves held pods alone', async (kind, strategy) => {
    const name = `undo-${kind}`;
    const stay = await start(name, strategy, THREE);
    await addons.roll(name, 'agent:2');
    await addons.begins(name, 'agent:2', 2);
    await addons.roll(name, 'agent:1');
    await addons.reaches(name, { image: 'agent:1', nodes: without(...THREE), stay });
    await addons.roll(name, 'agent:3');
    await addons.reaches(name, { image: 'agent:3', stay, ...others });
    waiting.set(name, 'agent:3');
  });

  test.concurrent.each(STRATEGIES)(
    '%s: a held node that the selector leaves out loses its pod',
    async (kind, strategy) => {
      const name = `narrowed-${kind}`;
      await start(name, strategy, ONE);
      const stay = await addons.podsOn(name, ['node-4', 'node-6']);
      await addons.roll(name, 'agent:2', { nodeSelector: { zone: 'a' } });
      await addons.reaches(name, { image: 'agent:2', stay, ...others });
    },
  );

  test.concurrent('a new DaemonSet gets its pods on held nodes as well', async () => {
    await start('new', SURGE, THREE);
  });

  test.concurrent('OnDelete: who deletes a held pod gets the new one, without a word about holding', async () => {
    const pods = await start('on-delete', { type: 'OnDelete' }, NODES);
    const said = await plane.kubectl(['set', 'image', 'daemonset/on-delete', 'c=agent:2']);
    expect(said).toMatchObject({ code: 0, stderr: '' });
    const chosen = ['node-1', 'node-2'];
    for (const pod of pods) if (chosen.includes(pod.node)) await addons.end(pod, 'is deleted');
    await addons.reaches('on-delete', {
      image: 'agent:2',
      nodes: chosen,
      stay: pods.filter(({ node }) => !chosen.includes(node)),
    });
  });
});

describe('the maintenance ends', () => {
  test('off waits until what was held is current', async () => {
    const { code, stderr } = await plugin.maint(['off', 'node-2', 'node-4', '--owner', 'ops', '--healthy-for', '1s']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    for (const name of waiting.keys()) {
      const current = await addons.currentHash(name);
      expect(await addons.podsOn(name, ['node-2', 'node-4']), name).toEqual([
        expect.objectContaining({ node: 'node-2', hash: current, ready: true }),
        expect.objectContaining({ node: 'node-4', hash: current, ready: true }),
      ]);
    }
  });

  test('off that skips the check lets go as well: every add-on is current on every node', async () => {
    const off = await plugin.maint(['off', 'node-6', '--owner', 'ops', '--skip-health-check']);
    expect(off).toMatchObject({ code: 0 });
    expect([...waiting.keys()].sort()).toEqual([
      'one-surge',
      'one-unavailable',
      'three-surge',
      'three-unavailable',
      'undo-surge',
      'undo-unavailable',
    ]);
    for (const [name, image] of waiting) {
      await addons.reaches(name, { image, nodes: NODES });
    }
  });
});

describe('a node is lost', () => {
  const { held: heldAndLost, other: lost } = LOST;
  const held = [...THREE, heldAndLost];
  // The two lost pods are unavailable with or without a hold, so one more may be.
  const unavailable = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 3 } };
  // Several: with most nodes held, a controller that nobody wakes finds the last one in service by chance.
  const strategies = [
    ...['lost-unavailable', 'lost-unavailable-2', 'lost-unavailable-3'].map((name) => [name, unavailable] as const),
    ['lost-surge', SURGE] as const,
  ];

  beforeAll(async () => {
    for (const [name, strategy] of strategies) await start(name, strategy, NODES);
    await on(held);
    await plane.silenceNode(heldAndLost);
    await plane.silenceNode(lost);
    for (const [name] of strategies) await addons.lose(await addons.podsOn(name, [heldAndLost, lost]));
  });

  test.concurrent.each(strategies)('%s: the rest is served, and the held pod of a lost node stays', async (name) => {
    const stay = await addons.podsOn(name, held);
    await addons.roll(name, 'agent:2');
    await addons.reaches(name, {
      image: 'agent:2',
      nodes: without(...held, lost),
      stay,
      lost: [lost],
    });
  });
});
