import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { like } from '../../support/like.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { silentPort } from '../../support/silent-port.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: ['marked', 'evicting', 'told'].map((name) => ({ name })) });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

describe('a server that takes connections and never answers', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends `status` at once, and it claims nothing', async (signal) => {
    await using port = await silentPort();
    const running = await plugin.start(['status', '--server', port.url]);
    await port.connected;
    running.signal(signal);
    expect(await running.ended).toEqual({ code: 130, signal: null, stdout: '', stderr: 'interrupted\n' });
  });

  test.each([
    [['status', 'told'], 'stderr'],
    [['on', 'told', '-o', 'json'], 'stdout'],
  ] as const)('%j tells that it is silent', async (args, stream) => {
    await using port = await silentPort();
    const running = await plugin.start([...args, '--server', port.url]);
    // Where the machine is busy, the look that notices it comes later.
    const said = /the API server has not answered for \d+ s/;
    await until('it tells of the silence', () => said.test(running.said()));
    running.signal('SIGINT');
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    if (stream === 'stderr') expect(ran.stderr).toMatch(said);
    else expect(JSON.parse(ran.stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'note', text: like(said) });
  });
});

test('an interruption does not wait for the write of the mark, and says that nobody knows what became of it', async () => {
  const asked = Promise.withResolvers<undefined>();
  await using proxy = await faultProxy(plane, ({ method }) => {
    if (method !== 'PATCH') return undefined;
    asked.resolve(undefined);
    return new Promise(() => undefined);
  });
  const running = await plugin.start(['on', 'marked', '--server', proxy.url]);
  await asked.promise;
  running.signal('SIGINT');
  const ran = await running.ended;
  expect(ran).toMatchObject({ code: 130, stdout: '' });
  expect(ran.stderr).toContain('interrupted; the API server has not answered a write\n');
  expect(ran.stderr).toMatch(/^hint: .*kubectl maint status marked/m);
});

test('nor for an eviction: it is listed as one of which nobody knows', async () => {
  const [node, namespace] = ['evicting', await world.namespace('evicting')];
  await world.deployment('web', { namespace, node }, 1);
  const asked = Promise.withResolvers<undefined>();
  let isSilent = false;
  await using proxy = await faultProxy(plane, ({ path }) => {
    isSilent ||= path.endsWith('/eviction');
    if (!isSilent) return undefined;
    asked.resolve(undefined);
    return new Promise(() => undefined);
  });
  const running = await plugin.start(['on', node, '--server', proxy.url]);
  await asked.promise;
  running.signal('SIGTERM');
  const ran = await running.ended;
  expect(ran).toMatchObject({ code: 130, stdout: like(`node/${node} cordoned`) });
  expect(ran.stderr).toContain('  its eviction was asked for, and the API server had not answered: evicting/web-');
  expect(ran.stderr).toContain(`interrupted: ${node} stays marked and cordoned`);
  expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated' });
});
