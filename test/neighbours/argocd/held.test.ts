/** Applications of Argo CD with add-ons of a node that is held, with the health that stands in docs/gitops.md. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configMap, daemonSet, HeldNode } from '../held-node.ts';
import { documented } from '../documented.ts';
import { isLacking } from '../process.ts';
import { ArgoCd, AUTOMATED, isIn, type Told } from './stage.ts';

/** In a wave: it is applied after what is in an earlier one, where that is healthy. */
const inWave = (wave: number) => ({ 'argocd.argoproj.io/sync-wave': String(wave) });

/** What is applied after a DaemonSet or an Application of the first wave. */
const after = (name: string, version: number) => configMap(`after-${name}`, version, inWave(1));

describe.skipIf(isLacking('argocd'))('while a node is held', () => {
  let node: HeldNode;
  let argo: ArgoCd;

  beforeAll(async () => {
    node = await HeldNode.start();
    argo = await ArgoCd.start(node.plane);
    await argo.commit('agent', daemonSet('agent', 1));
    await argo.apply('agent', { syncPolicy: AUTOMATED });
    await argo.commit('waves', daemonSet('wave', 1, inWave(0)), after('wave', 1));
    await argo.apply('waves', { syncPolicy: AUTOMATED });
    await argo.commit('parent', argo.application('agent', { syncPolicy: AUTOMATED }), after('child', 1));
    await argo.apply('parent', { syncPolicy: AUTOMATED });
    for (const name of ['agent', 'waves', 'parent']) await argo.comesTo(name, 'healthy', isIn('Synced', 'Healthy'));
    await node.on();
  });

  afterAll(async () => {
    await argo.end();
    await node.end();
  });

  test('the Application is in sync, and Progressing', async () => {
    await argo.commit('agent', daemonSet('agent', 2));
    await node.comesToRun('agent', '1', '2');
    const told = await argo.comesTo('agent', 'progressing', isIn('Synced', 'Progressing'));
    expect(told).toMatchObject({ phase: 'Succeeded', resources: { 'DaemonSet/agent': 'Synced' } });
  });

  test('a sync wave waits for it', async () => {
    await argo.commit('waves', daemonSet('wave', 2, inWave(0)), after('wave', 2));
    await node.comesToRun('wave', '1', '2');
    const waits = ({ phase, message = '' }: Told) => phase === 'Running' && message.includes('DaemonSet/wave');
    const told = await argo.comesTo('waves', 'waiting', waits);
    expect(told.message).toMatch(/waiting for healthy state of apps\/DaemonSet\/wave/);
    expect(await node.versionOf('after-wave')).toBe('1');
  });

  test('an app of apps waits for it where the health of Applications is judged, and not otherwise', async () => {
    const child = (time: number) =>
      argo.application('agent', { syncPolicy: AUTOMATED, annotations: { time: String(time) } });
    await argo.commit('parent', child(2), after('child', 2));
    await argo.comesTo('parent', 'healthy', isIn('Synced', 'Healthy'));
    expect(await node.versionOf('after-child')).toBe('2');
    expect(await argo.told('agent')).toMatchObject({ health: 'Progressing' });
    const health = 'return { status = obj.status.health.status, message = "" }';
    await argo.configure({ 'resource.customizations.health.argoproj.io_Application': health });
    await argo.commit('parent', child(3), after('child', 3));
    await argo.comesTo('parent', 'waiting', ({ message = '' }) =>
      message.includes('waiting for healthy state of argoproj.io/Application/agent'),
    );
    expect(await node.versionOf('after-child')).toBe('2');
  });

  test('with the health of docs/gitops.md it is healthy, and the wave goes on', async () => {
    await argo.configure(await documented('apps_DaemonSet'));
    await argo.refresh('agent');
    await argo.comesTo('agent', 'healthy', isIn('Synced', 'Healthy'));
    for (const name of ['waves', 'parent']) {
      // What waits looks every 30 s, and at once when its Application changes.
      await argo.set(name, { metadata: { annotations: { look: 'again' } } });
      await argo.comesTo(name, 'done', ({ phase }) => phase === 'Succeeded');
    }
    expect(await node.versionOf('after-wave')).toBe('2');
    expect(await node.versionOf('after-child')).toBe('3');
    await node.comesToRun('wave', '1', '2');
  });

  test('after off all of it is current', async () => {
    await node.off();
    for (const name of ['agent', 'waves']) await argo.comesTo(name, 'healthy', isIn('Synced', 'Healthy'));
    await node.comesToRun('agent', '2', '2');
    await node.comesToRun('wave', '2', '2');
  });
});
