import { clean, listAt, textAt } from '../../../shared/index.ts';

/** What the kubelet says of a container whose image it does not get. */
const NOT_PULLED: readonly string[] = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];

/** What to do then. */
export const PULL_STEP =
  'push the image to a registry that the nodes reach, and name that: helm upgrade --reuse-values --set image.registry=REGISTRY (image.pullSecrets where it asks who pulls)';

/** Longest name of an image, and longest words of a registry, in a line, in characters. */
const MAX_PULL_TEXT = 200;

/** The image that some of these pods wait for, and what the kubelet says of it; undefined where none does. */
export function imageNotPulled(pods: readonly unknown[]): string | undefined {
  const status = pods
    .flatMap((pod) => listAt(pod, 'status', 'containerStatuses'))
    .find((one) => NOT_PULLED.includes(textAt(one, 'state', 'waiting', 'reason') ?? ''));
  if (status === undefined) return undefined;
  const text = (...path: readonly string[]) => clean(textAt(status, ...path) ?? '', MAX_PULL_TEXT);
  return `${text('image')}: ${text('state', 'waiting', 'reason')} ${text('state', 'waiting', 'message')}`.trim();
}
