import { fieldsAt, listAt, MaintError, textAt } from '../../../shared/index.ts';
import { askServer, type ServerPorts } from '../servers/ask.ts';

/** A label of an alert that a silence is about (Alertmanager's API v2). */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** Where silences are looked for, and what tells ours from all others. */
export interface Marked {
  readonly server: string;
  /** One of its matchers in Alertmanager's words, so that not all silences are read. */
  readonly filter: string;
  /** The end of its comment. */
  readonly marker: string;
}

/** A silence that goes on. */
export interface Silence {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
  /** As Alertmanager tells of it. */
  readonly told: unknown;
}

/** `node="worker-3"` */
export function renderMatcher({ name, value, isRegex, isEqual }: Matcher): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  return `${name}${operator}${JSON.stringify(value)}`;
}

const SILENCES = '/api/v2/silences';

/** The silences with a marker that have not ended: one, but for a command that was killed at the wrong moment. */
export async function silencesWith(
  { server, filter, marker }: Marked,
  ports: ServerPorts,
): Promise<readonly Silence[]> {
  const query = { filter, active: 'true', pending: 'true', expired: 'false' };
  const all = listAt(await askServer(server, { method: 'GET', path: SILENCES, query }, ports));
  return all
    .filter((one) => textAt(one, 'comment')?.endsWith(marker) === true && textAt(one, 'status', 'state') !== 'expired')
    .map((told) => ({
      id: textAt(told, 'id') ?? '',
      endsAt: Date.parse(textAt(told, 'endsAt') ?? ''),
      told,
    }));
}

/** What a new silence says. */
export interface NewSilence {
  readonly matchers: readonly Matcher[];
  readonly createdBy: string;
  readonly comment: string;
}

/** Makes a silence that ends then. Throws MaintError. */
export async function createSilence(
  server: string,
  silence: NewSilence,
  endsAt: number,
  ports: ServerPorts,
): Promise<void> {
  await post(server, { ...silence, startsAt: AT_ONCE, endsAt: new Date(endsAt).toISOString() }, ports);
}

/** For a start in the past Alertmanager puts in its own now, whose clock may be another one than ours. */
const AT_ONCE = '2000-01-01T00:00:00Z';

/**
 * Gives a silence another end. One that somebody ends at the same moment stays ended: Alertmanager makes a new one of it then,
 * with another id. Throws MaintError.
 */
export async function extendSilence(
  server: string,
  { id, told }: Silence,
  endsAt: number,
  ports: ServerPorts,
): Promise<void> {
  const { matchers, startsAt, createdBy, comment, annotations } = fieldsAt(told);
  const body = { id, matchers, startsAt, endsAt: new Date(endsAt).toISOString(), createdBy, comment, annotations };
  const made = await post(server, body, ports);
  if (made !== id) await expireSilence(server, { id: made }, ports);
}

/** The id of the silence. */
async function post(server: string, body: object, ports: ServerPorts): Promise<string> {
  const answer = await askServer(server, { method: 'POST', path: SILENCES, body }, ports);
  const id = textAt(answer, 'silenceID');
  if (id === undefined) throw new MaintError('gave-up', `${server} knows no such silence any more`);
  return id;
}

/** Ends a silence now. False where there is none such any more. Throws MaintError. */
export async function expireSilence(server: string, { id }: Pick<Silence, 'id'>, ports: ServerPorts): Promise<boolean> {
  const path = `/api/v2/silence/${encodeURIComponent(id)}`;
  return (await askServer(server, { method: 'DELETE', path }, ports)) !== undefined;
}
