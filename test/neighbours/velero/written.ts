import { eventsPath, listAt, NODE_EVENT_NAMESPACE, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { until } from '../../support/until.ts';

/** Waits until the webhook has written down a refusal, of which it writes every ten seconds: `off` lists those. */
export async function isWrittenDown(plane: ControlPlane, whose: RegExp): Promise<void> {
  await until(`the refusal of ${whose.source} is written down`, async () => {
    const { body } = await plane.api('GET', `${eventsPath(NODE_EVENT_NAMESPACE)}?fieldSelector=reason%3DWorkDenied`);
    return listAt(body, 'items').some((event) => whose.test(textAt(event, 'message') ?? ''));
  });
}
