import { listAt, textAt } from '../../../shared/index.ts';
import { quoted } from './quotation.ts';

/** What the kubelet says of a container whose image it does not get. */
const NOT_PULLED: readonly string[] = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];

/** What to do then. */
export const PULL_STEP =
  'push the image to a registry that the nodes reach, and name that: helm upgrade --reuse-values --set image.registry=REGISTRY (image.pullSecrets where it asks who pulls)';

/** Longest name of an image, and longest words of a registry, in a line, in characters. */
const MAX_PULL_TEXT = 200;

/** Why some of these pods wait for their image, which image that is, and what the kubelet says; undefined where none does. */
export function imageNotPulled(pods: readonly unknown[]): string | undefined {
  const status = pods
    .flatMap((pod) => listAt(pod, 'status', 'containerStatuses'))
    .find((one) => NOT_PULLED.includes(textAt(one, 'state', 'waiting', 'reason') ?? ''));
  if (status === undefined) return undefined;
  const image = textAt(status, 'image') ?? '';
  const why = textAt(status, 'state', 'waiting', 'message');
  const told = [image, ...(why === undefined ? [] : [why])].map((words) => quoted(words, MAX_PULL_TEXT));
  return `${textAt(status, 'state', 'waiting', 'reason') ?? ''}: ${told.join(', ')}`;
}
