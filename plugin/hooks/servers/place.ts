import type { Right } from '../../preflight/rights.ts';

/**
 * Where the API of a system is: `NAMESPACE/[https:]SERVICE:PORT[/PATH]` for a Service, which is reached through the API server
 * with the rights of whoever asks, or an address of its own, without a name and a password in it.
 */
export const SERVER =
  /^(?!.*\/\.\.?(?:\/|$))(?:https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?|[a-z0-9-]+\/(?:https:)?[a-z0-9-]+:[a-z0-9-]+(?:\/[^\s?#]*)?)$/;

/** How a server is written, for whoever wrote something else. */
export const SERVER_FORM =
  'NAMESPACE/SERVICE:PORT, or an address like https://HOST, with a path below it where it has one';

/** A Service, as the API server's proxy knows it. */
export interface Service {
  readonly namespace: string;
  /** `[https:]SERVICE:PORT` */
  readonly name: string;
  readonly path: string;
}

/** The Service of a server; undefined for an address of its own. */
export function serviceOf(server: string): Service | undefined {
  if (/^https?:\/\//.test(server)) return undefined;
  const [namespace = '', name = '', ...path] = server.replace(/\/$/, '').split('/');
  return { namespace, name, path: path.map((part) => `/${encodeURIComponent(part)}`).join('') };
}

/** What the API server is asked for where it stands between; nothing for an address of its own. */
export function rightsOnServer(server: string, verbs: readonly string[]): readonly Right[] {
  const service = serviceOf(server);
  if (service === undefined) return [];
  const { namespace, name } = service;
  return verbs.map((verb) => ({ verb, group: '', resource: 'services', subresource: 'proxy', namespace, name }));
}
