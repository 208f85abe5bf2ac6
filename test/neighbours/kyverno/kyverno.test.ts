/** Kyverno's webhook beside ours. It is asked about the kinds alone that its policies name. */
import { expect, test } from 'vitest';
import { conditionAt, listAt, numberAt, textAt } from '../../../shared/index.ts';
import { until, untilSuch } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';
import { describeBeside } from '../beside.ts';
import { Kyverno } from './stage.ts';

const IS_DOWN = /failed calling webhook "vpol\.validate\.kyverno\.svc-fail"/;
const NODE = 'third';

let kyverno: Kyverno;

describeBeside(
  async (plane) => (kyverno = await Kyverno.start(plane)),
  {
    name: /^vpol\.validate\.kyverno\.svc-(ignore|fail)$/,
    refuses:
      /admission webhook "vpol\.validate\.kyverno\.svc-(ignore|fail)" denied the request: Policy held-nodes failed: CEL says/,
    isDown: IS_DOWN,
  },
  ({ plane, plugin, other }) => {
    test('a policy that says nothing else fails closed, for the kinds that it names alone', async () => {
      await kyverno.register();
      expect(await kyverno.registered()).toMatchObject([
        {
          name: 'vpol.validate.kyverno.svc-fail',
          failurePolicy: 'Fail',
          rules: [
            { operations: ['CREATE'], apiGroups: [''], resources: ['pods'] },
            { operations: ['CREATE'], apiGroups: ['batch'], resources: ['jobs'] },
          ],
        },
      ]);
    });

    test('with failurePolicy Fail and nobody there a drain ends; what it evicts is made again once it is back, and the Deployment changes', async () => {
      await new Workloads(plane()).deployment('shop', { namespace: 'default', node: NODE }, 2);
      await other().register('Fail');
      await other().end();
      const ran = await plugin().maint(['on', NODE, '--owner=ana']);
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      const replicaSets = '/apis/apps/v1/namespaces/default/replicasets?labelSelector=app%3Dshop';
      await until('no pod takes their place', async () => {
        const { body } = await plane().api('GET', replicaSets);
        return IS_DOWN.test(textAt(conditionAt(listAt(body, 'items')[0], 'ReplicaFailure'), 'message') ?? '');
      });
      await other().startAgain();
      const off = await plugin().maint(['off', NODE, '--owner=ana', '--healthy-for=0s']);
      expect(off, off.stderr).toMatchObject({ code: 0 });
      // The controller of ReplicaSets has failed many times in a moment, and may pause for minutes by then.
      await plane().kubectl(['annotate', 'deployment/shop', 'example.org/look=again']);
      await untilSuch(
        'they are back',
        async () => (await plane().api('GET', replicaSets)).body,
        (body) => numberAt(listAt(body, 'items')[0], 'status', 'readyReplicas') === 2,
      );
    });
  },
);
