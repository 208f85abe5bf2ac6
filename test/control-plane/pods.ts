import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { CallApi } from './api.ts';

const Pods = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }) })),
});

/** How often pods are touched, and how long after each other, in ms. */
const TOUCHES = 5;
const PAUSE_MS = 200;

/**
 * Touches the pods on a node that a new KWOK has taken on. It reads them when it takes the node on, and overlooks them
 * for good where the node is not in its books yet (0.8: PodController.need, in a race with NodeController.ManageNode);
 * one that changes it looks at again. Nothing tells when the node is in its books, so they are touched a few times.
 */
export async function touchPods(call: CallApi, node: string): Promise<void> {
  for (let touch = 1; touch <= TOUCHES; touch += 1) {
    const { body } = await call('GET', `/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`);
    await Promise.all(
      Pods.parse(body).items.map(({ metadata: { namespace, name } }) =>
        call('PATCH', `/api/v1/namespaces/${namespace}/pods/${name}`, {
          metadata: { annotations: { 'kwok.x-k8s.io/touched': String(touch) } },
        }),
      ),
    );
    await sleep(PAUSE_MS);
  }
}
