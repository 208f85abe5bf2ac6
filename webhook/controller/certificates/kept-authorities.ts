import {
  objectPath,
  refusalFromAnswer,
  renderProblem,
  type ClusterReader,
  type ClusterSender,
} from '../../../shared/index.ts';
import type { Log } from '../../log.ts';
import { issueAuthority } from '../../tls/issue.ts';
import { replacing, type ObjectPlace } from '../replacing.ts';
import { authoritiesFromSecret, secretFromAuthorities } from './authority-secret.ts';
import { afterStep, dueStep, type AuthoritySet, type Step, type Trust } from './rotation.ts';

/** What keeping needs. */
export interface KeepingPorts extends Trust {
  readonly cluster: ClusterReader & ClusterSender;
  readonly log: Log;
}

/** Writes that somebody else was faster with are read again; more often than this in a row something else is wrong. */
const MAX_TRIES = 5;

/**
 * The authorities in their Secret: what stands there counts, and nothing is remembered. A Secret that was deleted, emptied
 * or swapped for something unreadable asks for a new authority, on purpose or not: the former one is trusted on for a
 * while, so that no call fails, and then no more.
 */
export class KeptAuthorities {
  readonly #place: ObjectPlace;
  readonly #ports: KeepingPorts;

  constructor(place: ObjectPlace, ports: KeepingPorts) {
    this.#place = place;
    this.#ports = ports;
  }

  /** Reads the Secret, and makes the step that is due. Throws ClusterRefusal or MaintError('cluster'). */
  async refresh(now: number): Promise<AuthoritySet> {
    for (let tries = 1; ; tries += 1) {
      const { namespace, name } = this.#place;
      const secret = await this.#ports.cluster.get(objectPath('v1/secrets', namespace, name));
      const known = this.#known(secret);
      const step = known === undefined ? 'replace' : dueStep(known, now, this.#ports);
      if (known !== undefined && step === undefined) return known;
      const wanted = await wantedAfter(known, step ?? 'replace', now);
      if (await this.#write(wanted, secret, tries)) return this.#stepped(wanted, step ?? 'replace');
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

  /** False where somebody else was faster. */
  async #write(authorities: AuthoritySet, replaced: unknown, tries: number): Promise<boolean> {
    const body = secretFromAuthorities(authorities, this.#place, replaced);
    const answer = await this.#ports.cluster.send(replacing('v1/secrets', this.#place, body, replaced));
    if (answer.status < 300) return true;
    if ((answer.status === 409 || answer.status === 404) && tries < MAX_TRIES) return false;
    throw refusalFromAnswer(answer);
  }

  #stepped(authorities: AuthoritySet, step: Step): AuthoritySet {
    const notAfter = new Date(authorities.current.notAfter).toISOString();
    this.#ports.log.info({ step, notAfter }, 'authority written');
    return authorities;
  }
}

async function wantedAfter(known: AuthoritySet | undefined, step: Step, now: number): Promise<AuthoritySet> {
  const issue = () => issueAuthority(now);
  if (known !== undefined) return afterStep(known, step, now, issue);
  return { current: await issue(), next: undefined, old: undefined, steppedAt: now };
}
