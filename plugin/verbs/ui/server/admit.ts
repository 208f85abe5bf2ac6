/** What of a request tells where it comes from. */
export interface Origin {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site, which pages cannot forge. */
  readonly fetchSite: string | undefined;
}

/**
 * Why a request is refused before anything of it is looked at; undefined: it may go on. A name that somebody has bound to
 * 127.0.0.1 is another host, and a page of another port of this machine is another origin, although browsers send it our
 * cookie.
 */
export function refusedOrigin({ method, host, origin, fetchSite }: Origin, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !hosts.includes(host)) return 'this address is not one of this server';
  if (origin === undefined && method !== 'GET')
    return 'a request that asks for something has to say where it comes from';
  if (origin !== undefined && origin !== `http://${host}`) return 'a page of another origin asks';
  return fetchSite === undefined || fetchSite === 'same-origin' || isOpening(method, fetchSite)
    ? undefined
    : 'a page of another site asks';
}

/** Somebody types the address, or follows a link to it: what the page loads then is asked for by the page itself. */
function isOpening(method: string, fetchSite: string): boolean {
  return method === 'GET' && fetchSite === 'none';
}

/** The value of a cookie in a request's header. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const pair = header?.split('; ').find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** Browsers keep cookies by host, whatever the port: two servers at once must not take each other's. */
export function cookieName(port: number): string {
  return `kubectl-maint-ui-${port}`;
}

/** What every answer says to the browser: nothing inline, nothing from elsewhere, no frames, nothing kept. */
export const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};
