/** Gatekeeper's webhook beside ours. It is asked about every write of the cluster, evictions and nodes included. */
import { expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';
import { describeBeside } from '../beside.ts';
import { Gatekeeper } from './stage.ts';

const IS_DOWN = /failed calling webhook "validation\.gatekeeper\.sh"/;
const NODE = 'third';

describeBeside(
  async (plane) => {
    const gatekeeper = await Gatekeeper.start(plane);
    await gatekeeper.addRule();
    return gatekeeper;
  },
  {
    name: /^validation\.gatekeeper\.sh$/,
    refuses:
      /admission webhook "validation\.gatekeeper\.sh" denied the request: \[held-nodes\] Rego says that node held/,
    isDown: IS_DOWN,
  },
  ({ plane, plugin, other }) => {
    test('with failurePolicy Fail and nobody there, nothing of a maintenance is begun', async () => {
      await other().register('Fail');
      await other().end();
      const ran = await plugin().maint(['on', NODE, '--owner=ana', '--mode=cordon']);
      expect(ran.code).not.toBe(0);
      expect(ran.stderr).toMatch(IS_DOWN);
      const { body } = await plane().api('GET', `/api/v1/nodes/${NODE}`);
      expect(textAt(body, 'metadata', 'annotations', 'kubectl-maint.io/maintenance')).toBeUndefined();
      await other().startAgain();
    });

    test('a drain that it has left alone waits, says for whom, and ends when it is back', async () => {
      const world = new Workloads(plane());
      await world.deployment('shop', { namespace: 'default', node: NODE }, 2);
      await world.budget('shop', 'default', 'shop', 1);
      const drain = await plugin().start(['on', NODE, '--owner=ana']);
      await until('a pod is held by its budget', () => drain.said().includes('disruption budget default/shop'));
      await other().register('Fail');
      await other().end();
      await plane().api('DELETE', '/apis/policy/v1/namespaces/default/poddisruptionbudgets/shop');
      await until('it says whom it waits for', () => IS_DOWN.test(drain.said()), { seen: () => drain.said() });
      await other().startAgain();
      expect(await drain.ended, drain.said()).toMatchObject({ code: 0 });
    });
  },
);
