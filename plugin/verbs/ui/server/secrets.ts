import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Bytes of a secret: 256 bits cannot be guessed. */
const SECRET_BYTES = 32;

/** What a browser gets for a token: a cookie, and a key that its page alone knows and sends with every call. */
export interface Opening {
  readonly cookie: string;
  readonly key: string;
}

/**
 * Who may use the page. A token opens it once. A cookie alone opens nothing: browsers send it to every port of this machine,
 * and whoever listens there could use it. None of it outlives the process.
 */
export class Secrets {
  readonly #open = new Map<string, string>();
  #token = secret();

  /** The token that has not been used yet. */
  get token(): string {
    return this.#token;
  }

  /** Takes a token for good, and makes the next one; undefined where it is not the one. */
  exchange(token: string): Opening | undefined {
    if (!isSame(token, this.#token)) return undefined;
    this.#token = secret();
    const opening = { cookie: secret(), key: secret() };
    this.#open.set(opening.cookie, opening.key);
    return opening;
  }

  /** Whether this cookie and this key were given out together. */
  isOpen(cookie: string | undefined, key: string | undefined): boolean {
    const known = cookie === undefined ? undefined : this.#open.get(cookie);
    return known !== undefined && key !== undefined && isSame(key, known);
  }
}

function secret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** In a time that tells nothing of how much was right. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
