import {
  isOurEntry,
  listAt,
  messageOf,
  REGISTRATION_NAME,
  refusalFromAnswer,
  textAt,
  WEBHOOK_CONFIGURATIONS,
  type ClusterSender,
  type ClusterWatcher,
} from '../../../shared/index.ts';
import type { Log } from '../../log.ts';
import { followObject } from '../following.ts';
import { ReconcileLoop } from '../reconcile-loop.ts';
import { DISARM_AFTER_MS } from './arming.ts';
import { trustedBy } from '../../tls/ca-bundle.ts';
import { registrationPatch } from './patch.ts';
import { repairOf, type Drift, type Repair, type Wanted } from './repair.ts';

/** How the registration should be, but for what the reconciler itself knows. */
type Plan = Omit<Wanted, 'spared' | 'repairsEntries'>;

/** What keeping the registration needs. */
export interface ReconcilerPorts {
  readonly cluster: ClusterSender & ClusterWatcher;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How the registration should be by now; undefined: nobody can tell yet. */
  readonly wanted: () => Plan | undefined;
  /** Whether the API server knows a node in maintenance at this moment: before entries go, since a watch may be late. Never rejects. */
  readonly isAnyInMaintenance: () => Promise<boolean>;
  /** Hears that another certificate is trusted now. */
  readonly trustChanged: () => void;
}

/** A certificate that nobody asks for stays trusted for so long, in ms: a replica may serve with it until it has the next one. */
const SPARED_MS = 3_600_000;

/**
 * What an entry asks about is repaired at most so often, in ms. While a new version of the webhook replaces an old one
 * both want the registration their way for a minute; either way it is a valid one.
 */
const REPAIR_PAUSE_MS = 30_000;

/** What becomes due with time alone, a certificate or an entry that may go, is noticed so late at most, in ms. */
const CHECK_EVERY_MS = 30_000;

/** How long until a registration that could not be read is read again, in ms: the right to it may be given. */
const READ_AGAIN_MS = 5000;

/** For one write, in ms: an API server that hangs must not keep others from repairing. */
const WRITE_MS = 3000;

/** How long the answer that no node is in maintenance is good for, in ms: one write may be under way before its own. */
const FREE_MS = 2 * WRITE_MS;

/**
 * Keeps the ValidatingWebhookConfiguration right: it trusts the authorities, asks about what the catalogue decides, and
 * is armed while some node is in maintenance. A conflict means that somebody else was faster. It is patched, never created
 * or deleted: whoever installs the webhook does that.
 */
export class RegistrationReconciler {
  readonly #ports: ReconcilerPorts;
  readonly #trusted = new Map<string, number>();
  readonly #unwanted = new Map<string, number>();
  readonly #drifts = new Map<Drift, number>();
  readonly #loop = new ReconcileLoop(() => this.#repair(), CHECK_EVERY_MS);
  #registration: unknown;
  #synced = false;
  /** Why it cannot be read. */
  #unreadable: string | undefined;
  #repairedAt = -Infinity;
  #disarmedAt = -Infinity;
  #asksWhetherFree = false;
  #freeAt = -Infinity;

  constructor(ports: ReconcilerPorts) {
    this.#ports = ports;
  }

  /** Whether this identity may not read it. */
  get unreadable(): boolean {
    return this.#unreadable !== undefined;
  }

  /** Whether the registration is known to be gone. */
  get missing(): boolean {
    return this.#synced && this.#registration === undefined;
  }

  /** Whether some node is in maintenance and the API server is not told to ask for all that it should. */
  get unarmed(): boolean {
    const wanted = this.#ports.wanted();
    if (this.#registration === undefined || wanted?.armed !== true) return false;
    const repair = repairOf(this.#registration, { ...wanted, repairsEntries: true, spared: () => true });
    return repair?.drifts.some((drift) => UNASKED.includes(drift)) === true;
  }

  /** Whether no entry of ours trusts anybody, so that no call can succeed; undefined while that is not known. */
  get trustsNobody(): boolean | undefined {
    if (!this.#synced) return undefined;
    return this.#ourEntries().every((entry) => trustedBy(entry).length === 0);
  }

  /** How often each kind of drift was repaired. */
  get drifts(): ReadonlyMap<Drift, number> {
    return this.#drifts;
  }

  /** Since when every entry of ours trusts a certificate (normalPem), in ms since the epoch; undefined where one does not. */
  trustedSince(certificate: string): number | undefined {
    return this.#trusted.get(certificate);
  }

  /** Follows the registration until the signal aborts, and keeps it right. Never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    const { cluster, trustChanged } = this.#ports;
    const seen = (registration: unknown): void => {
      this.#synced = true;
      this.#unreadable = undefined;
      this.#see(registration);
    };
    const place = { collection: WEBHOOK_CONFIGURATIONS, name: REGISTRATION_NAME };
    // Whom nobody trusts yet need not wait for trust.
    const listener = { seen, synced: trustChanged };
    const refused = (thrown: unknown): void => {
      this.#refused(messageOf(thrown));
    };
    await this.#loop.during(followObject(cluster, place, listener, { signal, readAgainMs: READ_AGAIN_MS, refused }));
  }

  /** The same refusal again is no news. */
  #refused(error: string): void {
    if (error !== this.#unreadable)
      this.#ports.log.error({ error }, 'the registration cannot be read, and is not kept');
    this.#unreadable = error;
  }

  /** Looks whether something has to be written; whatever may change that calls this. */
  check(): void {
    this.#loop.check();
  }

  /** As `check`, and without the pause: entries are wanted in another way than before. */
  entriesChanged(): void {
    this.#repairedAt = -Infinity;
    this.check();
  }

  #see(registration: unknown): void {
    const wasMissing = this.missing;
    this.#registration = registration;
    this.#noteTrust();
    if (this.missing && !wasMissing) {
      // Whoever installs it again does not wait for its entries.
      this.#repairedAt = -Infinity;
      this.#ports.log.error(
        { registration: REGISTRATION_NAME },
        'the ValidatingWebhookConfiguration is gone: no request is reviewed until it is installed again',
      );
    }
    this.check();
  }

  /** Whom entries of others trust, which stay as they are, is no matter of ours. */
  #ourEntries(): readonly unknown[] {
    return listAt(this.#registration, 'webhooks').filter((entry) => isOurEntry(textAt(entry, 'name') ?? ''));
  }

  #noteTrust(): void {
    const now = this.#ports.now();
    const bundles = this.#ourEntries().map((entry) => new Set(trustedBy(entry)));
    const [first, ...others] = bundles;
    const all = [...(first ?? [])].filter((certificate) => others.every((bundle) => bundle.has(certificate)));
    const fresh = all.filter((certificate) => !this.#trusted.has(certificate));
    for (const certificate of this.#trusted.keys()) if (!all.includes(certificate)) this.#trusted.delete(certificate);
    for (const certificate of fresh) this.#trusted.set(certificate, now);
    if (fresh.length > 0) this.#ports.trustChanged();
  }

  /** Certificates that nobody asks for are trusted for a while more. */
  #isSpared(certificate: string): boolean {
    const now = this.#ports.now();
    const since = this.#unwanted.get(certificate) ?? now;
    this.#unwanted.set(certificate, since);
    return now - since < SPARED_MS;
  }

  async #repair(): Promise<boolean> {
    const repair = this.#due();
    if (repair === undefined) return true;
    try {
      return await this.#write(repair);
    } catch (thrown) {
      this.#ports.log.error({ error: messageOf(thrown), drifts: repair.drifts }, 'registration not written');
      return false;
    }
  }

  /** What has to be written now. Nothing is disarmed unasked, and nothing else waits for the answer. */
  #due(): Repair | undefined {
    const repair = this.#repairFor(true);
    if (repair?.drifts.includes('disarmed') !== true) return repair;
    if (this.#ports.now() - this.#freeAt < FREE_MS) return repair;
    this.#askWhetherFree();
    return this.#repairFor(false);
  }

  /** Where another replica, whose watch hangs, arms what was disarmed, the two must not write in turns. */
  #askWhetherFree(): void {
    const { now, isAnyInMaintenance } = this.#ports;
    if (this.#asksWhetherFree || now() - this.#disarmedAt < DISARM_AFTER_MS) return;
    this.#asksWhetherFree = true;
    void isAnyInMaintenance().then((isInMaintenance) => {
      this.#asksWhetherFree = false;
      if (isInMaintenance) return;
      this.#freeAt = now();
      // Looked at anew: a mark may have come meanwhile.
      this.check();
    });
  }

  #repairFor(mayDisarm: boolean): Repair | undefined {
    const wanted = this.#ports.wanted();
    if (this.#registration === undefined || wanted === undefined) return undefined;
    for (const certificate of wanted.authorities ?? []) this.#unwanted.delete(certificate);
    return repairOf(this.#registration, {
      ...wanted,
      armed: wanted.armed === false && !mayDisarm ? undefined : wanted.armed,
      repairsEntries: this.#ports.now() - this.#repairedAt >= REPAIR_PAUSE_MS,
      spared: (certificate) => this.#isSpared(certificate),
    });
  }

  /** False where somebody else was faster; the watch tells what they wrote. */
  async #write({ webhooks, drifts }: Repair): Promise<boolean> {
    const { cluster, log, now } = this.#ports;
    const signal = AbortSignal.timeout(WRITE_MS);
    const answer = await cluster.send(registrationPatch(this.#registration, webhooks, signal));
    if (answer.status === 409 || answer.status === 404) return false;
    if (answer.status >= 300) throw refusalFromAnswer(answer);
    for (const drift of drifts) this.#drifts.set(drift, (this.#drifts.get(drift) ?? 0) + 1);
    if (drifts.some((drift) => STATIC.includes(drift))) this.#repairedAt = now();
    if (drifts.includes('disarmed')) {
      this.#disarmedAt = now();
      this.#freeAt = -Infinity;
    }
    log.info({ drifts }, 'registration written');
    this.#registration = answer.body;
    this.#noteTrust();
    return true;
  }
}

/** What is repaired with a pause in between. */
const STATIC: readonly Drift[] = ['entry', 'missing_entry', 'foreign_entry', 'namespace_selector', 'object_selector'];

/** What keeps the API server from asking about all that it should. */
const UNASKED: readonly Drift[] = ['armed', 'missing_entry', 'entry', 'namespace_selector', 'object_selector'];
