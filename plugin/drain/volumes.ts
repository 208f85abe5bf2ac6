import { objectPath, textAt, VOLUME_ATTACHMENTS, type PodFacts } from '../../shared/index.ts';
import { followCollection } from '../session/live-collection.ts';
import type { Session } from '../session/session.ts';
import { attachmentFromObject, attachmentName } from './attachment.ts';
import type { CauseGroup } from './cause.ts';
import { volumeClaimsOf } from './volume-claims.ts';

/**
 * Waits until no volume is attached to a node any more, other than those of pods that stay. `tell` hears which still are,
 * at first and after every change of an attachment. Ends early with the signal. Throws ClusterRefusal where attachments may not be read.
 */
export async function waitForDetach(
  node: string,
  staying: readonly PodFacts[],
  { session, signal, tell }: Waiting,
): Promise<void> {
  const keeps = await volumesOf(staying, session);
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const followed = { path: VOLUME_ATTACHMENTS, project: attachmentFromObject, signal: stop };
  try {
    const attached = followCollection(followed, session);
    await attached.first;
    for (;;) {
      const left = attached.all().filter((one) => one.node === node && !keeps.has(one.volume));
      if (left.length === 0 || signal.aborted) return;
      tell([{ kind: 'running', text: 'volumes are still attached', names: left.map(attachmentName).sort() }]);
      await attached.changed(stop);
    }
  } finally {
    over.abort();
  }
}

/** What waiting needs. */
export interface Waiting {
  readonly session: Session;
  readonly signal: AbortSignal;
  readonly tell: (causes: readonly CauseGroup[]) => void;
}

/** The PersistentVolumes behind the claims of some pods. */
async function volumesOf(pods: readonly PodFacts[], { cluster }: Session): Promise<ReadonlySet<string>> {
  const claims = pods.flatMap((pod) => volumeClaimsOf(pod).map((name) => ({ namespace: pod.namespace, name })));
  const volumes = await Promise.all(
    claims.map(async ({ namespace, name }) =>
      textAt(await cluster.get(objectPath('v1/persistentvolumeclaims', namespace, name)), 'spec', 'volumeName'),
    ),
  );
  return new Set(volumes.filter((name) => name !== undefined));
}
