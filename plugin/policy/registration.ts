import {
  isOurEntry,
  listAt,
  NAMESPACE_NAME_LABEL,
  REGISTRATION_NAME,
  textAt,
  textsAt,
  webhookConfigurationPath,
  type Cluster,
} from '../../shared/index.ts';

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

/**
 * Namespaces that no entry asks about (`registration.exemptNamespaces` of the chart), by their names, sorted; but that of the
 * webhook, about which it never is asked. What is left out by other labels is not known by the name. Pure.
 */
export function exemptNamespaces(registration: unknown): readonly string[] {
  const entries = listAt(registration, 'webhooks').filter((entry) => isOurEntry(textAt(entry, 'name') ?? ''));
  const [first, ...others] = entries.map(
    (entry) =>
      new Set(
        listAt(entry, 'namespaceSelector', 'matchExpressions')
          .filter((one) => textAt(one, 'key') === NAMESPACE_NAME_LABEL && textAt(one, 'operator') === 'NotIn')
          .flatMap((one) => textsAt(one, 'values')),
      ),
  );
  const own = serviceNamespace(registration);
  const all = [...(first ?? [])].filter((namespace) => others.every((some) => some.has(namespace)));
  return all.filter((namespace) => namespace !== own).sort();
}
