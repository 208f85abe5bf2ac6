import spawn from 'cross-spawn';
import { MaintError, messageOf } from '../../../errors.ts';
import { at, isObject, textAt } from '../../../facts/json.ts';
import type { ClientCertificate } from '../agent.ts';
import type { Pace } from '../pace.ts';
import type { ExecConfig } from './exec-config.ts';
import { bearer, type Credential, type CredentialSource } from './source.ts';

export interface ExecOptions {
  readonly config: ExecConfig;
  /** What the plugin inherits. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Certificate of the kubeconfig, used where the plugin gives none. */
  readonly certificate: ClientCertificate | undefined;
  readonly pace: Pace;
}

interface Issued {
  readonly credential: Credential;
  /** Milliseconds since 1970; infinite where the plugin named no end. */
  readonly expiresAt: number;
}

/**
 * Credentials from a program (client-go's exec plugins), kept until they expire or the server answers 401. Requests
 * that come meanwhile wait for the one run. `current` throws MaintError('cluster') where the program fails.
 */
export function credentialFromExec(options: ExecOptions): CredentialSource {
  let latest: Promise<Issued> | undefined;
  let current: Credential | undefined;

  function start(): Promise<Issued> {
    const attempt = run(options).then((issued) => {
      current = issued.credential;
      return issued;
    });
    attempt.catch(() => {
      forget(attempt);
    });
    return attempt;
  }

  /** Only the first that finds it useless causes another run; those who come later share that one. */
  function forget(attempt: Promise<Issued>): void {
    if (latest === attempt) latest = undefined;
  }

  return {
    async current() {
      const attempt = (latest ??= start());
      const issued = await attempt;
      if (issued.expiresAt > options.pace.wallClock()) return issued.credential;
      forget(attempt);
      return (await (latest ??= start())).credential;
    },
    reload(refused) {
      // Of many requests that were refused with the same credential only the first causes another run.
      if (refused === current) latest = current = undefined;
      return true;
    },
  };
}

async function run(options: ExecOptions): Promise<Issued> {
  return parseIssued(await outputOf(options), options);
}

function outputOf({ config, env }: ExecOptions): Promise<string> {
  const { apiVersion, interactive, cluster, command } = config;
  const info = { kind: 'ExecCredential', apiVersion, spec: { interactive, ...(cluster !== undefined && { cluster }) } };
  return new Promise((resolve, reject) => {
    const child = spawn(command, config.args, {
      env: { ...env, ...Object.fromEntries(config.env), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      // Standard error stays the terminal's, as with kubectl: plugins print log-in links there.
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    });
    const output: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.on('error', (cause) => {
      reject(failedStart(config, cause));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output.join(''));
      else reject(failure(config, `executable ${command} failed with ${signal ?? `exit code ${code ?? 'unknown'}`}`));
    });
  });
}

function failedStart(config: ExecConfig, cause: unknown): MaintError {
  const missing = textAt(cause, 'code') === 'ENOENT';
  return failure(config, missing ? `executable ${config.command} not found` : messageOf(cause), cause);
}

function failure({ installHint, command }: ExecConfig, what: string, cause?: unknown): MaintError {
  const hint = installHint === undefined || installHint === '' ? `run ${command} by hand to see why` : installHint;
  return new MaintError('cluster', `getting credentials: exec: ${what}`, { hint, cause });
}

function parseIssued(output: string, { config, certificate }: ExecOptions): Issued {
  const answer = parseJson(output, config);
  if (textAt(answer, 'kind') !== 'ExecCredential' || textAt(answer, 'apiVersion') !== config.apiVersion) {
    throw failure(config, `plugin ${config.command} did not print an ExecCredential of ${config.apiVersion}`);
  }
  const status = at(answer, 'status');
  if (!isObject(status)) throw failure(config, 'plugin didn’t return a status');
  const token = textAt(status, 'token');
  const pair = certificateFrom(status, config);
  if (token === undefined && pair === undefined) throw failure(config, 'plugin didn’t return a token or cert/key pair');
  return {
    credential: {
      authorization: token === undefined ? undefined : bearer(token),
      certificate: pair ?? certificate,
    },
    expiresAt: endFrom(status, config),
  };
}

function parseJson(output: string, config: ExecConfig): unknown {
  try {
    return JSON.parse(output);
  } catch (cause) {
    throw failure(config, `plugin ${config.command} did not print JSON`, cause);
  }
}

function certificateFrom(status: unknown, config: ExecConfig): ClientCertificate | undefined {
  const cert = textAt(status, 'clientCertificateData');
  const key = textAt(status, 'clientKeyData');
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw failure(config, 'plugin returned only certificate or key, not both');
  return { certData: base64(cert), certFile: undefined, keyData: base64(key), keyFile: undefined };
}

/** Plugins print PEM itself; kubeconfigs hold base64 of it. */
function base64(pem: string): string {
  return Buffer.from(pem, 'utf8').toString('base64');
}

function endFrom(status: unknown, config: ExecConfig): number {
  const end = textAt(status, 'expirationTimestamp');
  if (end === undefined) return Number.POSITIVE_INFINITY;
  const time = Date.parse(end);
  if (Number.isNaN(time)) throw failure(config, `plugin returned an expirationTimestamp that is no time: ${end}`);
  return time;
}
