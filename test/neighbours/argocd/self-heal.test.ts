/** Argo CD's self-heal and a maintenance: what is not in a manifest is left alone, and what is needs the setting of docs/gitops.md. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, nodePath } from '../../../shared/index.ts';
import { until } from '../../support/until.ts';
import { HELD, HeldNode, MARKED, nodeOf, UNMARKED } from '../held-node.ts';
import { documented } from '../documented.ts';
import { isLacking } from '../process.ts';
import { ArgoCd, isIn } from './stage.ts';

const PATH = nodePath(HELD);
/** A sync that is refused is tried once more, so that it ends. */
const HEALING = { automated: { selfHeal: true }, retry: { limit: 1, backoff: { duration: '1s' } } };

describe.skipIf(isLacking('argocd'))('an Application that heals itself and has a Node', () => {
  let node: HeldNode;
  let argo: ArgoCd;

  beforeAll(async () => {
    node = await HeldNode.start();
    argo = await ArgoCd.start(node.plane);
    await argo.commit('nodes', nodeOf(1));
    await argo.apply('nodes', { syncPolicy: HEALING });
    await argo.comesTo('nodes', 'in sync', isIn('Synced', 'Healthy'));
  });

  afterAll(async () => {
    await argo.end();
    await node.end();
  });

  /** Somebody else changes what the manifest has: healed, the Application has looked at everything of the node since. */
  async function healsRack(rack: number): Promise<void> {
    await node.plane.api('PATCH', PATH, { metadata: { labels: { rack: 'moved' } } });
    await until('the rack is as in the repository', async () => {
      const { body } = await node.plane.api('GET', PATH);
      return at(body, 'metadata', 'labels', 'rack') === String(rack);
    });
  }

  test('leaves cordon, label and record alone that its manifest does not name', async () => {
    await node.on();
    await healsRack(1);
    await argo.comesTo('nodes', 'in sync', isIn('Synced', 'Healthy'));
    expect(await node.marks()).toEqual(MARKED);
  });

  test('may not undo the cordon where its manifest names it, and applies nothing else of the node', async () => {
    await argo.commit('nodes', nodeOf(2, { unschedulable: false }));
    const told = await argo.comesTo('nodes', 'refused', ({ phase }) => phase === 'Failed');
    expect(told.message).toMatch(/node-guard\.kubectl-maint\.io" denied the request: .* stays cordoned/);
    expect(told.sync).toBe('OutOfSync');
    expect(await node.marks()).toEqual(MARKED);
  });

  test('lets it be with the setting of docs/gitops.md, and applies the rest', async () => {
    await argo.set('nodes', await documented('ignoreDifferences'));
    await argo.commit('nodes', nodeOf(3, { unschedulable: false }));
    await healsRack(3);
    await argo.comesTo('nodes', 'in sync', isIn('Synced', 'Healthy'));
    expect(await node.marks()).toEqual(MARKED);
  });

  test('after off nothing of it is left', async () => {
    await node.off();
    await argo.refresh('nodes');
    await argo.comesTo('nodes', 'in sync', isIn('Synced', 'Healthy'));
    expect(await node.marks()).toEqual(UNMARKED);
  });
});
