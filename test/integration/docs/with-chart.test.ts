/** The pages about everyday use, carried out as they stand there, from page to page, in a cluster in which README.md has installed the chart. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { WITH_CHART } from '../../support/carried-out.ts';
import { ChartScene } from '../../support/chart-scene.ts';
import { listedNodes } from '../../support/floor.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf } from '../../support/workloads.ts';

let scene: ChartScene;
let chat: Server;
/** What the hook of docs/hooks.md has said. */
const told: string[] = [];

beforeAll(async () => {
  scene = await ChartScene.start(WITH_CHART);
  for (const name of ['ops', 'monitoring']) await scene.world.namespace(name);
  await scene.addContexts('prod', 'prod-a', 'prod-b');
  chat = createServer((request, response) => {
    void text(request).then((body) => {
      told.push(body);
      response.end();
    });
  });
  await new Promise<void>((done) => chat.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  chat.close();
  await scene.end();
});

/** The first example in YAML of a page. */
async function exampleOf(page: string): Promise<string> {
  return /^```yaml\n(.*?)^```/ms.exec(await readFile(page, 'utf8'))?.[1] ?? '';
}

test('README.md: the chart', async () => {
  await scene.reader.follows('README.md', {
    'version --client': { says: /^Client Version: / },
    'helm install': scene.installs,
    'helm test': scene.tests(),
    'create clusterrolebinding': { says: 'maintainers created' },
  });
});

test('docs/doctor.md', async () => {
  await scene.reader.follows('docs/doctor.md', {
    doctor: {},
    '--context prod': { says: '"kind": "DoctorReport"' },
    '--redact': {
      after: async () => {
        const report = await readFile(join(scene.folder, 'doctor.json'), 'utf8');
        expect(report).toContain('"kind": "DoctorReport"');
        expect(report).not.toContain('worker-');
      },
    },
  });
});

test('docs/check.md', async () => {
  const backup = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'nightly', namespace: 'velero' } };
  await writeFile(join(scene.folder, 'backup.yaml'), JSON.stringify(backup));
  await mkdir(join(scene.folder, 'manifests/deeper'), { recursive: true });
  await writeFile(join(scene.folder, 'manifests/deeper/backup.yaml'), JSON.stringify(backup));
  await writeFile(join(scene.folder, 'nodes.yaml'), await scene.kubectl('get', 'nodes', '-o', 'yaml'));
  await mkdir(join(scene.folder, 'chart/templates'), { recursive: true });
  await writeFile(join(scene.folder, 'chart/Chart.yaml'), 'apiVersion: v2\nname: backups\nversion: 1.0.0\n');
  await writeFile(join(scene.folder, 'chart/templates/backup.yaml'), JSON.stringify(backup));
  await scene.reader.follows('docs/check.md', {
    'backup.yaml': { says: /Allowed +backup/ },
    'helm template': { says: /Allowed +backup/ },
    '--nodes': { says: '"kind": "CheckReport"' },
  });
});

test('docs/configuration.md', async () => {
  const wrong = (yaml: string) => () =>
    writeFile(
      join(scene.folder, 'wrong.yaml'),
      `apiVersion: kubectl-maint.io/v1alpha1\nkind: MaintenancePolicy\n${yaml}`,
    );
  await writeFile(join(scene.folder, 'policy.yaml'), await exampleOf('docs/configuration.md'));
  await scene.reader.follows(
    'docs/configuration.md',
    {
      'policy.yaml': {},
      'wrong.yaml': { before: wrong('rules: { scan: { mode: of }, addon: { scope: node } }'), code: 2 },
    },
    'Configuration',
  );
  const match = "{ kinds: [batch/Job, /Pod], images: [dumper], without: ['--help'] }";
  const tool = `tools: [{ id: our-dumper, patterns: [{ work: backup, match: ${match} }] }]`;
  await scene.reader.follows('docs/configuration.md', { 'wrong.yaml': { before: wrong(tool), code: 2 } }, 'Tools');
});

test('docs/data.md', async () => {
  // kubectl makes a role for nothing that is not there.
  await scene.world.customResource('kubevirt.io', {
    kind: 'VirtualMachineInstance',
    plural: 'virtualmachineinstances',
  });
  await scene.reader.follows('docs/data.md', { 'create clusterrole': { says: 'maint-machines created' } });
});

test('docs/run.md', async () => {
  await scene.reader.follows('docs/run.md', {
    'worker-1 worker-2 worker-3 --reason': { says: '3 of 3 nodes done' },
    '-l node-pool=blue --max-parallel=2': { says: '2 of 2 nodes done' },
    'run worker-1 --dry-run=client': { says: 'node/worker-1 runs: ./upgrade.sh (dry run)' },
    'create namespace': { says: 'created' },
    'label namespace': { says: 'labeled' },
    'create rolebinding': { says: 'created' },
    '--output-dir logs --dry-run=client': { says: 'node/worker-3 runs: ./upgrade.sh (dry run)' },
    '--between=': { says: /it is low at worker-11[^]*2 of 2 nodes done/ },
  });
});

test('docs/detach.md', async () => {
  await scene.reader.follows('docs/detach.md', {
    'create serviceaccount': { says: 'created' },
    'create clusterrolebinding': { says: 'created' },
    'maint on': { says: /^job\.batch\/maint-on-\S+ created \(namespace ops\)$/m },
    'maint run': {
      says: /^job\.batch\/maint-run-\S+ created \(namespace ops\)$[^]*^follow it: kubectl maint attach /m,
    },
    'create rolebinding': { says: 'created' },
  });
});

test('docs/drain.md', async () => {
  await scene.reader.follows('docs/drain.md', { 'maint on': { says: 'all 2 nodes are drained' } });
  await scene.off('worker-10', 'worker-11');
});

test('docs/exceptions.md', async () => {
  await scene.on('worker-3');
  const exceptions = async () => listAt(JSON.parse((await record('worker-3')) ?? '{}'), 'exceptions');
  await scene.reader.follows('docs/exceptions.md', {
    '--rules backup': {
      after: async () => {
        expect(await exceptions()).toHaveLength(1);
      },
    },
    '--revoke': {
      after: async () => {
        expect(await exceptions()).toEqual([]);
      },
    },
  });
});

test('docs/floor.md: the register', async () => {
  await until('it lists the node', async () => (await listedNodes(scene.plane))?.join() === 'worker-3');
  await scene.reader.follows('docs/floor.md', { 'get maintenanceregister': { says: 'worker-3' } });
});

test('docs/status.md', async () => {
  await scene.reader.follows('docs/status.md', {
    'maint status ': { says: 'worker-3' },
    'status worker-3': { says: 'worker-3' },
    '-l rack=b7 -o wide': { says: /worker-6[^]*worker-7/ },
    '-w ': { says: 'worker-3', goesOn: true, code: 130 },
    '--exit-code': { says: 'node/worker-3', code: 6 },
  });
});

test('docs/ui.md', async () => {
  const serves = { says: /^http:\/\/127\.0\.0\.1:\d+\/#token=\S+$/m, goesOn: true, code: 130 } as const;
  const isOpened = async (said: string) => {
    const address = serves.says.exec(said)?.[0] ?? '';
    const opened = () => readFile(join(scene.folder, 'opened'), 'utf8').catch(() => '');
    await until('the browser is opened', async () => (await opened()).includes(`${address}\n`));
  };
  await scene.reader.follows('docs/ui.md', {
    'maint ui ': { ...serves, after: isOpened },
    '--context prod-b': { ...serves, after: isOpened },
    '--no-open': serves,
    '--allow-changes': { ...serves, after: isOpened },
    'ssh -L': serves,
  });
});

test('docs/hooks.md', async () => {
  await scene.off('worker-3');
  const address = chat.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const example = await exampleOf('docs/hooks.md');
  const hooks = example.replaceAll('https://chat.example/', `http://127.0.0.1:${port}/`);
  await writeFile(join(scene.folder, 'hooks.yaml'), hooks);
  await scene.reader.follows('docs/hooks.md', {
    'create configmap': { says: 'created' },
    'hooks.yaml  ': {
      after: () => {
        expect(told).toEqual([expect.stringContaining('worker-3: ')]);
      },
    },
    '--dry-run': { says: 'tell/chat' },
    'create role ': { says: 'created' },
    'create clusterrole ': { says: 'created' },
  });
});

test('docs/maintenance.md', async () => {
  await scene.reader.follows('docs/maintenance.md', {
    'off worker-3 ': {
      says: 'node/worker-3 out of maintenance',
      after: () => {
        expect(told.at(-1)).toContain('worker-3 is back');
      },
    },
    '-l rack=b7': { before: () => scene.on('worker-6', 'worker-7'), says: 'node/worker-7 out of maintenance' },
    '--healthy-for': { before: () => scene.on('worker-3'), says: 'watching it for 1s' },
    '--skip-health-check': { before: () => scene.on('worker-3') },
    '-o json': { before: () => scene.on('worker-3'), says: /^\{"time":/m },
  });
  expect(maintenanceOf(await scene.world.node('worker-3')).label).toBeUndefined();
});

test('docs/reboot.md', async () => {
  await scene.reader.follows('docs/reboot.md', {
    'maint on': { says: 'node/worker-3 drained' },
    'ssh root@worker-3': { says: 'node/worker-3 patched' },
    'maint off': { says: 'node/worker-3 out of maintenance' },
    '--reboot -- sh': {
      before: async () => {
        for (const node of ['worker-8', 'worker-9'])
          await scene.world.patch(`/api/v1/nodes/${node}/status`, { status: { nodeInfo: { bootID: 'the-first' } } });
      },
      says: /node\/worker-9 has rebooted[^]*2 of 2 nodes done/,
    },
  });
});

test('no command was passed over', () => {
  expect(scene.reader.left).toEqual([]);
});

/** The record on a node, as it stands there. */
async function record(node: string): Promise<string | undefined> {
  return textAt(await scene.world.node(node), 'metadata', 'annotations', 'kubectl-maint.io/maintenance');
}
