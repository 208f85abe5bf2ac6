import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectCluster, type ConnectOptions } from '../../../shared/cluster/live/connect.ts';
import { folderWith, kubeconfigFor, optionsFor, containing } from './scripted-server.ts';

const base = { env: {}, userAgent: 'test' };

async function serverOf(options: Partial<ConnectOptions>): Promise<string> {
  const cluster = await connectCluster({ ...base, ...options });
  cluster.close();
  return cluster.server;
}

test.each<[Partial<ConnectOptions>, { name: string; context: string | undefined }]>([
  [{}, { name: 'c', context: 'ctx' }],
  [{ server: 'https://other:6443' }, { name: 'https://other:6443', context: 'ctx' }],
])('the cluster knows what people call it: %j', async (more, called) => {
  const cluster = await connectCluster({ ...(await optionsFor('https://one')), ...more });
  cluster.close();
  expect(cluster).toMatchObject(called);
});

describe('which files', () => {
  test('an explicit file that is missing is an error in one line', async () => {
    await expect(serverOf({ kubeconfig: '/nowhere/config' })).rejects.toMatchObject({
      code: 'usage',
      message: 'stat /nowhere/config: no such file or directory',
    });
  });

  test('an explicit file that is a folder', async () => {
    const folder = await folderWith({});
    await expect(serverOf({ kubeconfig: folder })).rejects.toMatchObject({ message: `read ${folder}: is a directory` });
  });

  test('missing files of $KUBECONFIG are skipped and the first entry of a name wins', async () => {
    const folder = await folderWith({
      one: kubeconfigFor('https://one'),
      two: kubeconfigFor('https://two').replace('"current-context":"ctx"', '"current-context":"other"'),
    });
    const KUBECONFIG = ['/nowhere', join(folder, 'one'), '', join(folder, 'two')].join(delimiter);
    expect(await serverOf({ env: { KUBECONFIG } })).toBe('https://one');
  });

  test('~/.kube/config is read without $KUBECONFIG', async () => {
    const home = await folderWith({});
    await mkdir(join(home, '.kube'));
    await writeFile(join(home, '.kube', 'config'), kubeconfigFor('https://home/'));
    expect(await serverOf({ env: { HOME: home } })).toBe('https://home');
  });

  test.each([
    [{ HOME: '/nowhere' }, '/nowhere/.kube/config'],
    [{ KUBECONFIG: '/nowhere/a:/nowhere/b' }, '/nowhere/a, /nowhere/b'],
    [{}, '$KUBECONFIG and ~/.kube/config'],
  ])('no kubeconfig at all says where it looked: %j', async (env, places) => {
    const error = await serverOf({ env }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'usage',
      message: containing(places),
      hint: containing('--kubeconfig'),
    });
  });

  test.each([
    ['garbage', 'hello world', 'it is not a mapping'],
    ['broken YAML', 'a: [b', 'error loading config file'],
    ['another kind', 'kind: Pod', 'its kind is Pod, not Config'],
    ['secrets are not quoted', 'token: "s3cret\n  x: y: z', 'error loading config file'],
  ])('%s is one line with the file', async (_name, text, words) => {
    const file = join(await folderWith({ config: text }), 'config');
    const error = await serverOf({ kubeconfig: file }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'usage', message: containing(words) });
    const message = error instanceof Error ? error.message : '';
    expect(message).toContain(file);
    expect(message).not.toMatch(/\n|s3cret/);
  });
});

describe('which cluster and user', () => {
  const config = {
    'current-context': 'ok',
    contexts: [
      { name: 'ok', context: { cluster: 'c', user: 'u' } },
      { name: 'no-cluster', context: { cluster: 'gone', user: 'u' } },
      { name: 'no-user', context: { cluster: 'c', user: 'gone' } },
      { name: 'empty', context: {} },
      { name: 'bad-server', context: { cluster: 'bad' } },
      { name: 'serverless', context: { cluster: 'none' } },
      { name: '__proto__', context: { cluster: 'c' } },
    ],
    clusters: [
      { name: 'c', cluster: { server: 'https://c:6443' } },
      { name: 'd', cluster: { server: 'https://d' } },
      { name: 'bad', cluster: { server: 'ftp://x' } },
      { name: 'none', cluster: {} },
    ],
    users: [{ name: 'u', user: { token: 't' } }],
  };
  const text = JSON.stringify(config);

  test.each<[string, Partial<ConnectOptions>, string, string | undefined]>([
    [
      'context',
      { context: 'nope' },
      'context "nope" does not exist',
      'known: __proto__, bad-server, empty, no-cluster, no-user, ok, serverless',
    ],
    [
      'cluster of a context',
      { context: 'no-cluster' },
      'cluster "gone" does not exist (context "no-cluster" names it)',
      'known: bad, c, d, none',
    ],
    [
      'user of a context',
      { context: 'no-user' },
      'auth info "gone" does not exist (context "no-user" names it)',
      'known: u',
    ],
    ['cluster flag', { cluster: 'x' }, 'cluster "x" does not exist', 'known: bad, c, d, none'],
    ['user flag', { user: 'x' }, 'auth info "x" does not exist', 'known: u'],
    ['context without a cluster', { context: 'empty' }, 'context "empty" names no cluster', 'known: bad, c, d, none'],
    [
      'address',
      { context: 'bad-server' },
      'cluster "bad": "ftp://x" is not the address of a server',
      'write https://host:port',
    ],
    ['no address', { context: 'serverless' }, 'cluster "none" has no server', 'set clusters[].cluster.server'],
    [
      'groups without a user',
      { asGroups: ['g'] },
      'requesting uid, groups or user-extra without impersonating a user',
      'name the user with --as',
    ],
    [
      'CA and no verification',
      { certificateAuthority: '/ca', insecureSkipTlsVerify: true },
      'specifying a root certificates file with the insecure flag is not allowed',
      'drop insecure-skip-tls-verify, or the certificate authority',
    ],
  ])('a wrong %s is told', async (_name, flags, message, hint) => {
    const kubeconfig = join(await folderWith({ config: text }), 'config');
    await expect(serverOf({ kubeconfig, ...flags })).rejects.toMatchObject({ code: 'usage', message, hint });
  });

  test.each<[Partial<ConnectOptions>, string]>([
    [{}, 'https://c:6443'],
    [{ context: '__proto__' }, 'https://c:6443'],
    [{ cluster: 'd' }, 'https://d'],
    [{ server: 'https://flag/' }, 'https://flag'],
    [{ context: 'no-cluster', server: 'https://flag' }, 'https://flag'],
  ])('flags choose: %j', async (flags, server) => {
    const kubeconfig = join(await folderWith({ config: text }), 'config');
    expect(await serverOf({ kubeconfig, ...flags })).toBe(server);
  });

  test('a kubeconfig without a current context asks for one', async () => {
    const kubeconfig = join(
      await folderWith({ config: JSON.stringify({ ...config, 'current-context': '' }) }),
      'config',
    );
    await expect(serverOf({ kubeconfig })).rejects.toMatchObject({
      message: 'no context is chosen: current-context is not set',
    });
  });

  test('--server works without any kubeconfig', async () => {
    expect(await serverOf({ server: 'https://alone:6443', token: 't', env: { HOME: '/nowhere' } })).toBe(
      'https://alone:6443',
    );
  });

  test.each([
    [
      'half a client certificate',
      { 'client-certificate': 'x.pem' },
      'has only one of client certificate and client key',
    ],
    ['a dropped auth provider', { 'auth-provider': { name: 'gcp' } }, 'no Auth Provider found for name "gcp"'],
    ['exec without command', { exec: { apiVersion: 'client.authentication.k8s.io/v1' } }, 'command must be specified'],
    [
      'exec of an old version',
      { exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' } },
      'invalid apiVersion',
    ],
    [
      'exec v1 without a mode',
      { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x' } },
      'interactiveMode must be specified',
    ],
    [
      'exec that needs a terminal',
      { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x', interactiveMode: 'Always' } },
      'standard input is not a terminal',
    ],
  ])('%s is told', async (_name, user, words) => {
    await expect(connectCluster(await optionsFor('https://x', user))).rejects.toMatchObject({
      code: 'usage',
      message: containing(words),
    });
  });
});
