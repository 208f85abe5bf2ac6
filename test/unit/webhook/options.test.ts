import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../../webhook/options/parse.ts';

const parse = (...argv: string[]) => parseArguments(argv, '1.2.3');

describe('parseArguments', () => {
  test('without a command it asks for one', async () => {
    const message = 'what should it do? maint-webhook serve answers the API server';
    expect(await parse()).toEqual({ ok: false, problems: [{ path: '', message }] });
  });

  test('serves with the defaults', async () => {
    expect(await parse('serve')).toEqual({
      ok: true,
      value: {
        kind: 'serve',
        cluster: { kubeconfig: undefined, context: undefined },
        serve: {
          host: '',
          port: 9443,
          healthPort: 9440,
          metricsPort: 9441,
          certificates: { kind: 'self', names: ['localhost', '127.0.0.1'] },
          caOut: undefined,
        },
        drainMs: 10_000,
        logLevel: 'info',
      },
    });
  });

  test.each<[args: string, env: Record<string, string>, folder: string | undefined]>([
    ['--state-dir /own', { STATE_DIRECTORY: '/var/lib/w', HOME: '/home/a' }, '/own'],
    ['', { STATE_DIRECTORY: '/var/lib/w', XDG_STATE_HOME: '/state', HOME: '/home/a' }, '/var/lib/w'],
    ['', { XDG_STATE_HOME: '/state', HOME: '/home/a' }, '/state/maint-webhook'],
    ['', { HOME: '/home/a' }, '/home/a/.local/state/maint-webhook'],
    ['', {}, undefined],
  ])('%j with %j keeps its authority in %s', async (args, env, stateFolder) => {
    const parsed = await parseArguments(['serve', ...args.split(' ').filter(Boolean)], '1.2.3', env);
    expect(parsed).toMatchObject({ ok: true, value: { serve: { certificates: { kind: 'self' } } } });
    expect(parsed).toHaveProperty('value.serve.certificates.stateFolder', stateFolder);
  });

  test('takes every flag, and --host-name as --dns-name', async () => {
    const argv =
      '--kubeconfig k --context c --host 127.0.0.1 --port 0 --health-port 0 --metrics-port 0 --client-ca-file c.pem --ca-out ca.pem --drain-seconds 0.5';
    expect(await parse('serve', ...argv.split(' '), '--host-name', 'a', '--dns-name', 'b')).toMatchObject({
      ok: false,
    });
    expect(
      await parse('serve', ...argv.replace('0.5', '1').split(' '), '--host-name', 'a', '--dns-name', 'b'),
    ).toMatchObject({
      ok: true,
      value: {
        serve: {
          certificates: { kind: 'self', names: ['a', 'b'] },
          port: 0,
          metricsPort: 0,
          clientCaFile: 'c.pem',
          caOut: 'ca.pem',
        },
        cluster: { kubeconfig: 'k' },
        drainMs: 1000,
      },
    });
  });

  test.each(['serve', 'controller --service a --namespace b', 'configuration --service ns/svc', 'policies'])(
    '%s by a configuration',
    async (line) => {
      expect(await parse(...line.split(' '), '--policy', 'p.yaml')).toMatchObject({
        ok: true,
        value: { policyFile: 'p.yaml' },
      });
    },
  );

  const NAMES = ['maint', 'maint.ops', 'maint.ops.svc', 'maint.ops.svc.cluster.local'];

  test('the controller keeps the registration of a Service, and makes certificates for its names', async () => {
    const line = 'controller --service maint --namespace ops --failure-policy Fail --health-port 0 --policy p.yaml';
    expect(await parse(...line.split(' '))).toEqual({
      ok: true,
      value: {
        kind: 'controller',
        cluster: { kubeconfig: undefined, context: undefined },
        control: {
          registered: {
            by: 'service',
            namespace: 'ops',
            name: 'maint',
            failurePolicy: 'Fail',
            failClosed: [],
            exemptNamespaces: [],
          },
          lease: { namespace: 'ops', name: 'kubectl-maint-controller' },
          host: '',
          healthPort: 0,
          metricsPort: 9441,
          certificates: {
            by: 'controller',
            authority: { namespace: 'ops', name: 'kubectl-maint-ca' },
            leaf: { namespace: 'ops', name: 'kubectl-maint-tls' },
            names: NAMES,
          },
        },
        policyFile: 'p.yaml',
        logLevel: 'info',
      },
    });
    const inPod = ['controller', '--service', 'maint', '--ca-secret', 'own', '--tls-secret', 'leaf', '--lease', 'l'];
    expect(await parseArguments(inPod, '1.2.3', { POD_NAMESPACE: 'ops' })).toMatchObject({
      ok: true,
      value: {
        control: {
          lease: { namespace: 'ops', name: 'l' },
          certificates: { authority: { namespace: 'ops', name: 'own' }, leaf: { namespace: 'ops', name: 'leaf' } },
        },
      },
    });
  });

  test('with a folder the controller makes no certificates, and has those of the folder trusted', async () => {
    expect(await parse('controller', '--service=maint', '--namespace=ops', '--cert-dir=/tls')).toMatchObject({
      ok: true,
      value: { control: { certificates: { by: 'others', folder: '/tls' } } },
    });
  });

  test('entries that fail closed are named', async () => {
    const line = ['controller', '--service=maint', '--namespace=ops', '--fail-closed', 'work', '--fail-closed=addon'];
    expect(await parse(...line)).toMatchObject({
      ok: true,
      value: { control: { registered: { failurePolicy: 'Ignore', failClosed: ['work', 'addon'] } } },
    });
    expect(await parse('controller', '--service=a', '--namespace=b', '--fail-closed', 'node-guard')).toMatchObject({
      ok: false,
    });
  });

  test('namespaces that are exempt are named', async () => {
    const line = ['controller', '--service=maint', '--namespace=ops'];
    expect(await parse(...line, '--exempt-namespace', 'a', '--exempt-namespace=b')).toMatchObject({
      ok: true,
      value: { control: { registered: { exemptNamespaces: ['a', 'b'] } } },
    });
    expect(await parse(...line, '--exempt-namespace', 'No One')).toMatchObject({ ok: false });
  });

  test('a listener alone controls nothing; with a controller it keeps what it is called by', async () => {
    const folder = { kind: 'folder', folder: '/tls' };
    expect(await parse('serve', '--cert-dir', '/tls')).toMatchObject({
      ok: true,
      value: { serve: { certificates: folder } },
    });
    expect(await parse('serve', '--cert-dir', '/tls')).not.toHaveProperty('value.serve.controller.registered');
    expect(await parse('serve', '--with-controller', '--dns-name', 'h')).toMatchObject({
      ok: true,
      value: { serve: { controller: { registered: { by: 'address', names: ['h'] }, lease: undefined } } },
    });
    expect(await parse('serve', '--with-controller', '--service=maint', '--namespace=ops')).toMatchObject({
      ok: true,
      value: {
        serve: {
          certificates: { kind: 'self', names: NAMES },
          controller: {
            registered: { by: 'service', name: 'maint' },
            lease: { namespace: 'ops', name: 'kubectl-maint-controller' },
          },
        },
      },
    });
  });

  test('configuration by address or by Service', async () => {
    expect(await parse('configuration', '--url', 'https://h:1', '--ca-file', 'f')).toEqual({
      ok: true,
      value: { kind: 'configuration', address: { url: 'https://h:1' }, caFile: 'f', failurePolicy: 'Ignore' },
    });
    expect(await parse('configuration', '--service', 'ns/svc', '--failure-policy', 'Fail')).toEqual({
      ok: true,
      value: {
        kind: 'configuration',
        address: { service: { namespace: 'ns', name: 'svc' } },
        caFile: undefined,
        failurePolicy: 'Fail',
      },
    });
  });

  test.each([
    ['serve --port 70000', '--port', 'from 0 to 65535'],
    ['serve --port x', '--port', 'whole number'],
    ['serve --port 1 --port 2', '--port', 'twice'],
    ['serve --policy a --policy b', '--policy', 'twice'],
    ['serve --log-level info --log-level debug', '--log-level', 'twice'],
    ['serve --drain-seconds -1', '--drain-seconds', 'from 0 to 600'],
    ['serve --log-level loud', '', 'Invalid values'],
    ['policies --policy a --policy b', '--policy', 'twice'],
    ['policies --url https://h', '', 'Unknown argument'],
    ['serve --nonsense', '', 'Unknown argument'],
    ['reboot', '', 'Unknown argument'],
    ['serve --service maint --namespace ops', '--service', 'kept by the controller'],
    ['serve --with-controller --service maint', '--namespace', 'POD_NAMESPACE'],
    ['controller', '--service', 'is needed'],
    ['controller --service maint', '--namespace', 'POD_NAMESPACE'],
    ['controller --service Maint --namespace ops', '', '"Maint": no such name is possible'],
    ['controller --service maint --namespace ops --ca-secret A', '', '"A": no such name is possible'],
    ['controller --port 1', '', 'Unknown argument'],
    ['serve --service a --service b --namespace ops', '--service', 'twice'],
    ['configuration', '', 'either --url or --service'],
    ['configuration --url https://h --service a/b', '', 'either'],
    ['configuration --url http://h --ca-file f', '--url', 'https'],
    ['configuration --url https://h', '--ca-file', 'needed'],
    ['configuration --service webhook', '--service', 'NAMESPACE/NAME'],
  ])('%s is refused', async (line, path, message) => {
    const read = await parse(...line.split(' '));
    expect(read).toMatchObject({ ok: false });
    expect(read.ok ? [] : read.problems[0]).toMatchObject({
      path,
      message: expect.stringContaining(message) as unknown,
    });
  });

  test.each([
    ['--version', '1.2.3'],
    ['--help', 'Commands:'],
    ['serve --help', '--health-port'],
    ['controller --help', '--tls-secret'],
    ['configuration --help', '--failure-policy'],
    ['policies --help', '--policy'],
  ])('%s prints', async (line, part) => {
    const read = await parse(...line.split(' '));
    expect(read).toMatchObject({ ok: true, value: { kind: 'print', text: expect.stringContaining(part) as unknown } });
  });
});
