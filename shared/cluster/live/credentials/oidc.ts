import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { readFile } from 'node:fs/promises';
import { MaintError, messageOf } from '../../../errors.ts';
import { numberAt, textAt } from '../../../facts/json.ts';
import type { ClientCertificate } from '../agent.ts';
import type { Pace } from '../pace.ts';
import { bearer, type CredentialSource } from './source.ts';

/** A token that ends within this time is renewed first, as in client-go, so that it does not end under way. */
const EXPIRY_MARGIN_MS = 10_000;

/** An issuer that is silent for so long is down. */
const ISSUER_MS = 30_000;

export interface OidcOptions {
  /** `auth-provider.config` of the kubeconfig user; values are strings there. */
  readonly config: unknown;
  readonly certificate: ClientCertificate | undefined;
  readonly pace: Pace;
  /** Keeps renewed tokens: an issuer that rotates refresh tokens does not take the old one twice. */
  readonly keep: (tokens: Tokens) => Promise<void>;
}

export interface Tokens {
  readonly idToken: string;
  readonly refreshToken: string | undefined;
}

/**
 * The id token of kubectl's `oidc` auth provider, renewed at the issuer's token endpoint when it has expired or was
 * refused. The Kubernetes client's own renewal always throws in 2.0.1. `current` throws MaintError('cluster').
 */
export function tokenFromOidc({ config, certificate, pace, keep }: OidcOptions): CredentialSource {
  const given = textAt(config, 'refresh-token');
  let tokens: Tokens = { idToken: textAt(config, 'id-token') ?? '', refreshToken: given === '' ? undefined : given };
  let renewal: Promise<void> | undefined;

  async function renew(): Promise<void> {
    tokens = await renewed(config, tokens);
    await keep(tokens);
  }

  return {
    async current() {
      if (expiryOf(tokens.idToken) - EXPIRY_MARGIN_MS <= pace.wallClock()) {
        renewal ??= renew().finally(() => (renewal = undefined));
        await renewal;
      }
      return { authorization: bearer(tokens.idToken), certificate };
    },
    reload(refused) {
      if (tokens.refreshToken === undefined) return false;
      if (refused.authorization === bearer(tokens.idToken)) tokens = { ...tokens, idToken: '' };
      return true;
    },
  };
}

/** Milliseconds since 1970 at which a JWT ends; 0 where it cannot be read, so that it is renewed. */
function expiryOf(jwt: string): number {
  try {
    const payload: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return (numberAt(payload, 'exp') ?? 0) * 1000;
  } catch {
    return 0;
  }
}

async function renewed(config: unknown, before: Tokens): Promise<Tokens> {
  const issuer = textAt(config, 'idp-issuer-url');
  if (issuer === undefined || before.refreshToken === undefined) {
    throw failed('the id token has expired and the kubeconfig holds no refresh token or no issuer');
  }
  const ca = await authorityOf(config);
  const discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const endpoint = textAt(await answerOf({ url: discovery, ca }), 'token_endpoint');
  if (endpoint === undefined) throw failed(`${discovery} names no token_endpoint`);
  const grant = { grant_type: 'refresh_token', refresh_token: before.refreshToken };
  const answer = await answerForClient({ url: endpoint, ca }, grant, config);
  const idToken = textAt(answer, 'id_token');
  if (idToken === undefined) throw failed(`${endpoint} answered without an id_token`);
  return { idToken, refreshToken: textAt(answer, 'refresh_token') ?? before.refreshToken };
}

/**
 * The issuer's answer to a client that shows who it is in the form, or, where that is refused, in the header: which of the
 * two an issuer takes is its own choice (RFC 6749 section 2.3.1), and Go's oauth2, by which kubectl asks, tries both.
 */
async function answerForClient(
  call: IssuerCall,
  grant: Readonly<Record<string, string>>,
  config: unknown,
): Promise<unknown> {
  const id = textAt(config, 'client-id') ?? '';
  const secret = textAt(config, 'client-secret') ?? '';
  const shown = { client_id: id, ...(secret !== '' && { client_secret: secret }) };
  const inForm = { ...call, form: new URLSearchParams({ ...grant, ...shown }).toString() };
  const basic = `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
  const inHeader = { ...call, form: new URLSearchParams(grant).toString(), authorization: basic };
  try {
    return await answerOf(inForm);
  } catch (refusal) {
    try {
      return await answerOf(inHeader);
    } catch {
      // Refused both ways, the first answer is about the grant: the second may only say that nobody uses the header.
      throw refusal;
    }
  }
}

async function authorityOf(config: unknown): Promise<Buffer | undefined> {
  const data = textAt(config, 'idp-certificate-authority-data');
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64');
  const file = textAt(config, 'idp-certificate-authority');
  if (file === undefined || file === '') return undefined;
  return readFile(file).catch((cause: unknown) => {
    throw failed(`cannot read idp-certificate-authority: ${messageOf(cause)}`, cause);
  });
}

interface IssuerCall {
  readonly url: string;
  readonly ca: Buffer | undefined;
  /** Sent by POST; a GET without it. */
  readonly form?: string;
  readonly authorization?: string;
}

async function answerOf(call: IssuerCall): Promise<unknown> {
  try {
    const { status, text } = await fetched(call);
    const body: unknown = JSON.parse(text);
    if (status === 200) return body;
    const told = textAt(body, 'error_description') ?? textAt(body, 'error') ?? `HTTP status ${status}`;
    throw failed(`${call.url}: ${told}`);
  } catch (cause) {
    throw cause instanceof MaintError ? cause : failed(`${call.url}: ${messageOf(cause)}`, cause);
  }
}

function fetched({ url, ca, form, authorization }: IssuerCall): Promise<{ status: number; text: string }> {
  const request = url.startsWith('http:') ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/x-www-form-urlencoded',
        ...(authorization !== undefined && { Authorization: authorization }),
      },
      timeout: ISSUER_MS,
      ...(ca !== undefined && { ca }),
    });
    outgoing.on('response', (response) => {
      const chunks: string[] = [];
      response.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
      response.on('error', reject).on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: chunks.join('') });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('the issuer does not answer'))).on('error', reject);
    outgoing.end(form);
  });
}

function failed(what: string, cause?: unknown): MaintError {
  const hint = 'log in again with the tool that wrote this kubeconfig user';
  return new MaintError('cluster', `cannot renew the OpenID Connect token: ${what}`, { hint, cause });
}
