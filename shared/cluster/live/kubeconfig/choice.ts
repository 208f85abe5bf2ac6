import { isAbsolute, join } from 'node:path';
import { MaintError } from '../../../errors.ts';
import { isTrueAt, textAt } from '../../../facts/json.ts';
import type { Endpoint } from '../agent.ts';
import type { ConnectOptions } from '../connection-options.ts';
import { proxyFromEnvironment } from '../proxy.ts';
import { type Entry, type Kubeconfig, nonEmpty } from './files.ts';

/** The cluster and the user that the flags and the current context come down to. */
export interface Choice {
  /** Name of the cluster; `--server` stands for another machine, so its address then. */
  readonly name: string;
  /** Name of the context that was followed; undefined where flags say everything. */
  readonly context: string | undefined;
  /** The namespace that the context names. */
  readonly namespace: string | undefined;
  readonly endpoint: Endpoint;
  /** As written below `cluster:`; exec plugins may ask for parts of it. */
  readonly cluster: unknown;
  /** Undefined where the context names no user. */
  readonly user: Entry | undefined;
}

/** Whether neither file nor flag says where the cluster is. */
export function isSilent(config: Kubeconfig, options: ConnectOptions): boolean {
  const { server, context, cluster, user } = options;
  const asked = [server, context, cluster, user].some((flag) => nonEmpty(flag) !== undefined);
  return !asked && config.clusters.size === 0 && config.contexts.size === 0 && config.currentContext === undefined;
}

/** Follows context, cluster and user through the files. Throws MaintError('usage') where one of them is not there. */
export function chooseFrom(config: Kubeconfig, options: ConnectOptions): Choice {
  const context = chosenContext(config, options);
  const cluster = chosenCluster(config, options, context);
  const userName = nonEmpty(options.user) ?? nonEmpty(textAt(context?.value, 'user'));
  const user = userName === undefined ? undefined : config.users.get(userName);
  if (userName !== undefined && user === undefined) {
    throw missing(
      `auth info "${userName}" does not exist`,
      config.users,
      options.user === undefined ? context : undefined,
    );
  }
  const endpoint = endpointFrom(cluster, options);
  const name = nonEmpty(options.server) === undefined ? endpoint.name : endpoint.server;
  return { name, ...placeOf(context), endpoint, cluster: cluster?.value, user };
}

function placeOf(context: Entry | undefined): Pick<Choice, 'context' | 'namespace'> {
  return { context: context?.name, namespace: nonEmpty(textAt(context?.value, 'namespace')) };
}

function chosenContext(config: Kubeconfig, options: ConnectOptions): Entry | undefined {
  const name = nonEmpty(options.context) ?? config.currentContext;
  if (name === undefined) return undefined;
  const context = config.contexts.get(name);
  if (context === undefined) throw missing(`context "${name}" does not exist`, config.contexts);
  return context;
}

function chosenCluster(config: Kubeconfig, options: ConnectOptions, context: Entry | undefined): Entry | undefined {
  const flag = nonEmpty(options.cluster);
  const name = flag ?? nonEmpty(textAt(context?.value, 'cluster'));
  const cluster = name === undefined ? undefined : config.clusters.get(name);
  if (cluster !== undefined || nonEmpty(options.server) !== undefined) return cluster;
  if (name !== undefined) {
    throw missing(`cluster "${name}" does not exist`, config.clusters, flag === undefined ? context : undefined);
  }
  if (context !== undefined) throw missing(`context "${context.name}" names no cluster`, config.clusters);
  throw missing('no context is chosen: current-context is not set', config.contexts);
}

function missing(what: string, known: ReadonlyMap<string, Entry>, context?: Entry): MaintError {
  const names = [...known.keys()].sort();
  const hint = names.length === 0 ? 'the kubeconfig holds none' : `known: ${names.join(', ')}`;
  const where = context === undefined ? '' : ` (context "${context.name}" names it)`;
  return new MaintError('usage', `${what}${where}`, { hint });
}

function endpointFrom(cluster: Entry | undefined, options: ConnectOptions): Endpoint {
  const value = cluster?.value;
  const name = cluster?.name ?? 'given by --server';
  const server = serverFrom(nonEmpty(options.server) ?? nonEmpty(textAt(value, 'server')), name);
  return {
    name,
    server,
    ...trustFrom(cluster, options),
    tlsServerName: serverNameFrom(value, options),
    proxyUrl: nonEmpty(textAt(value, 'proxy-url')) ?? proxyFromEnvironment(server, options.env),
  };
}

/** `--server` stands for another machine, so the name that the kubeconfig expects no longer holds. */
function serverNameFrom(value: unknown, options: ConnectOptions): string | undefined {
  const given = nonEmpty(options.tlsServerName);
  if (given !== undefined || nonEmpty(options.server) !== undefined) return given;
  return nonEmpty(textAt(value, 'tls-server-name'));
}

type Trust = Pick<Endpoint, 'caData' | 'caFile' | 'skipTlsVerify'>;

function trustFrom(cluster: Entry | undefined, options: ConnectOptions): Trust {
  const given = nonEmpty(options.certificateAuthority);
  const { caData, caFile } = authorityFrom(cluster, given, options.insecureSkipTlsVerify === true);
  const skipTlsVerify = options.insecureSkipTlsVerify ?? isTrueAt(cluster?.value, 'insecure-skip-tls-verify');
  if (skipTlsVerify && (caData !== undefined || caFile !== undefined)) throw contradiction();
  return { caData, caFile, skipTlsVerify };
}

/** The flag for a CA and the flag for none each replace what the kubeconfig says. */
function authorityFrom(
  cluster: Entry | undefined,
  given: string | undefined,
  insecure: boolean,
): Pick<Endpoint, 'caData' | 'caFile'> {
  if (given !== undefined || insecure) return { caData: undefined, caFile: given };
  return {
    caData: nonEmpty(textAt(cluster?.value, 'certificate-authority-data')),
    caFile: absolute(textAt(cluster?.value, 'certificate-authority'), cluster),
  };
}

function contradiction(): MaintError {
  return new MaintError('usage', 'specifying a root certificates file with the insecure flag is not allowed', {
    hint: 'drop insecure-skip-tls-verify, or the certificate authority',
  });
}

/** kubectl takes an address without a scheme for http on flags and https in files; here it is https. */
function serverFrom(text: string | undefined, cluster: string): string {
  if (text === undefined) {
    throw new MaintError('usage', `cluster "${cluster}" has no server`, { hint: 'set clusters[].cluster.server' });
  }
  const address = text.includes('://') ? text : `https://${text}`;
  const url = URL.parse(address);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw new MaintError('usage', `cluster "${cluster}": "${text}" is not the address of a server`, {
      hint: 'write https://host:port',
    });
  }
  return address.replace(/\/+$/, '');
}

/** A path of a kubeconfig entry; relative ones start at its file. */
export function absolute(path: string | undefined, entry: Entry | undefined): string | undefined {
  if (path === undefined || path === '' || entry === undefined) return undefined;
  return isAbsolute(path) ? path : join(entry.folder, path);
}
