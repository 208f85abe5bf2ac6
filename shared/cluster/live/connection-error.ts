import { MaintError, messageOf } from '../../errors.ts';
import { textAt } from '../../facts/json.ts';

interface Explanation {
  /** Follows the words "Unable to connect to the server H: ". */
  readonly what: string;
  readonly hint: string;
}

const UNTRUSTED: Explanation = {
  what: 'its certificate is not signed by an authority that is trusted here',
  hint: 'check certificate-authority-data of this cluster in the kubeconfig, or pass --certificate-authority',
};
const UNREACHABLE: Explanation = {
  what: 'no route to it',
  hint: 'check the network, the VPN and the address in the kubeconfig',
};
const UNKNOWN_HOST: Explanation = {
  what: 'its name cannot be resolved',
  hint: 'check the address in the kubeconfig, DNS and the VPN',
};
const NOT_TLS: Explanation = {
  what: 'it does not speak TLS',
  hint: 'check the port and whether the address starts with http:// or https://',
};

/** Codes of node:net, node:dns and OpenSSL. */
const EXPLANATIONS: ReadonlyMap<string, Explanation> = new Map([
  ['ENOTFOUND', UNKNOWN_HOST],
  ['EAI_AGAIN', UNKNOWN_HOST],
  ['EHOSTUNREACH', UNREACHABLE],
  ['ENETUNREACH', UNREACHABLE],
  ['ETIMEDOUT', { what: 'it did not answer in time', hint: UNREACHABLE.hint }],
  ['ECONNRESET', { what: 'the connection was reset', hint: 'run it again; a proxy or a restarting server does this' }],
  ['EPIPE', { what: 'the connection was reset', hint: 'run it again; a proxy or a restarting server does this' }],
  ['EPROTO', NOT_TLS],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NOT_TLS],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['CERT_SIGNATURE_FAILURE', UNTRUSTED],
  [
    'CERT_HAS_EXPIRED',
    { what: 'its certificate has expired', hint: 'check the clock here, then renew the certificate' },
  ],
  ['CERT_NOT_YET_VALID', { what: 'its certificate is not valid yet', hint: 'check the clock here and on the server' }],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    {
      what: 'its certificate is for another name',
      hint: 'use a name that the certificate holds, or pass --tls-server-name',
    },
  ],
]);

/** Codes after which the same GET may be sent again: the server gave up the connection, for example on a restart. */
const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** Whether the connection broke under a request, so that repeating a read is worth a try. */
export function isReset(cause: unknown): boolean {
  return RESETS.has(codeOf(cause));
}

/** Whether trust is at stake: a renewed CA file may help. */
export function isTrustFailure(cause: unknown): boolean {
  return EXPLANATIONS.get(codeOf(cause)) === UNTRUSTED;
}

/** The one line, and the next step, for a request that got no answer from `server` (an address with scheme). */
export function connectionError(server: string, cause: unknown): MaintError {
  if (cause instanceof MaintError) return cause;
  const code = codeOf(cause);
  if (code === 'ECONNREFUSED') {
    return new MaintError(
      'cluster',
      `The connection to the server ${server} was refused - did you specify the right host or port?`,
      { hint: `check that an API server listens at ${server}; "kubectl config view" shows the address`, cause },
    );
  }
  if (code.startsWith('ERR_OSSL')) {
    return new MaintError('cluster', `a certificate or key for the server ${server} cannot be read: ${textOf(cause)}`, {
      hint: 'check the -data fields of cluster and user in the kubeconfig: base64 of PEM',
      cause,
    });
  }
  const known = EXPLANATIONS.get(code);
  const what = known?.what ?? textOf(cause);
  return new MaintError('cluster', `Unable to connect to the server ${server}: ${what}`, {
    hint: known?.hint ?? `check that ${server} is reachable from here`,
    cause,
  });
}

/** A refused name with several addresses is an AggregateError without a message of its own. */
function textOf(cause: unknown): string {
  const text = messageOf(cause).replace(/\s+/g, ' ').trim();
  return text === '' ? codeOf(cause) : text;
}

function codeOf(cause: unknown): string {
  return textAt(cause, 'code') ?? '';
}
