import {
  at,
  isObject,
  listAt,
  refusalFromAnswer,
  REGISTRATION_NAME,
  webhookConfigurationPath,
  type ClusterReader,
  type ClusterSender,
} from '../../../shared/index.ts';
import type { Log } from '../../log.ts';
import { caBundleOf, trustedBy } from '../../tls/ca-bundle.ts';
import { distrusts } from '../../tls/own-trust.ts';
import { registrationPatch } from './patch.ts';

/** What repairing needs. */
export interface TrustRepairPorts {
  readonly cluster: ClusterReader & ClusterSender;
  readonly log: Log;
  /** Names and addresses by which API servers call the webhook. */
  readonly names: readonly string[];
  /** PEM (normalPem), that of the certificate that is served first. */
  readonly authorities: () => readonly string[] | undefined;
}

/** For one look with its write, in ms: our timeoutSeconds. */
const LOOK_MS = 3000;

/** Adds the webhook's authority to entries that call it by an address and trust another one: every call would fail. */
export class TrustRepair {
  readonly #ports: TrustRepairPorts;

  constructor(ports: TrustRepairPorts) {
    this.#ports = ports;
  }

  /** True where it has repaired something. Throws ClusterRefusal or MaintError('cluster'). */
  async look(): Promise<boolean> {
    const { cluster, log, names, authorities } = this.#ports;
    const [authority] = authorities() ?? [];
    if (authority === undefined) return false;
    const signal = AbortSignal.timeout(LOOK_MS);
    const registration = await cluster.get(webhookConfigurationPath(REGISTRATION_NAME), { signal });
    const found = listAt(registration, 'webhooks');
    if (!found.some((entry) => distrusts(entry, names, authority))) return false;
    const webhooks = found.map((entry) => (distrusts(entry, names, authority) ? withTrust(entry, authority) : entry));
    const answer = await cluster.send(registrationPatch(registration, webhooks, signal));
    if (answer.status >= 300) throw refusalFromAnswer(answer);
    log.info({ registration: REGISTRATION_NAME }, 'the registration trusts our authority again');
    return true;
  }
}

function withTrust(entry: unknown, authority: string): unknown {
  const clientConfig = at(entry, 'clientConfig');
  if (!isObject(entry) || !isObject(clientConfig)) return entry;
  return { ...entry, clientConfig: { ...clientConfig, caBundle: caBundleOf([...trustedBy(entry), authority]) } };
}
