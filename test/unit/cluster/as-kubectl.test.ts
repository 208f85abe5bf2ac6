/** What kubectl takes, and the usual libraries of Node do not. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fieldsAt, listAt } from '../../../shared/index.ts';
import { connectCluster } from '../../../shared/cluster/live/connect.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { socksProxy } from '../../support/socks-proxy.ts';
import { base64, containing, folderWith, json, kubeconfigFor, optionsFor, scriptedServer } from './scripted-server.ts';

async function apiServer(identity: { readonly cert: string; readonly key: string }) {
  const server = await scriptedServer((_seen, response) => {
    json(response, 200, { is: 'there' });
  }, identity);
  onTestFinished(() => server.close());
  return server;
}

test('a kubeconfig may trust an intermediate authority alone, or the certificate of the server itself', async () => {
  const root = selfSigned({ name: 'root' });
  const middle = selfSigned({ name: 'middle', issuer: root, cA: true });
  const leaf = selfSigned({ issuer: middle });
  const server = await apiServer(leaf);
  for (const trusted of [middle, leaf]) {
    const options = await optionsFor(server.url, {}, { 'certificate-authority-data': base64(trusted.cert) });
    const cluster = await connectCluster(options);
    expect(await cluster.get('/x')).toEqual({ is: 'there' });
    cluster.close();
  }
  const stranger = base64(selfSigned({ name: 'root' }).cert);
  const cluster = await connectCluster(await optionsFor(server.url, {}, { 'certificate-authority-data': stranger }));
  await expect(cluster.get('/x')).rejects.toMatchObject({ message: containing('not signed by an authority') });
  cluster.close();
});

test.each(['proxy-url', 'HTTPS_PROXY'])('a name that only the SOCKS proxy of %s knows is left to it', async (how) => {
  const identity = selfSigned({ name: 'api.internal.invalid' });
  const server = await apiServer(identity);
  const proxy = await socksProxy(Number(new URL(server.url).port));
  const entry = { 'certificate-authority-data': base64(identity.cert) };
  const inFile = how === 'proxy-url';
  const options = await optionsFor(
    'https://api.internal.invalid:6443',
    {},
    inFile ? { ...entry, 'proxy-url': proxy.url } : entry,
  );
  const cluster = await connectCluster({ ...options, env: inFile ? {} : { HTTPS_PROXY: proxy.url } });
  expect(await cluster.get('/x')).toEqual({ is: 'there' });
  expect(proxy.asked).toEqual(['api.internal.invalid']);
  cluster.close();
});

const CLUSTERS = `apiVersion: v1
kind: Config
current-context: c
clusters:
  - name: base
    cluster: &base {insecure-skip-tls-verify: yes, server: "https://127.0.0.1:1"}
  - {name: c, cluster: {<<: *base, server: "URL"}}
users: [{name: u, user: {token: T}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
`;

test.each<[string, (text: string) => string | Uint8Array]>([
  ['merge keys and words of YAML 1.1', (text) => text],
  ['UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['a key twice, of which the last counts', (text) => `current-context: nowhere\n${text}`],
  ['several documents, of which the first counts', (text) => `${text}---\ncurrent-context: nowhere\n`],
])('a kubeconfig is read with %s', async (_what, written) => {
  const server = await apiServer(selfSigned());
  const folder = await folderWith({});
  await writeFile(join(folder, 'config'), written(CLUSTERS.replace('URL', server.url)));
  const cluster = await connectCluster({ kubeconfig: join(folder, 'config'), env: {}, userAgent: 'test' });
  expect(await cluster.get('/x')).toEqual({ is: 'there' });
  expect(server.requests[0]?.headers.authorization).toBe('Bearer T');
  cluster.close();
});

test.each(['clusters', 'users', 'contexts'])('a name that stands twice among the %s is refused', async (list) => {
  const config = fieldsAt(JSON.parse(kubeconfigFor('https://h')));
  const entries = listAt(config, list);
  const folder = await folderWith({ config: JSON.stringify({ ...config, [list]: [...entries, ...entries] }) });
  await expect(
    connectCluster({ kubeconfig: join(folder, 'config'), env: {}, userAgent: 'test' }),
  ).rejects.toMatchObject({
    code: 'usage',
    message: containing(`duplicate name "${list === 'contexts' ? 'ctx' : list.charAt(0)}" in ${list}`),
  });
});
