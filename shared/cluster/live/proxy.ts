import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment asks for on the way to a server, by Go's rules (golang.org/x/net/http/httpproxy),
 * because kubectl follows those: HTTPS_PROXY or HTTP_PROXY by the server's scheme, NO_PROXY, never for loopback.
 * Undefined is none. Throws TypeError where `server` is no URL.
 */
export function proxyFromEnvironment(server: string, env: Environment): string | undefined {
  const url = new URL(server);
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = either(env, name);
  if (proxy === '') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isLoopback(host)) return undefined;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const isExempt = either(env, 'NO_PROXY')
    .split(',')
    .some((entry) => isMeantBy(entry.trim().toLowerCase(), host, port));
  if (isExempt) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function either(env: Environment, name: string): string {
  const upper = env[name] ?? '';
  return upper === '' ? (env[name.toLowerCase()] ?? '') : upper;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** A name or address, bare or in brackets, with or without a port. */
const ENTRY = /^(?:\[(?<six>[^\]]+)\]|(?<plain>[^:]+))(?::(?<port>\d+))?$/;

function isMeantBy(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(entry, host);
  const parts = ENTRY.exec(entry)?.groups ?? { plain: entry };
  if (parts.port !== undefined && parts.port !== port) return false;
  return isName(parts.six ?? parts.plain ?? entry, host);
}

/** `.example.com` means what is below it, `example.com` itself as well. */
function isName(name: string, host: string): boolean {
  if (name === '' || isIP(host) !== 0) return host === name;
  const domain = name.replace(/^\*/, '');
  if (domain.startsWith('.')) return host.endsWith(domain);
  return host === domain || host.endsWith(`.${domain}`);
}

function isInNetwork(entry: string, host: string): boolean {
  const [network = '', length = ''] = entry.split('/');
  const kind = isIP(network);
  const bits = Number(length);
  if (kind === 0 || isIP(host) !== kind || !/^\d+$/.test(length) || bits > (kind === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const family = kind === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}
