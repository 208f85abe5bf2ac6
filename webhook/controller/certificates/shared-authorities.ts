import {
  objectPath,
  collectionPath,
  refusalFromAnswer,
  renderProblem,
  type ApiAnswer,
  type ClusterReader,
  type ClusterSender,
} from '../../../shared/index.ts';
import type { Log } from '../../log.ts';
import { authoritiesFromSecret, secretFromAuthorities, type SecretPlace } from './authority-secret.ts';
import { issueAuthority } from '../../tls/issue.ts';
import { afterStep, dueStep, type AuthoritySet, type Step, type Trust } from './rotation.ts';

/** What sharing needs. */
export interface SharingPorts extends Trust {
  readonly cluster: ClusterReader & ClusterSender;
  readonly log: Log;
}

/** Writes that somebody else was faster with are read again; more often than this in a row something else is wrong. */
const MAX_TRIES = 5;

/**
 * The authorities in the Secret that all replicas share. No replica leads: each may make the next step, and whoever is
 * second finds it made (AlreadyExists, or a resourceVersion that has moved). A Secret that was deleted, emptied or
 * swapped for something unreadable is written anew from memory, so that nobody's trust changes.
 */
export class SharedAuthorities {
  readonly #place: SecretPlace;
  readonly #ports: SharingPorts;
  /** As last read or written; undefined before the first time. */
  #remembered: AuthoritySet | undefined;
  #rotations = 0;

  constructor(place: SecretPlace, ports: SharingPorts) {
    this.#place = place;
    this.#ports = ports;
  }

  /** How often this replica has made an authority sign that did not before. */
  get rotations(): number {
    return this.#rotations;
  }

  /** Reads the Secret, and makes the step that is due. Throws ClusterRefusal or MaintError('cluster'). */
  async refresh(now: number): Promise<AuthoritySet> {
    for (let tries = 1; ; tries += 1) {
      const secret = await this.#ports.cluster.get(this.#path());
      const known = this.#known(secret);
      const step = known === undefined ? 'replace' : dueStep(known, now, this.#ports);
      if (known !== undefined && step === undefined) return this.#take(known);
      const wanted = await this.#wanted(known, step ?? 'replace', now);
      if (await this.#write(wanted, secret, tries)) return this.#take(wanted, step);
    }
  }

  /** Undefined where there is none, or none that can be read. */
  #known(secret: unknown): AuthoritySet | undefined {
    if (secret === undefined) return undefined;
    const read = authoritiesFromSecret(secret);
    if (read.ok) return read.value;
    this.#ports.log.warn({ problems: read.problems.map(renderProblem) }, 'the Secret of the authority cannot be read');
    return undefined;
  }

  async #wanted(known: AuthoritySet | undefined, step: Step, now: number): Promise<AuthoritySet> {
    const issue = () => issueAuthority(now);
    if (known !== undefined) return afterStep(known, step, now, issue);
    const remembered = this.#remembered;
    if (remembered !== undefined && now < remembered.current.notAfter) return remembered;
    return { current: await issue(), next: undefined, old: undefined, steppedAt: now };
  }

  /** False where somebody else was faster. */
  async #write(authorities: AuthoritySet, replaced: unknown, tries: number): Promise<boolean> {
    const body = secretFromAuthorities(authorities, this.#place, replaced);
    const answer: ApiAnswer = await this.#ports.cluster.send(
      replaced === undefined
        ? { method: 'POST', path: collectionPath('v1/secrets', this.#place.namespace), body }
        : { method: 'PUT', path: this.#path(), body },
    );
    if (answer.status < 300) return true;
    if ((answer.status === 409 || answer.status === 404) && tries < MAX_TRIES) return false;
    throw refusalFromAnswer(answer);
  }

  #take(authorities: AuthoritySet, step?: Step): AuthoritySet {
    if (step !== undefined) {
      if (step === 'promote') this.#rotations += 1;
      this.#ports.log.info(
        { step, notAfter: new Date(authorities.current.notAfter).toISOString() },
        'authority written',
      );
    }
    this.#remembered = authorities;
    return authorities;
  }

  #path(): string {
    return objectPath('v1/secrets', this.#place.namespace, this.#place.name);
  }
}
