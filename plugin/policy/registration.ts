import { listAt, REGISTRATION_NAME, textAt, webhookConfigurationPath, type Cluster } from '../../shared/index.ts';

/** The ValidatingWebhookConfiguration of ours; undefined where there is none. Throws what the cluster's port throws. */
export function readRegistration(cluster: Pick<Cluster, 'get'>, signal?: AbortSignal): Promise<unknown> {
  return cluster.get(webhookConfigurationPath(REGISTRATION_NAME), signal === undefined ? {} : { signal });
}

/** Where the webhook runs; undefined where it is no Service. Before the controller has written entries, Helm knows. */
export function serviceNamespace(registration: unknown): string | undefined {
  const [entry] = listAt(registration, 'webhooks');
  return (
    textAt(entry, 'clientConfig', 'service', 'namespace') ??
    textAt(registration, 'metadata', 'annotations', 'meta.helm.sh/release-namespace')
  );
}
