import {
  ARMED_ENTRIES,
  entryName,
  listAt,
  POLICY_BINDINGS,
  REGISTRATION_NAME,
  textAt,
  webhookConfigurationPath,
  type Cluster,
} from '../../shared/index.ts';
import type { Unreadable } from './unreadable.ts';

/**
 * What the API server is told to enforce while a node is in maintenance. It is read, not tried out: that costs one call
 * and no right to create anything. `kubectl maint on` tries it out.
 */
export interface Enforcement {
  /**
   * `registered`: the API server asks the webhook. `partly`: not about everything that it keeps off: the replicas have not
   * heard of the maintenance. `missing`: it asks nobody. `unknown`: not readable.
   */
  readonly webhook: 'registered' | 'partly' | 'missing' | 'unknown';
  /** Rules that the API server decides by itself for exact work (docs/floor.md): `backup`, `scan`; null: not read. */
  readonly floor: readonly string[] | null;
}

/** Reads it; the policies where `policies` says so, or where there is nothing else. */
export async function readEnforcement(
  cluster: Cluster,
  policies: boolean,
  unreadable: Unreadable,
): Promise<Enforcement> {
  const readFloor = (): Promise<Enforcement['floor']> =>
    unreadable
      .tried('list validatingadmissionpolicybindings.admissionregistration.k8s.io', () => floorOf(cluster))
      .then((floor) => floor ?? null);
  const [webhook, floor] = await Promise.all([readWebhook(cluster, unreadable), policies ? readFloor() : null]);
  return { webhook, floor: webhook === 'missing' ? (floor ?? (await readFloor())) : floor };
}

function readWebhook(cluster: Cluster, unreadable: Unreadable): Promise<Enforcement['webhook']> {
  return unreadable
    .tried('get validatingwebhookconfigurations.admissionregistration.k8s.io', () =>
      cluster.get(webhookConfigurationPath(REGISTRATION_NAME)).then(webhookOf),
    )
    .then((webhook) => webhook ?? 'unknown');
}

/** A registration without entries is one that no replica has filled in yet. */
function webhookOf(registration: unknown): Enforcement['webhook'] {
  const entries = listAt(registration, 'webhooks').map((entry) => textAt(entry, 'name'));
  if (entries.length === 0) return 'missing';
  return ARMED_ENTRIES.every((entry) => entries.includes(entryName(entry))) ? 'registered' : 'partly';
}

/** A policy that is not bound decides nothing. Its name begins with its rule. */
async function floorOf(cluster: Cluster): Promise<readonly string[]> {
  const names: string[] = [];
  const query = { labelSelector: `app.kubernetes.io/name=${REGISTRATION_NAME}` };
  for await (const { items } of cluster.pages(POLICY_BINDINGS, { query })) {
    names.push(...items.map((binding) => textAt(binding, 'spec', 'policyName') ?? ''));
  }
  const rules = names.map((name) => name.split('.')[0] ?? '');
  return rules.filter((rule) => rule === 'backup' || rule === 'scan').sort();
}
