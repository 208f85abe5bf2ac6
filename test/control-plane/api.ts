import { Agent, request } from 'node:https';

/** No answer of the API server on this machine takes longer unless it hangs. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Thousands of nodes are created at once; the agent makes the rest of the calls wait. */
const MOST_CONNECTIONS = 32;

/** The status code, and the body parsed if it is JSON, else as text. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A call to the API server as one user. The path begins with `/`; a body is sent as JSON. Rejects without an answer. */
export type CallApi = (method: string, path: string, body?: object) => Promise<ApiAnswer>;

/** Which API server, and who calls. */
export interface Connection {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  /** Sent with every call; impersonation, for example. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** The few calls that the launcher itself needs, with the server's certificate verified. */
export function apiCaller(connection: Connection): CallApi {
  const agent = new Agent({ ca: connection.ca, keepAlive: true, maxSockets: MOST_CONNECTIONS });
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        ...connection.headers,
        authorization: `Bearer ${connection.token}`,
        accept: 'application/json',
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      };
      const url = new URL(path, connection.server);
      const call = request(url, { method, agent, headers, timeout: ANSWER_TIMEOUT_MS }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString('utf8')) });
        });
      });
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in ${ANSWER_TIMEOUT_MS} ms`)));
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
