import { at, listAt, textAt, type PodFacts } from '../../shared/index.ts';

/** Names of the PersistentVolumeClaims of a pod. */
export function volumeClaimsOf(pod: PodFacts): readonly string[] {
  return listAt(pod.work.template?.spec, 'volumes')
    .map((volume) => claimOf(volume, pod))
    .filter((name) => name !== undefined);
}

/** An ephemeral volume has a claim of its own, named after pod and volume (k8s component-helpers storage/ephemeral). */
function claimOf(volume: unknown, { name }: PodFacts): string | undefined {
  if (at(volume, 'ephemeral') != null) return `${name}-${textAt(volume, 'name') ?? ''}`;
  const named = textAt(volume, 'persistentVolumeClaim', 'claimName');
  return named === '' ? undefined : named;
}
