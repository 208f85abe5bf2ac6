import { listAt, type Cluster } from '../../../shared/index.ts';
import { isArmed } from '../../policy/arming.ts';
import { floorOf } from '../../policy/floor.ts';
import { readRegister, unregistered } from '../../policy/register.ts';
import { assumption, policyInForce } from '../../policy/in-force.ts';
import { keepingOf, type Keeping } from '../../policy/keeping.ts';
import type { Unreadable } from './unreadable.ts';

/**
 * What the API server is told to enforce while a node is in maintenance. It is read, not tried out: that costs one call
 * and no right to create anything. `kubectl maint doctor` tries it out.
 */
export interface Enforcement {
  /**
   * `registered`: the API server asks the webhook. `partly`: not about everything that it keeps off: the controller has not
   * heard of the maintenance. `missing`: it asks nobody. `unknown`: not readable.
   */
  readonly webhook: 'registered' | 'partly' | 'missing' | 'unknown';
  /** Rules that the API server decides by itself for exact work (docs/floor.md): `backup`, `scan`; null: not read. */
  readonly floor: readonly string[] | null;
  /** Nodes in maintenance of which these policies do not know, since the register does not list them. */
  readonly unregistered: readonly string[];
  /** What the policy in force does with each kind of work; by the defaults where `assumed` says why it is not known. */
  readonly keeping: readonly Keeping[];
  readonly assumed: string | null;
  /** Namespaces about which the webhook is not asked, by their names. */
  readonly exempt: readonly string[];
}

/** Where it is read. The registration is read for others, too. */
export interface EnforcementPorts {
  readonly cluster: Cluster;
  readonly registration: () => Promise<unknown>;
  readonly unreadable: Unreadable;
}

/** Reads it; the policies where `policies` says so, or where there is nothing else. */
export async function readEnforcement(
  held: readonly string[],
  { cluster, registration, unreadable }: EnforcementPorts,
  policies: boolean,
): Promise<Enforcement> {
  const readFloor = (): Promise<Enforcement['floor']> =>
    unreadable
      .tried('list validatingadmissionpolicybindings.admissionregistration.k8s.io', () => floorOf(cluster))
      .then((floor) => floor ?? null);
  const [webhook, floor, { policy, source, exempt }] = await Promise.all([
    readWebhook(registration, unreadable),
    policies ? readFloor() : null,
    policyInForce(cluster, registration),
  ]);
  const known = webhook === 'missing' ? (floor ?? (await readFloor())) : floor;
  return {
    webhook,
    floor: known,
    unregistered: known === null || known.length === 0 ? [] : await readUnregistered(held, cluster, unreadable),
    keeping: keepingOf(policy.config),
    assumed: assumption(source) ?? null,
    exempt,
  };
}

function readUnregistered(
  held: readonly string[],
  cluster: Cluster,
  unreadable: Unreadable,
): Promise<readonly string[]> {
  return unreadable
    .tried('get maintenanceregisters.kubectl-maint.io', async () => unregistered(await readRegister(cluster), held))
    .then((missing) => missing ?? []);
}

function readWebhook(
  registration: EnforcementPorts['registration'],
  unreadable: Unreadable,
): Promise<Enforcement['webhook']> {
  return unreadable
    .tried('get validatingwebhookconfigurations.admissionregistration.k8s.io', () => registration().then(webhookOf))
    .then((webhook) => webhook ?? 'unknown');
}

/** A registration without entries is one that no replica has filled in yet. */
function webhookOf(registration: unknown): Enforcement['webhook'] {
  if (listAt(registration, 'webhooks').length === 0) return 'missing';
  return isArmed(registration) ? 'registered' : 'partly';
}
