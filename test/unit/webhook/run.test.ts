import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { ClusterRefusal, listAt, numberAt, textAt } from '../../../shared/index.ts';
import { run } from '../../../webhook/run.ts';
import { call, Kept, nodeObject, post, reviewOf, ToldCluster, volumeBackup } from './world.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-webhook-'));
});
afterAll(() => rm(folder, { recursive: true }));

function started(line: string, cluster = new ToldCluster(nodeObject('n1', true), nodeObject('n2'))) {
  const signals: (() => void)[] = [];
  const stdout = new Kept();
  const stderr = new Kept();
  const onSignal = (listener: () => void) => signals.push(listener);
  const code = run({ argv: line.split(' '), env: {}, stdout, stderr, onSignal }, () => Promise.resolve(cluster));
  const signal = () => {
    signals.forEach((listener) => {
      listener();
    });
  };
  return { code, signal, stdout, stderr, cluster };
}

async function policyFile(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `apiVersion: kubectl-maint.io/v1alpha1\nkind: MaintenancePolicy\n${text}\n`);
  return file;
}

const SERVE = 'serve --host 127.0.0.1 --port 0 --health-port 0 --metrics-port 0 --dns-name 127.0.0.1';

describe('serve', () => {
  test('SIGTERM: unready at once, still answers with Connection: close, then exit 0', async () => {
    const caOut = join(folder, 'ca.pem');
    const { code, signal, stdout, cluster } = started(`${SERVE} --drain-seconds 1 --ca-out ${caOut}`);
    const line = await stdout.line('serving');
    cluster.sync();
    const url = `https://127.0.0.1:${numberAt(line, 'port')}/validate`;
    const agent = new Agent({ keepAlive: true });
    const ca = await readFile(caOut, 'utf8');
    const body = JSON.stringify(reviewOf(volumeBackup('n2')));
    expect((await post(url, ca, body, { agent })).headers.connection).toBe('keep-alive');
    signal();
    await stdout.line('draining');
    expect(await call(`http://127.0.0.1:${numberAt(line, 'healthPort')}/readyz`)).toMatchObject({
      status: 503,
      text: 'shutdown: draining\n',
    });
    expect(await post(url, ca, body, { agent })).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect(await code).toBe(0);
    agent.destroy();
    expect(cluster.closed).toBe(true);
    await expect(post(url, ca, body)).rejects.toThrow('ECONNREFUSED');
  });

  test('a second signal ends at once', async () => {
    const { code, signal, stdout } = started(`${SERVE} --drain-seconds 1`);
    await stdout.line('serving');
    signal();
    await stdout.line('draining');
    signal();
    expect(await code).toBe(130);
    expect(stdout.text).not.toContain('stopped');
  });

  test('a watch that is refused ends it with 4, and why', async () => {
    const { code, stdout, stderr, cluster } = started(SERVE);
    await stdout.line('serving');
    const message = 'nodes is forbidden: User "x" cannot list resource "nodes"';
    cluster.refuse(new ClusterRefusal({ status: 403, reason: 'Forbidden', message, body: {} }));
    expect(await code).toBe(4);
    expect(stderr.text).toBe(`error: ${message}\n`);
  });

  test('decides by the configuration', async () => {
    const policy = await policyFile('off.yaml', 'rules: { backup: { mode: off } }');
    const caOut = join(folder, 'policy-ca.pem');
    const { code, signal, stdout, cluster } = started(
      `${SERVE} --drain-seconds 0 --ca-out ${caOut} --policy ${policy}`,
    );
    const line = await stdout.line('serving');
    cluster.sync();
    const url = `https://127.0.0.1:${numberAt(line, 'port')}/validate`;
    const { json } = await post(url, await readFile(caOut, 'utf8'), JSON.stringify(reviewOf(volumeBackup('n1'))));
    expect(json).toMatchObject({ response: { allowed: true } });
    signal();
    expect(await code).toBe(0);
  });

  test('every problem of the configuration ends it with 2, before it serves', async () => {
    const policy = await policyFile('wrong.yaml', 'rules: { backup: { mode: of }, scan: { scop: node } }');
    const { code, stdout, stderr } = started(`${SERVE} --policy ${policy}`);
    expect(await code).toBe(2);
    expect(stderr.text).toMatch(
      /^error: --policy .*wrong\.yaml is not valid\nrules\.backup\.mode: .*\nrules\.scan\.scop: .*\n$/,
    );
    expect(stdout.text).toBe('');
  });

  test.each([
    ['mistaken.yaml', 'a: 1\na: 2', 'line 4, column 1: Map keys must be unique'],
    ['twice.yaml', '---\na: 1', 'multiple documents'],
    ['expanding.yaml', `a: &a [1]\nb: [${'*a,'.repeat(200)}]`, 'Excessive alias count'],
  ])('%s is refused', async (name, text, message) => {
    const { code, stderr } = started(`${SERVE} --policy ${await policyFile(name, text)}`);
    expect(await code).toBe(2);
    expect(stderr.text).toContain(message);
  });

  test('a configuration that is not there is exit 2', async () => {
    const { code, stderr } = started(`${SERVE} --policy ${join(folder, 'nowhere.yaml')}`);
    expect(await code).toBe(2);
    expect(stderr.text).toMatch(/^error: cannot read .*ENOENT/);
  });

  test('a file for the authority that cannot be written ends it with 2', async () => {
    const { code, stderr } = started(`${SERVE} --ca-out ${join(folder, 'missing', 'ca.pem')}`);
    expect(await code).toBe(2);
    expect(stderr.text).toMatch(/^error: cannot write .*ENOENT/);
  });
});

describe('configuration', () => {
  test('prints the registration as YAML', async () => {
    const caFile = join(folder, 'given.pem');
    await writeFile(caFile, '-----BEGIN CERTIFICATE-----\n');
    const { code, stdout } = started(
      `configuration --url https://127.0.0.1:1 --ca-file ${caFile} --failure-policy Fail`,
    );
    expect(await code).toBe(0);
    const value: unknown = parse(stdout.text);
    expect(textAt(value, 'kind')).toBe('ValidatingWebhookConfiguration');
    expect(stdout.text).not.toMatch(/&a1|\*a1/);
  });

  test("asks about the kinds of the configuration's tools and scopes", async () => {
    const copies = `{ id: copies, patterns: [{ work: backup, match: { kinds: [example.com/Copy] } }] }`;
    const policy = await policyFile('tools.yaml', `rules: { backup: { scope: cluster } }\ntools: [${copies}]`);
    const { code, stdout } = started(`configuration --service a/b --policy ${policy}`);
    expect(await code).toBe(0);
    const rules = listAt(listAt(parse(stdout.text), 'webhooks')[0], 'rules');
    expect(rules).toContainEqual(expect.objectContaining({ apiGroups: ['example.com'], resources: ['*'] }));
    expect(rules).toContainEqual(expect.objectContaining({ apiGroups: ['velero.io'], resources: ['backups'] }));
  });

  test.each([
    ['configuration', 'error: give either --url or --service\nhint: see maint-webhook --help\n'],
    ['configuration --url https://h --ca-file /nowhere/ca.pem', 'error: cannot read /nowhere/ca.pem'],
    ['configuration --url https://h --ca-file package.json', 'error: package.json holds no PEM certificate\n'],
  ])('%s: exit 2', async (line, text) => {
    const { code, stderr, stdout } = started(line);
    expect(await code).toBe(2);
    expect(stderr.text).toContain(text);
    expect(stdout.text).toBe('');
  });
});

describe('policies', () => {
  const DEFINITION = 'CustomResourceDefinition maintenanceregisters.kubectl-maint.io';
  const REGISTER = 'MaintenanceRegister cluster';
  const printed = async (line: string) => {
    const { code, stdout } = started(line);
    expect(await code).toBe(0);
    expect(stdout.text).not.toMatch(/&a1|\*a1/);
    const documents = parseAllDocuments(stdout.text).map((document) => {
      const value: unknown = document.toJS();
      return value;
    });
    return documents.map((value) => `${textAt(value, 'kind') ?? ''} ${textAt(value, 'metadata', 'name') ?? ''}`);
  };

  test('prints what holds without a webhook, as YAML documents', async () => {
    const policies = (...names: readonly string[]) =>
      names.flatMap((name) => [
        `ValidatingAdmissionPolicy ${name}.kubectl-maint.io`,
        `ValidatingAdmissionPolicyBinding ${name}.kubectl-maint.io`,
      ]);
    expect(await printed('policies')).toEqual([DEFINITION, ...policies('scan', 'backup', 'record'), REGISTER]);
    expect(await printed('policies --controller ana')).toEqual([
      DEFINITION,
      ...policies('scan', 'backup', 'record', 'register'),
      REGISTER,
    ]);
  });

  test.each([
    ['preset: default', ''],
    [
      'rules: { scan: { afterOverdue: warn } }',
      /^note: scan is left to the webhook: its rule answers otherwise .*\(.*trivy-operator.*\)\n$/,
    ],
    ['rules: { node-guard: { mode: "off" } }', /^note: node-guard is off: whoever may write nodes .*\n$/],
    [
      'tools: [{ id: ours, patterns: [{ work: backup, match: { kinds: [batch/Job], commands: [our-dump] } }] }]',
      /^note: backup is left to the webhook: it is known by what it runs.*\(ours\)\n$/,
    ],
    ['rules: { backup: { mode: "off" }, scan: { mode: audit } }', ''],
  ])('tells beside them what %s leaves to the webhook', async (written, says) => {
    const { code, stderr } = started(`policies --policy ${await policyFile('gaps.yaml', written)}`);
    expect(await code).toBe(0);
    expect(stderr.text).toMatch(says);
    expect(stderr.text === '').toBe(says === '');
  });

  test('by the configuration', async () => {
    const policy = await policyFile('no-scan.yaml', 'rules: { scan: { mode: "off" }, node-guard: { mode: "off" } }');
    expect(await printed(`policies --policy ${policy}`)).toEqual([
      DEFINITION,
      'ValidatingAdmissionPolicy backup.kubectl-maint.io',
      'ValidatingAdmissionPolicyBinding backup.kubectl-maint.io',
      REGISTER,
    ]);
  });
});

describe('validate', () => {
  test('says what a replica would go by', async () => {
    const { code, stdout } = started(`validate --policy ${await policyFile('good.yaml', 'preset: palette')}`);
    expect(await code).toBe(0);
    expect(stdout.text).toMatch(/^policy .*good\.yaml is valid: .*placement off, scan enforce\n$/);
  });

  test.each([
    ['rules: { backup: { mode: of } }', 'rules.backup.mode: must be'],
    ['tools: [{ id: velero, patterns: [] }]', 'tools[0]'],
  ])('%s is exit 2', async (text, says) => {
    const { code, stdout, stderr } = started(`validate --policy ${await policyFile('bad.yaml', text)}`);
    expect(await code).toBe(2);
    expect(stderr.text).toContain(says);
    expect(stdout.text).toBe('');
  });

  test('wants a policy, once', async () => {
    expect(await started('validate').code).toBe(2);
    expect(await started('validate --policy a --policy b').code).toBe(2);
  });
});

test('--version prints and ends with 0', async () => {
  const { code, stdout } = started('--version');
  expect(await code).toBe(0);
  expect(stdout.text).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
});
