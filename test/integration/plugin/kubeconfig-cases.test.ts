/** Kubeconfigs and flags that kubectl takes and this once did not: each by kubectl and by the plugin, on the real API server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTls, createServer } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { casesTitle, caseText, HAS_CASES } from '../../support/cases.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { selfSigned, type Identity } from '../../support/self-signed.ts';
import { socksProxy } from '../../support/socks-proxy.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let folder: string;
let port: number;

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

/** Both are asked with a kubeconfig, and both have to be answered. */
async function bothAreAnswered(kubeconfig: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const [kubectl, ours] = await Promise.all([
    plane.kubectl(['get', 'nodes', '--kubeconfig', kubeconfig], { env }),
    plugin.maint(['status', '--kubeconfig', kubeconfig], { env }),
  ]);
  expect({ kubectl, ours }).toMatchObject({
    kubectl: { code: 0 },
    ours: { code: 0, stderr: 'No nodes in maintenance.\n' },
  });
}

/** What stands in place of the API server's certificate, and passes on what it is sent. Returns its port. */
async function servingAs(identity: Identity, chain: readonly Identity[]): Promise<number> {
  const cert = [identity, ...chain].map((one) => one.cert).join('');
  const server = createServer({ cert, key: identity.key }, (socket) => {
    const onward = connectTls({ host: '127.0.0.1', port, ca: plane.ca }, () => {
      socket.pipe(onward).pipe(socket);
    });
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function filled(name: string, values: Readonly<Record<string, string>>): string {
  return Object.entries({ TOKEN: plane.adminToken, ...values }).reduce(
    (text, [key, value]) => text.replaceAll(key, value),
    caseText(name),
  );
}

describe.skipIf(!HAS_CASES)(casesTitle('kubeconfigs and flags that were not taken'), () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-kubeconfig-'));
    plane = await startControlPlane({ nodes: 1, controllerManager: false, scheduler: false });
    plugin = pluginRunner(plane);
    port = Number(new URL(plane.server).port);
  });

  afterAll(async () => {
    await plane.stop();
    await rm(folder, { recursive: true });
  });

  describe('K01: an authority that is no root', () => {
    const root = selfSigned({ name: 'root' });
    const middle = selfSigned({ name: 'middle', issuer: root, cA: true });
    const leaf = selfSigned({ issuer: middle });

    test.each<[string, readonly Identity[], Identity]>([
      ['an intermediate authority, which the server sends', [middle], middle],
      ['an intermediate authority, which the server does not send', [], middle],
      ["the server's own certificate", [middle], leaf],
    ])('%s', async (_what, chain, trusted) => {
      const own = await servingAs(leaf, chain);
      await written('int.crt', trusted.cert);
      await bothAreAnswered(
        await written('k01.yaml', filled('K01-intermediate-authority.yaml', { PORT: String(own) })),
      );
    });
  });

  describe('K03: a name that only a SOCKS proxy knows', () => {
    const CASE = 'K03-socks5-remote-name.yaml';
    const ca = () => Buffer.from(plane.ca).toString('base64');

    test('of the kubeconfig', async () => {
      const proxy = await socksProxy(port);
      const values = { CA: ca(), PORT: new URL(proxy.url).port };
      await bothAreAnswered(await written('k03.yaml', filled(CASE, values)));
      expect(new Set(proxy.asked)).toEqual(new Set(['kubernetes.default.svc']));
    });

    test('of the environment', async () => {
      const proxy = await socksProxy(port);
      const text = filled(CASE, { CA: ca() }).replace(/proxy-url: "[^"]*", /, '');
      await bothAreAnswered(await written('k03-env.yaml', text), { HTTPS_PROXY: proxy.url });
      expect(new Set(proxy.asked)).toEqual(new Set(['kubernetes.default.svc']));
    });
  });

  test.each<[string, (text: string) => string | Uint8Array]>([
    ['a merge key', (text) => text],
    ['a word of YAML 1.1', (text) => text.replace('certificate-authority: ca.pem', 'insecure-skip-tls-verify: yes')],
    ['UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['current-context twice', (text) => text.replace('current-context: c', 'current-context: c\ncurrent-context: c')],
  ])('K06: %s', async (_what, changed) => {
    await written('ca.pem', plane.ca);
    const text = filled('K06-kubeconfig-merge-key.yaml', { PORT: String(port) });
    await bothAreAnswered(await written('k06.yaml', changed(text)));
  });

  test.each(['-n x', '--namespace x', '--namespace=x', '-A', '--all-namespaces', '-v 6', '-v=6', '--v=6', '--v 0'])(
    'K09: %s is taken, as kubectl takes it',
    async (flags) => {
      const { code, stderr } = await plugin.maint(['status', ...flags.split(' ')]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stderr).toContain('No nodes in maintenance.\n');
    },
  );
});
