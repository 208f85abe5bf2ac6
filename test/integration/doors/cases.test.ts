/** Inputs that were once judged wrongly, by every door: `check` with the cluster and with a file of nodes, and the API server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor } from '../../support/floor.ts';
import { caseFile, caseObjects, casesTitle, caseText, HAS_CASES } from '../../support/cases.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let webhook: WebhookProcess;
let folder: string;
let nodes: string;

const AGENT = 'A01-daemonset-affinity-away.yaml';

/** A text as PowerShell's `>` writes it. */
async function asUtf16(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, Buffer.from(`\ufeff${text}`, 'utf16le'));
  return file;
}

async function agentOn(node: string): Promise<string | undefined> {
  return (await world.podsOn(node)).find((name) => name.startsWith('agent-'));
}

describe.skipIf(!HAS_CASES)(casesTitle('inputs that were judged wrongly'), () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-cases-'));
    plane = await startControlPlane({ nodes: 3, podReadyMs: 200, podGoneMs: 200 });
    plugin = pluginRunner(plane);
    world = new Workloads(plane);
    await installFloor(plane);
    webhook = await startWebhook(plane);
    await webhook.register();
    const agent = JSON.stringify(caseObjects(AGENT)[0], (key, value: unknown) => {
      if (key === 'affinity') return undefined;
      return value === 'agent:2' ? 'agent:1' : value;
    });
    expect(await plane.kubectl(['apply', '-f', '-'], { input: agent })).toMatchObject({ code: 0 });
    await until('the agent is on node-1', async () => (await agentOn('node-1')) !== undefined);
    expect(await plugin.maint(['on', 'node-1', '--mode=cordon'])).toMatchObject({ code: 0 });
    nodes = join(folder, 'nodes.yaml');
    await writeFile(nodes, (await plane.kubectl(['get', 'nodes', '-o', 'yaml'])).stdout);
  });

  afterAll(async () => {
    await webhook.stop();
    await plane.stop();
    await rm(folder, { recursive: true });
  });

  /** What `check` says, with the cluster and with a file of its nodes: the same. */
  async function check(file: string): Promise<{ code: number | null; stdout: string }> {
    const [live, offline] = await Promise.all([
      plugin.maint(['check', '-f', file]),
      plugin.maint(['check', '-f', file, '--nodes', nodes]),
    ]);
    expect(offline.stdout).toBe(live.stdout);
    return { code: live.code, stdout: live.stdout };
  }

  test.each([
    ['B04-zalando-logical-backup.yaml', 'zalando-postgres', 'backup'],
    ['P01-merge-key.yaml', 'k8up', 'backup'],
    ['P06-typed-list.yaml', 'k8up', 'backup'],
    ['S01-mondoo-node-scan.yaml', 'mondoo', 'scan'],
    ['S03-kube-bench-daemonset.yaml', 'kube-bench', 'scan'],
  ])('%s is denied as work of %s', async (name, tool, rule) => {
    const said = await check(caseFile(name));
    expect(said).toMatchObject({ code: 3 });
    expect(said.stdout).toMatch(new RegExp(`Denied .*${tool}`));
    const created = await plane.kubectl(['create', '-f', caseFile(name)]);
    expect(created.code).not.toBe(0);
    expect(created.stderr).toMatch(new RegExp(`denied (?:the )?request: ${rule}: .*node-1`));
  });

  test('P04: what PowerShell writes as UTF-16 is read, manifests and nodes', async () => {
    const manifest = await asUtf16('u16.yaml', caseText('P04-utf16.yaml'));
    expect(await check(manifest)).toMatchObject({ code: 3 });
    const { stdout } = await plane.kubectl(['get', 'nodes', '-o', 'yaml']);
    const wide = await asUtf16('nodes-u16.yaml', stdout);
    expect(await plugin.maint(['check', '-f', manifest, '--nodes', wide])).toMatchObject({ code: 3 });
    expect((await plane.kubectl(['create', '-f', manifest])).stderr).toMatch(/denied (?:the )?request: backup: /);
  });

  test('A01: whoever takes a DaemonSet off the node is told that its pod goes at once', async () => {
    const before = await agentOn('node-2');
    const { code, stderr } = await plane.kubectl(['apply', '-f', caseFile(AGENT)]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: .*takes the pod off node node-1 at once/m);
    await until('it has left', async () => (await agentOn('node-1')) === undefined);
    await until('another has the change', async () => ![before, undefined].includes(await agentOn('node-2')));
  });
});
