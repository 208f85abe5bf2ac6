/** `maint-webhook verify` and `uninstall`: what the chart's test and its hook run. */
import { createServer, type Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberAt, type ApiAnswer, type ApiRequest } from '../../../shared/index.ts';
import { run } from '../../../webhook/run.ts';
import { issueAuthority, issueLeaf } from '../../../webhook/tls/issue.ts';
import { POLICIES_BY_REGISTER } from '../../../webhook/uninstall.ts';
import { Kept, nodeObject, ToldCluster } from './world.ts';

const REGISTRATION = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kubectl-maint';

/** A cluster that has one registration, or none, and takes note of what it is sent. */
class RegisteredCluster extends ToldCluster {
  readonly sent: ApiRequest[] = [];
  readonly #registration: object | undefined;
  readonly #answer: ApiAnswer;

  constructor(registration: object | undefined, status = 200, ...nodes: readonly object[]) {
    super(...nodes);
    this.#registration = registration;
    this.#answer = { status, headers: {}, body: { kind: 'Status', message: 'no right to', reason: 'Forbidden' } };
  }

  override get(path: string): Promise<unknown> {
    return Promise.resolve(path === REGISTRATION ? this.#registration : undefined);
  }

  override send(request?: ApiRequest): Promise<ApiAnswer> {
    if (request !== undefined) this.sent.push(request);
    return Promise.resolve(this.#answer);
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function ran(command: string, cluster: RegisteredCluster) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const process = { argv: command.split(' '), env: {}, stdout, stderr, onSignal: () => undefined };
  const code = await run(process, () => Promise.resolve(cluster));
  return { code, stdout: stdout.text, stderr: stderr.text, closed: cluster.closed };
}

describe('verify', () => {
  let server: Server;
  let bundle: string;
  let stranger: string;
  let own: { cert: string; key: string };
  let readiness = '';

  beforeAll(async () => {
    const now = Date.now();
    const [authority, other] = await Promise.all([issueAuthority(now), issueAuthority(now)]);
    const { certificate, key } = await issueLeaf(authority, ['127.0.0.1'], now);
    own = { cert: certificate, key };
    bundle = base64(authority.certificate);
    stranger = base64(other.certificate);
    server = createServer(own, (request, answer) => {
      answer.writeHead(request.url === '/readyz' && readiness === '' ? 200 : 503).end(`${readiness}\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => server.close());

  const port = () => numberAt(server.address(), 'port') ?? 0;
  const entry = (name: string, caBundle: string | undefined, at = `https://127.0.0.1:${port()}/validate`) => ({
    name: `${name}.kubectl-maint.io`,
    clientConfig: { url: at, caBundle },
  });
  const registered = (...webhooks: object[]) => new RegisteredCluster({ webhooks });

  test('tells for every entry what answers it, by the certificate that the entry trusts', async () => {
    expect(await ran('verify', registered(entry('work', bundle), entry('addon', bundle)))).toEqual({
      code: 0,
      stdout: ['work', 'addon'].map((name) => `${name}.kubectl-maint.io is answered by 127.0.0.1:${port()}\n`).join(''),
      stderr: '',
      closed: true,
    });
  });

  test.each<[name: string, cluster: () => RegisteredCluster, says: RegExp]>([
    ['no registration', () => new RegisteredCluster(undefined), /kubectl-maint is missing: nothing is reviewed/],
    ['no entries', () => registered(), /has no entries yet/],
    ['no caBundle', () => registered(entry('work', bundle), entry('addon', undefined)), /no caBundle for addon\.kube/],
    ['a caBundle of somebody else', () => registered(entry('work', stranger)), /calls 127\.0\.0\.1:\d+ .* fails: /],
    ['nobody there', () => registered(entry('work', bundle, 'https://127.0.0.1:1/validate')), /fails: .*ECONNREFUSED/],
    [
      'a Service that does not resolve, by the name that API servers know',
      () =>
        registered({
          name: 'work.kubectl-maint.io',
          clientConfig: { caBundle: bundle, service: { name: 'kubectl-maint', namespace: 'none.invalid', port: 443 } },
        }),
      /calls kubectl-maint\.none\.invalid\.svc:443 .* fails: /,
    ],
  ])('%s is a failure of the cluster', async (_, cluster, says) => {
    const { code, stdout, stderr } = await ran('verify', cluster());
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).toContain('hint: kubectl get pods');
  });

  test('a replica that knows its callers is met, and nothing is asked of it', async () => {
    const strict = createServer({ ...own, ca: own.cert, requestCert: true }, () => {
      throw new Error('nobody is let in');
    });
    await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', resolve));
    const there = `https://127.0.0.1:${numberAt(strict.address(), 'port') ?? 0}/validate`;
    const trusting = await ran('verify', registered(entry('work', bundle, there)));
    expect(trusting).toMatchObject({ code: 0, stderr: '' });
    expect(trusting.stdout).toContain('which wants a certificate of who calls (--client-ca-file)');
    expect(await ran('verify', registered(entry('work', stranger, there)))).toMatchObject({ code: 4, stdout: '' });
    strict.close();
  });

  test('a replica that is not ready is told with its reasons', async () => {
    readiness = 'nodes: not synced yet';
    const { code, stderr } = await ran('verify', registered(entry('work', bundle)));
    readiness = '';
    expect(code).toBe(4);
    expect(stderr).toContain('is not ready: nodes: not synced yet');
  });
});

describe('uninstall', () => {
  test.each([
    { does: 'deletes the registration', status: 200, code: 0, says: 'kubectl-maint deleted' },
    { does: 'finds nothing to do where it is gone', status: 404, code: 0, says: 'kubectl-maint is not there' },
    { does: 'tells a refusal', status: 403, code: 4, says: 'no right to' },
  ])('$does', async ({ status, code, says }) => {
    const cluster = new RegisteredCluster(undefined, status);
    const result = await ran('uninstall', cluster);
    expect(result).toMatchObject({ code, closed: true });
    expect(code === 0 ? result.stdout : result.stderr).toContain(says);
    // A refusal ends it.
    expect(cluster.sent.slice(0, 1)).toEqual([{ method: 'DELETE', path: REGISTRATION }]);
    expect(cluster.sent).toHaveLength(code === 0 ? 1 + 2 * POLICIES_BY_REGISTER.length : 1);
  });

  const held = () =>
    new RegisteredCluster(undefined, 200, nodeObject('n2', true), nodeObject('n1', true), nodeObject('n3'));

  test('names the nodes that it would leave unguarded, and leaves the webhook where it is', async () => {
    const cluster = held();
    const { code, stdout, stderr } = await ran('uninstall', cluster);
    expect({ code, stdout, sent: cluster.sent }).toEqual({ code: 3, stdout: '', sent: [] });
    expect(stderr).toMatch(
      /in maintenance, and unguarded without the webhook: nodes n1 and n2\nhint: .*off NODE.*--no-hooks/,
    );
  });

  test('goes on where it is told to, and names them', async () => {
    const cluster = held();
    const { code, stdout } = await ran('uninstall --while-held=warn', cluster);
    expect(code).toBe(0);
    expect(stdout).toMatch(/kubectl-maint deleted\n[^]*\nwarning: .*: nodes n1 and n2; bring them back/);
  });
});
