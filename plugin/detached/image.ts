import {
  clean,
  listAt,
  MaintError,
  MAX_TEXT,
  messageOf,
  objectPath,
  textAt,
  type ClusterReader,
} from '../../shared/index.ts';
import { readRegistration, serviceNamespace } from '../policy/registration.ts';
import type { JobImage } from './job.ts';

/** The chart's Deployment of the webhook. */
const WEBHOOK = 'kubectl-maint';

/** The image for a Job, and the version of the program in it where that is known. */
export interface FoundImage {
  readonly image: JobImage;
  readonly version: string | undefined;
}

/** The webhook's own image, as its Deployment names it. Throws MaintError('usage') where there is none to be found. */
export async function webhookImage(namespace: string, cluster: ClusterReader): Promise<FoundImage> {
  const registration = await unlessUnread(() => readRegistration(cluster));
  const home = serviceNamespace(registration);
  if (home === undefined) throw unknown('no webhook runs in this cluster');
  const deployment = await unlessUnread(() => cluster.get(objectPath('apps/v1/deployments', home, WEBHOOK)));
  const spec = ['spec', 'template', 'spec'] as const;
  const [container] = listAt(deployment, ...spec, 'containers');
  const name = textAt(container, 'image');
  if (name === undefined) throw unknown(`there is no Deployment ${WEBHOOK} in namespace ${home}`);
  // Of another namespace a pod has no Secrets; a service account may bring its own.
  const secrets = home === namespace ? listAt(deployment, ...spec, 'imagePullSecrets') : [];
  return {
    image: {
      name,
      pullPolicy: textAt(container, 'imagePullPolicy'),
      pullSecrets: secrets.flatMap((secret) => textAt(secret, 'name') ?? []),
      isOwn: false,
    },
    version: textAt(deployment, 'metadata', 'labels', 'app.kubernetes.io/version'),
  };
}

/** An image of the caller's. */
export function ownImage(name: string): FoundImage {
  return { image: { name, pullPolicy: undefined, pullSecrets: [], isOwn: true }, version: undefined };
}

async function unlessUnread(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof MaintError) throw unknown(clean(messageOf(thrown), MAX_TEXT));
    throw thrown;
  }
}

function unknown(why: string): MaintError {
  return new MaintError('usage', `the image for the Job is not known: ${why}; nothing was changed`, {
    hint: 'name it: --image=REGISTRY/maint-webhook:VERSION, which holds the plugin, too',
  });
}
