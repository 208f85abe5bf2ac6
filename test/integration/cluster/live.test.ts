import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectCluster, type ConnectOptions } from '../../../shared/cluster/live/connect.ts';
import { nodePath, NODES } from '../../../shared/cluster/paths.ts';
import type { Cluster, CollectionListener } from '../../../shared/cluster/ports.ts';
import { at, textAt } from '../../../shared/facts/json.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { until } from '../../support/until.ts';

/** More than one page of 250. */
const NODE_COUNT = 260;

/** Building the control plane takes minutes the first time. */
const BUILD_MS = 30 * 60_000;

function optionsOf(plane: ControlPlane, more: Partial<ConnectOptions> = {}): ConnectOptions {
  return { kubeconfig: plane.kubeconfig, env: process.env, userAgent: 'kubectl-maint/test', ...more };
}

async function labelled(cluster: Cluster, node: string, value: string): Promise<number> {
  const body = { metadata: { labels: { touched: value } } };
  const contentType = 'application/merge-patch+json';
  return (await cluster.send({ method: 'PATCH', path: nodePath(node), body, contentType })).status;
}

/** The names a follower knows, and what it was told. */
function roster(): { names: Map<string, unknown>; told: string[]; listener: CollectionListener<unknown> } {
  const names = new Map<string, unknown>();
  const told: string[] = [];
  const nameOf = (object: unknown): string => textAt(object, 'metadata', 'name') ?? '';
  const listener: CollectionListener<unknown> = {
    project: (object) => object,
    synced: (objects) => {
      names.clear();
      for (const object of objects) names.set(nameOf(object), object);
      told.push('synced');
    },
    changed: (object) => {
      names.set(nameOf(object), object);
    },
    removed: (object) => {
      names.delete(nameOf(object));
    },
    interrupted: () => {
      told.push('interrupted');
    },
  };
  return { names, told, listener };
}

describe.each([true, false])('against the real API server, WatchList %s', (WatchList) => {
  let plane: ControlPlane;
  let cluster: Cluster;

  beforeAll(async () => {
    const off = { controllerManager: false, scheduler: false, kwok: false };
    plane = await startControlPlane({ ...off, featureGates: { WatchList } });
    cluster = await connectCluster(optionsOf(plane));
    const names = Array.from({ length: NODE_COUNT }, (_, i) => `n-${i}`);
    const node = (name: string): unknown => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    const made = await Promise.all(
      names.map((name) => cluster.send({ method: 'POST', path: NODES, body: node(name) })),
    );
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
  }, BUILD_MS);

  afterAll(async () => {
    cluster.close();
    await plane.stop();
  });

  test('reads one object, and a collection by pages', async () => {
    expect(textAt(await cluster.get(nodePath('n-7')), 'metadata', 'name')).toBe('n-7');
    expect(await cluster.get(nodePath('nobody'))).toBeUndefined();
    const sizes: number[] = [];
    for await (const { items } of cluster.pages(NODES)) sizes.push(items.length);
    expect(sizes).toEqual([250, 10]);
  });

  test('is told what the server refuses', async () => {
    const developer = await connectCluster(optionsOf(plane, { kubeconfig: await plane.kubeconfigFor('developer') }));
    await expect(developer.get(NODES)).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
    const { listener } = roster();
    await expect(developer.follow(NODES, listener, { signal: new AbortController().signal })).rejects.toMatchObject({
      status: 403,
    });
    developer.close();
    const stranger = await connectCluster(optionsOf(plane, { token: 'wrong' }));
    await expect(stranger.get(NODES)).rejects.toMatchObject({
      message: 'You must be logged in to the server (Unauthorized)',
    });
    stranger.close();
  });

  test('acts as somebody else', async () => {
    const jane = await connectCluster(optionsOf(plane, { as: 'jane', asGroups: ['a', 'b'], asUid: 'u1' }));
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const { body } = await jane.send({ method: 'POST', path, body: review });
    expect(at(body, 'status', 'userInfo')).toEqual({
      username: 'jane',
      uid: 'u1',
      groups: ['a', 'b', 'system:authenticated'],
    });
    jane.close();
  });

  test('follows changes, through a restart of the API server', async () => {
    const stop = new AbortController();
    const { names, told, listener } = roster();
    const following = cluster.follow(NODES, listener, { signal: stop.signal });
    const label = (name: string): string | undefined => textAt(names.get(name), 'metadata', 'labels', 'touched');
    await until('it is told of all', () => told.length > 0);
    expect(names.size).toBe(NODE_COUNT);
    expect(await labelled(cluster, 'n-1', 'once')).toBe(200);
    expect(await cluster.send({ method: 'DELETE', path: nodePath('n-2') })).toMatchObject({ status: 200 });
    await until('both changes are told', () => label('n-1') === 'once' && !names.has('n-2'));
    expect(told).toEqual(['synced']);

    await plane.stopApiServer();
    await until('the interruption is told', () => told.includes('interrupted'));
    await expect(cluster.get(NODES)).rejects.toMatchObject({ code: 'cluster' });
    await plane.startApiServer();
    expect(await labelled(cluster, 'n-1', 'twice')).toBe(200);
    await until('the change is told', () => label('n-1') === 'twice');
    expect(names.size).toBe(NODE_COUNT - 1);
    stop.abort();
    await following;
  });
});
