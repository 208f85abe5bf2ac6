import { isEnforced, messageOf, type Policy } from '../../shared/index.ts';
import type { Log } from '../log.ts';
import type { NodeCache } from '../nodes/cache.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import type { Authorities } from './certificates/authorities.ts';
import type { ControlledCluster } from './lease/only-while-leading.ts';
import { RegisterReconciler } from './register/reconciler.ts';
import { FirstAnswer } from './registration/first-answer.ts';
import { reconcilerOfOwn, type OwnService } from './registration/own-registration.ts';
import type { RegistrationReconciler } from './registration/reconciler.ts';
import { TrustRepair } from './registration/trust-repair.ts';
import { RolloutReconciler } from './rollouts/reconciler.ts';

/** Which registration is kept, and how. */
export type Registered =
  /** That of a webhook behind a Service: its trust and its entries. */
  | ({ readonly by: 'service' } & OwnService)
  /** That of a webhook that is called by some names or addresses: its trust alone, since somebody else wrote its entries. */
  | { readonly by: 'address'; readonly names: readonly string[] };

/** What a registration says of trust; undefined where nobody keeps one, or where it is not known yet. */
export interface KnownTrust {
  readonly trustedSince: (certificate: string) => number | undefined;
  readonly trustsNobody: () => boolean | undefined;
}

/** What a term needs. */
export interface TermPorts {
  /** Sends nothing once the term is over. */
  readonly cluster: ControlledCluster;
  readonly registered: Registered;
  readonly authoritiesFor: (cluster: ControlledCluster, trust: KnownTrust) => Authorities;
  readonly nodes: NodeCache;
  readonly policy: Pick<Policy, 'config' | 'tools'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How often certificates are looked at, in ms; TICK_MS but for tests. */
  readonly tickMs?: number | undefined;
  /** Hears that a registration trusts the webhook again. */
  readonly trustRepaired: () => void;
}

/** How often certificates are looked at, in ms. By the clock: a timer over 2^31 ms would fire at once. */
const TICK_MS = 60_000;

/**
 * The time for which a controller leads: everything that writes exists for one term only, and begins with what it reads.
 * A term that is over writes nothing more.
 */
export class Term {
  /** Undefined where the webhook is called by an address. */
  readonly registration: RegistrationReconciler | undefined;
  readonly #ports: TermPorts;
  readonly #authorities: Authorities;
  readonly #register: RegisterReconciler;
  readonly #rollouts: RolloutReconciler;
  readonly #trust: TrustRepair | undefined;
  readonly #answer: FirstAnswer | undefined;
  readonly #keeping = new OneAtATime(() => this.#keepCertificates());

  constructor(ports: TermPorts) {
    const { cluster, registered, nodes, log, now } = ports;
    this.#ports = ports;
    this.#authorities = ports.authoritiesFor(cluster, {
      trustedSince: (certificate) => this.registration?.trustedSince(certificate),
      trustsNobody: () => this.registration?.trustsNobody,
    });
    const authorities = () => this.#authorities.trusted();
    if (registered.by === 'service') {
      this.#answer = new FirstAnswer({
        service: registered,
        cluster,
        heard: () => this.registration?.entriesChanged(),
      });
      this.registration = reconcilerOfOwn({
        ...ports,
        service: registered,
        authorities,
        isAnswered: () => this.#answer?.isHeard === true,
        trustChanged: () => void this.#keeping.run(),
      });
    }
    this.#trust =
      registered.by === 'address' ? new TrustRepair({ cluster, log, names: registered.names, authorities }) : undefined;
    this.#register = new RegisterReconciler({ cluster, nodes, log, now });
    this.#rollouts = new RolloutReconciler({ cluster, nodeIndex: () => nodes.nodeIndex, log, now });
  }

  /** Goes on until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const ticker = setInterval(() => {
      void this.#keeping.run();
    }, this.#ports.tickMs ?? TICK_MS).unref();
    void this.#keeping.run();
    this.nodesChanged();
    await Promise.all([this.registration?.follow(signal), this.#answer?.wait(signal), this.#register.follow(signal)]);
    clearInterval(ticker);
    this.#rollouts.end();
  }

  /** Some node has gone into maintenance, or left it, or lets go what was held there. */
  nodesChanged(): void {
    this.registration?.check();
    if (isEnforced(this.#ports.policy.config, 'addon')) this.#rollouts.nodesChanged();
  }

  /** Something about a node in maintenance is another than before. */
  heldSeen(): void {
    this.#register.check();
  }

  async #keepCertificates(): Promise<void> {
    const { log, now, trustRepaired } = this.#ports;
    try {
      await this.#authorities.refresh(now());
      if ((await this.#trust?.look()) === true) trustRepaired();
    } catch (thrown) {
      log.error({ error: messageOf(thrown) }, 'certificates not kept');
    }
    this.registration?.check();
  }
}
