import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { MaintError, messageOf } from '../../../errors.ts';
import { at, isObject, listAt, textAt, textsAt } from '../../../facts/json.ts';
import type { ClientCertificate, Endpoint } from '../agent.ts';
import type { ConnectOptions } from '../connection-options.ts';
import { type ExecContext, parseExecConfig } from '../credentials/exec-config.ts';
import { bearer, type CredentialSource, fixedCredential } from '../credentials/source.ts';
import { tokenFromFile } from '../credentials/token-file.ts';
import { type Impersonation } from '../impersonation.ts';
import type { Pace } from '../pace.ts';
import { absolute, type Choice } from './choice.ts';
import { type Entry, nonEmpty } from './files.ts';

/**
 * Where the chosen user's credentials come from: a token (flag, file, text) before username and password, before an
 * exec plugin, before oidc; a client certificate goes with any of them. That is client-go's order.
 * Throws MaintError('usage') where the user cannot be used.
 */
export async function credentialsOf(choice: Choice, options: ConnectOptions, pace: Pace): Promise<CredentialSource> {
  const { user } = choice;
  const certificate = certificateFromFlags(options) ?? certificateOf(user);
  const token = tokenOf(user, nonEmpty(options.token), certificate, pace);
  if (token !== undefined) return token;
  const authorization = basicOf(user);
  if (authorization === undefined && user !== undefined) {
    if (isObject(at(user.value, 'exec'))) return fromPlugin(user, choice, options, pace);
    if (isObject(at(user.value, 'auth-provider'))) return fromProvider(user, certificate, pace);
  }
  return fixedCredential({ authorization, certificate });
}

function tokenOf(
  user: Entry | undefined,
  flag: string | undefined,
  certificate: ClientCertificate | undefined,
  pace: Pace,
): CredentialSource | undefined {
  if (flag !== undefined) return fixedCredential({ authorization: bearer(flag), certificate });
  const token = nonEmpty(textAt(user?.value, 'token'));
  const path = absolute(textAt(user?.value, 'tokenFile'), user);
  if (path !== undefined) {
    return tokenFromFile({ path, fallback: token, certificate, pace });
  }
  return token === undefined ? undefined : fixedCredential({ authorization: bearer(token), certificate });
}

/** Whom to act as: a flag replaces what the kubeconfig user says. */
export function impersonationOf(user: Entry | undefined, options: ConnectOptions): Impersonation {
  const value = user?.value;
  const groups = options.asGroups ?? [];
  const extra = at(value, 'as-user-extra');
  return {
    user: nonEmpty(options.as) ?? nonEmpty(textAt(value, 'as')),
    groups: groups.length > 0 ? groups : textsAt(value, 'as-groups'),
    uid: nonEmpty(options.asUid) ?? nonEmpty(textAt(value, 'as-uid')),
    extra: new Map(isObject(extra) ? Object.keys(extra).map((key) => [key, textsAt(extra, key)]) : []),
  };
}

/** The files that the flags name, instead of what the kubeconfig user has. */
function certificateFromFlags({ clientCertificate, clientKey }: ConnectOptions): ClientCertificate | undefined {
  const [certFile, keyFile] = [nonEmpty(clientCertificate), nonEmpty(clientKey)];
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile !== undefined && keyFile !== undefined)
    return { certData: undefined, certFile, keyData: undefined, keyFile };
  throw new MaintError('usage', 'only one of --client-certificate and --client-key is given', {
    hint: 'a certificate is of no use without its key: name both files',
  });
}

function certificateOf(user: Entry | undefined): ClientCertificate | undefined {
  if (user === undefined) return undefined;
  const certData = nonEmpty(textAt(user.value, 'client-certificate-data'));
  const certFile = absolute(textAt(user.value, 'client-certificate'), user);
  const keyData = nonEmpty(textAt(user.value, 'client-key-data'));
  const keyFile = absolute(textAt(user.value, 'client-key'), user);
  const halves = [certData ?? certFile, keyData ?? keyFile].filter((half) => half !== undefined);
  if (halves.length === 0) return undefined;
  if (halves.length === 2) return { certData, certFile, keyData, keyFile };
  throw new MaintError('usage', `user "${user.name}" has only one of client certificate and client key`, {
    hint: 'set both client-certificate(-data) and client-key(-data)',
  });
}

function basicOf(user: Entry | undefined): string | undefined {
  const name = nonEmpty(textAt(user?.value, 'username'));
  if (name === undefined) return undefined;
  const password = textAt(user?.value, 'password') ?? '';
  return `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`;
}

async function fromPlugin(user: Entry, choice: Choice, options: ConnectOptions, pace: Pace): Promise<CredentialSource> {
  const { credentialFromExec } = await import('../credentials/exec.ts');
  const context: ExecContext = {
    stdinIsTerminal: options.stdinIsTerminal === true,
    cluster: await clusterInfo(choice),
  };
  const config = parseExecConfig(at(user.value, 'exec'), user.name, context);
  // A command with a separator is a path, and like every path of a kubeconfig relative to its file.
  const command = config.command.includes(sep) ? (absolute(config.command, user) ?? config.command) : config.command;
  return credentialFromExec({
    config: { ...config, command },
    env: options.env,
    certificate: certificateFromFlags(options) ?? certificateOf(user),
    pace,
  });
}

async function fromProvider(
  user: Entry,
  certificate: ClientCertificate | undefined,
  pace: Pace,
): Promise<CredentialSource> {
  const provider = textAt(user.value, 'auth-provider', 'name') ?? '';
  if (provider !== 'oidc') {
    throw new MaintError('usage', `user "${user.name}": no Auth Provider found for name "${provider}"`, {
      hint: 'kubectl has dropped it too: use the exec plugin of your provider',
    });
  }
  const { tokenFromOidc } = await import('../credentials/oidc.ts');
  const { keepTokens } = await import('./keep-tokens.ts');
  const config = at(user.value, 'auth-provider', 'config');
  return tokenFromOidc({ config, certificate, pace, keep: (tokens) => keepTokens(user, tokens) });
}

/** Name of the extension of a cluster entry that is meant for exec plugins. */
const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';

async function clusterInfo({ endpoint, cluster }: Choice): Promise<Readonly<Record<string, unknown>>> {
  const extension = listAt(cluster, 'extensions').find((entry) => textAt(entry, 'name') === EXEC_EXTENSION);
  const caData = endpoint.caData ?? (await authorityData(endpoint));
  return {
    server: endpoint.server,
    ...(endpoint.tlsServerName !== undefined && { 'tls-server-name': endpoint.tlsServerName }),
    ...(endpoint.skipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(caData !== undefined && { 'certificate-authority-data': caData }),
    ...(textAt(cluster, 'proxy-url') !== undefined && { 'proxy-url': textAt(cluster, 'proxy-url') }),
    config: at(extension, 'extension') ?? null,
  };
}

async function authorityData({ caFile }: Endpoint): Promise<string | undefined> {
  if (caFile === undefined) return undefined;
  try {
    return await readFile(caFile, 'base64');
  } catch (cause) {
    throw new MaintError('usage', `cannot read certificate-authority: ${messageOf(cause)}`, { cause });
  }
}
