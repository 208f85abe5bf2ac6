import { request } from 'node:https';
import { isIP } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  at,
  listAt,
  MaintError,
  messageOf,
  numberAt,
  REGISTRATION_NAME,
  textAt,
  webhookConfigurationPath,
  type ClusterReader,
} from '../shared/index.ts';

/** For a connection and its answer, in ms: what the API server gives an entry of ours. */
const ASK_MS = 3000;

/** Where an API server calls an entry, and whom it trusts there. */
interface Target {
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly authorities: string;
}

/**
 * Goes the way of an API server to the webhook: every entry of the registration, its address, its caBundle, the
 * certificate that is presented there, and whether the replica behind it is ready. Gives a line for each entry.
 * Throws MaintError('cluster') with what is wrong, and ClusterRefusal.
 */
export async function verify(cluster: Pick<ClusterReader, 'get'>): Promise<readonly string[]> {
  const registration = await cluster.get(webhookConfigurationPath(REGISTRATION_NAME));
  if (registration === undefined) throw failed('is missing: nothing is reviewed');
  const entries = listAt(registration, 'webhooks');
  if (entries.length === 0) throw failed('has no entries yet: the controller writes them once it runs');
  const lines: string[] = [];
  for (const entry of entries) {
    const name = textAt(entry, 'name') ?? '';
    const target = targetOf(entry);
    if (target === undefined) throw failed(`has no caBundle for ${name}: the API server trusts nobody there`);
    const place = `${target.host}:${target.port}`;
    const answer = await ask(target).catch((cause: unknown) => {
      throw failed(`calls ${place} for ${name}, and that fails: ${messageOf(cause)}`, cause);
    });
    if (typeof answer === 'string') throw failed(`calls ${place} for ${name}, and that is not ready: ${answer}`);
    lines.push(`${name} is answered by ${place}${answer.knowsCallers ? KNOWS_CALLERS : ''}`);
  }
  return lines;
}

/** What only an API server can try: it has the certificate. */
const KNOWS_CALLERS = ', which wants a certificate of who calls (--client-ca-file): kubectl maint doctor tries it';

function failed(what: string, cause?: unknown): MaintError {
  return new MaintError('cluster', `the ValidatingWebhookConfiguration ${REGISTRATION_NAME} ${what}`, {
    cause,
    hint: 'kubectl get pods -A -l "app.kubernetes.io/name in (kubectl-maint,kubectl-maint-controller)" shows the pods; their logs say what they lack',
  });
}

/** API servers know a Service by `NAME.NAMESPACE.svc` (apiserver pkg/util/webhook/client.go). */
function targetOf(entry: unknown): Target | undefined {
  const config = at(entry, 'clientConfig');
  const bundle = textAt(config, 'caBundle') ?? '';
  if (bundle === '') return undefined;
  const authorities = Buffer.from(bundle, 'base64').toString('utf8');
  const url = textAt(config, 'url');
  if (url !== undefined) {
    const { hostname, port } = new URL(url);
    return { host: hostname, port: port === '' ? 443 : Number(port), authorities };
  }
  const [name, namespace] = [textAt(config, 'service', 'name') ?? '', textAt(config, 'service', 'namespace') ?? ''];
  return { host: `${name}.${namespace}.svc`, port: numberAt(config, 'service', 'port') ?? 443, authorities };
}

/** Somebody who is trusted, and is ready or asks who calls. */
interface Met {
  readonly knowsCallers: boolean;
}

/** TLS 1.3: who calls hears it once the server has shown its own certificate, which is trusted by then. */
const CERTIFICATE_REQUIRED = 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';

/** Who answers, or what readiness lacks. Rejects where no trusted answer comes. */
function ask({ host, port, authorities }: Target): Promise<Met | string> {
  return new Promise((resolve, reject) => {
    const options = { host, port, path: '/readyz', ca: authorities, agent: false, timeout: ASK_MS };
    const call = request({ ...options, ...(isIP(host) === 0 && { servername: host }) }, (answer) => {
      text(answer).then((said) => {
        resolve(answer.statusCode === 200 ? { knowsCallers: false } : said.trim());
      }, reject);
    });
    call.on('timeout', () => call.destroy(new Error(`no answer in ${ASK_MS / 1000}s`)));
    call.on('error', (error) => {
      if ('code' in error && error.code === CERTIFICATE_REQUIRED) resolve({ knowsCallers: true });
      else reject(error);
    });
    call.end();
  });
}
