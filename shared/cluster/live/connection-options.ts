/**
 * Milliseconds without a sign of the server after which a call is given up where the caller names no time: the API
 * server itself ends a write after 34 s (k8s apiserver requestTimeoutUpperBound), and kubectl gives up after about 50 s.
 */
export const SILENCE_MS = 45_000;

/** kubectl's own connection flags, and what the process knows. A flag that was not given is undefined. */
export interface ConnectOptions {
  /** `--kubeconfig`: this file and no other; an error where it is missing. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  /** Taken so that kubectl's flags map one to one; every path of a request names its own namespace. */
  readonly namespace?: string | undefined;
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly as?: string | undefined;
  readonly asGroups?: readonly string[] | undefined;
  readonly asUid?: string | undefined;
  /** Milliseconds for one request with its answer; 0 or undefined: until the server is silent for SILENCE_MS. Watches are exempt. */
  readonly requestTimeoutMs?: number | undefined;
  /** Aborts when the person interrupts: no call is waited for much longer then (interruption.ts). */
  readonly interrupt?: AbortSignal | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  readonly certificateAuthority?: string | undefined;
  /** Files of PEM, both or none. */
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly tlsServerName?: string | undefined;
  /** KUBECONFIG, HOME, HTTPS_PROXY, NO_PROXY and what an exec plugin inherits. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
  /** Whether an exec plugin may ask the person at the terminal. */
  readonly stdinIsTerminal?: boolean | undefined;
  /** Texts of `Warning: 299` headers of answers, each once. */
  readonly onWarning?: ((text: string) => void) | undefined;
  /** In a pod, where nobody is there to try again: why the API server cannot be reached at the moment, once for each outage. */
  readonly onOutage?: ((why: string) => void) | undefined;
  /** Every request with its answer, for a log; credentials are taken out. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
}

/** A request as it was sent and what came of it. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Undefined where none was sent. */
  readonly body: unknown;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** Undefined for a watch, whose lines go on. */
  readonly answer: unknown;
  /** Until the answer was there, or it was clear that none would be; of a watch, until it began. */
  readonly ms: number;
}

/** What a process in a pod knows about itself. */
export interface InClusterOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
  readonly requestTimeoutMs?: number | undefined;
  readonly onWarning?: ((text: string) => void) | undefined;
  /** Folder with `token` and `ca.crt`; where Kubernetes mounts it unless given. */
  readonly serviceAccountFolder?: string | undefined;
}
