/** Hooks against the real API server: what was done is undone, whatever ends the command, and by the node's own words. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, DEFAULT_POLICY, fieldsAt, textAt, TOOLS } from '../../../shared/index.ts';
import { floorObjects } from '../../../webhook/floor/floor.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import type { Arrived } from '../../support/fault-proxy.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { killedAt } from '../../support/killed-at.ts';
import { until } from '../../support/until.ts';
import { FREE, maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let folder: string;

const NODES = [
  'kill-before',
  'kill-after',
  'two',
  'changed',
  'rbac',
  'admission',
  'conflict',
  'gone',
  'foreign',
  'again',
  'kinds',
  'warned',
  'rolled',
  'guard',
  'installed',
  'waits',
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubectl-maint-hooks-'));
  plane = await startControlPlane({
    nodes: [...NODES, 'spare'].map((name) => ({ name })),
    users: [
      { name: 'ana', groups: ['system:masters'] },
      { name: 'ben', groups: ['system:masters'] },
      { name: 'cleo', groups: [] },
    ],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  // Whoever may everything with nodes, and may look at everything else.
  await world.grant('cleo', [
    { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['*'] },
    { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['pods/eviction', 'events'], verbs: ['create'] },
    { apiGroups: ['kubectl-maint.io'], resources: ['maintenances'], verbs: ['set'] },
  ]);
}, 120_000);

afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Writes a hook file. Returns its path. */
async function hookFile(name: string, hooks: readonly object[]): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify({ apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenanceHooks', hooks }));
  return path;
}

/** A command that has to end well. */
async function well(args: readonly string[]): Promise<void> {
  const ran = await plugin.maint(args);
  expect(`${ran.code ?? ''} ${ran.stderr}`).toMatch(/^0 /);
}

const configMaps = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`;

async function configMap(namespace: string, name: string, data: object, more: object = {}): Promise<string> {
  await world.create(configMaps(namespace), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data });
  return `${configMaps(namespace)}/${name}`;
}

/** An object byte for byte, but for what the API server keeps for itself. */
async function bytesOf(path: string): Promise<string> {
  const object = fieldsAt(await world.get(path));
  const { managedFields, resourceVersion, generation, ...metadata } = fieldsAt(object, 'metadata');
  return JSON.stringify({ ...object, metadata });
}

/** What a node says of its hooks. */
async function recordOf(node: string): Promise<unknown> {
  const written = textAt(await world.node(node), 'metadata', 'annotations', 'kubectl-maint.io/hooks');
  return written === undefined ? undefined : JSON.parse(written);
}

/** A step that merges something into an object of a namespace. */
function patchStep(name: string, object: string, namespace: string, merge: object): object {
  return { name, patch: { object, namespace, merge } };
}

const on = (
  node: string,
  file: string,
  owner: string,
  ...more: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  plugin.maint(['on', node, '--owner', owner, '--hooks', file, ...more]);
const off = (
  node: string,
  owner: string,
  ...more: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  plugin.maint(['off', node, '--owner', owner, '--skip-health-check', '--trust-hook-records', ...more]);

describe('killed at every write, on the way in and on the way back', () => {
  /** What changes an object; dry runs, Events, conditions and questions about rights change none that hooks are about. */
  const isWrite = ({ method, path }: Arrived): boolean =>
    method === 'PATCH' && !path.includes('dryRun=') && !path.includes('/status?');

  test.concurrent.each(['before', 'after'] as const)(
    '%s the API server has it: after off every object is byte for byte what it was',
    // A dozen writes, and six commands of a second and more for each: 117 s beside three other files, 270 s on a machine that
    // others kept busy.
    { timeout: 500_000 },
    async (when) => {
      const node = `kill-${when}`;
      const namespace = await world.bareNamespace(node);
      const objects = [
        await configMap(namespace, 'storage', { scheduling: 'true', other: 'x' }),
        await configMap(namespace, 'bare', { a: '1' }),
        `/api/v1/namespaces/${namespace}`,
      ];
      const file = await hookFile(node, [
        {
          name: 'storage',
          at: 'before-drain',
          steps: [
            patchStep('scheduling', 'configmaps/storage', namespace, { data: { scheduling: 'false', by: '$(OWNER)' } }),
            { name: 'apply', patch: { object: 'cm/bare', namespace, apply: { data: { b: '$(NODE)' } } } },
            { name: 'json', patch: { object: 'cm/bare', namespace, json: [{ op: 'remove', path: '/data/a' }] } },
          ],
        },
        {
          name: 'later',
          at: 'after-drain',
          steps: [{ name: 'mark', label: { object: `namespaces/${namespace}`, labels: { empty: 'yes' } } }],
        },
      ]);
      const before = await Promise.all(objects.map(bytesOf));
      const takes = ['on', node, '--owner', 'ana', '--reason', 'disk', '--hooks', file];
      const returns = ['off', node, '--owner', 'ana', '--skip-health-check', '--trust-hook-records'];
      const isChanged = async (): Promise<boolean> =>
        JSON.stringify(await Promise.all(objects.map(bytesOf))) !== JSON.stringify(before);
      let kills = 0;
      const isHeld = async (): Promise<boolean> => maintenanceOf(await world.node(node)).record !== undefined;
      for (let write = 1; ; write += 1) {
        // Killed on the way in, and brought back from there.
        const isIn = (await killedAt(takes, { write, when, isWrite }, plane)) === 'killed';
        if (await isHeld()) await well(returns);
        expect(await Promise.all(objects.map(bytesOf))).toEqual(before);
        expect(await recordOf(node)).toBeUndefined();
        // Killed on the way in, gone on with, and killed on the way back.
        await killedAt(takes, { write, when, isWrite }, plane);
        await well(takes);
        expect(await isChanged()).toBe(true);
        const isOut = (await killedAt(returns, { write, when, isWrite }, plane)) === 'killed';
        if (await isHeld()) await well(returns);
        expect(await Promise.all(objects.map(bytesOf))).toEqual(before);
        expect(await recordOf(node)).toBeUndefined();
        kills += Number(isIn) + Number(isOut);
        if (!isIn && !isOut) break;
      }
      expect(kills).toBeGreaterThan(20);
      expect(maintenanceOf(await world.node(node))).toMatchObject({
        label: undefined,
        record: undefined,
        unschedulable: false,
      });
    },
  );
});

test('two owners with different hooks: what each has done is undone when the last of them goes', async () => {
  const namespace = await world.bareNamespace('two');
  const path = await configMap(namespace, 'a', { x: '1', y: '1' });
  const before = await bytesOf(path);
  const [ana, ben] = [
    await hookFile('two-ana', [
      { name: 'h', at: 'before-drain', steps: [patchStep('x', 'cm/a', namespace, { data: { x: '2' } })] },
    ]),
    await hookFile('two-ben', [
      { name: 'h', at: 'before-drain', steps: [patchStep('x', 'cm/a', namespace, { data: { x: '3', y: null } })] },
    ]),
  ];
  expect((await on('two', ana, 'ana')).stdout).toContain('node/two hook h/x done\n');
  expect((await on('two', ben, 'ben')).stdout).toContain('node/two hook h/x done\n');
  expect(at(await world.get(path), 'data')).toEqual({ x: '3' });
  // What was done stays done, whoever takes the node once more.
  expect((await on('two', ana, 'ana')).stderr).toContain('node/two hook h/x has nothing to do');
  expect(at(await world.get(path), 'data')).toEqual({ x: '3' });
  expect(await off('two', 'ana')).toMatchObject({ code: 0 });
  expect(at(await world.get(path), 'data')).toEqual({ x: '3' });
  expect(await off('two', 'ben')).toMatchObject({ code: 0 });
  expect(await bytesOf(path)).toBe(before);
});

test('a hook that is changed between on and off: what was done is undone, and nothing of the new one', async () => {
  const namespace = await world.bareNamespace('changed');
  const path = await configMap(namespace, 'a', { x: '1' });
  const before = await bytesOf(path);
  const step = (value: string) => [
    { name: 'h', at: 'before-drain', steps: [patchStep('x', 'cm/a', namespace, { data: { x: value } })] },
  ];
  const file = await hookFile('changed', step('2'));
  expect(await on('changed', file, 'ana')).toMatchObject({ code: 0 });
  const status = await plugin.maint(['status', 'changed', '-o', 'json']);
  expect(JSON.parse(status.stdout)).toMatchObject({
    items: [
      { hooks: [{ hook: 'h', step: 'x', done: true, undo: 'configmaps/a (namespace changed) data.x "1" -> "2"' }] },
    ],
  });
  expect((await plugin.maint(['status', 'changed'])).stdout).toContain(
    'h/x: configmaps/a (namespace changed) data.x "1" -> "2"',
  );
  await hookFile('changed', step('3'));
  const ran = await off('changed', 'ana', '--hooks', file);
  expect(ran.stdout).toContain('node/changed hook h/x undone\n');
  expect(await bytesOf(path)).toBe(before);
  await expect(readFile(file, 'utf8')).resolves.toContain('"3"');
});

describe('a step that is refused', () => {
  test('by RBAC: before anything is written', async () => {
    const namespace = await world.bareNamespace('rbac');
    await configMap(namespace, 'a', { x: '1' });
    const file = await hookFile('rbac', [
      { name: 'h', at: 'before-drain', steps: [patchStep('x', 'cm/a', namespace, { data: { x: '2' } })] },
    ]);
    const ran = await plugin.maint(['on', 'rbac', '--hooks', file], { user: 'cleo' });
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('you may not patch configmaps/a in namespace rbac');
    expect(maintenanceOf(await world.node('rbac'))).toEqual(FREE);
  });

  test('of an inverse, by RBAC: it is told and kept, the node stays, and who may it undoes it', async () => {
    const namespace = await world.bareNamespace('rbac-inverse');
    const path = await configMap(namespace, 'a', { x: '1' });
    const before = await bytesOf(path);
    const file = await hookFile('rbac-inverse', [
      { name: 'h', at: 'before-drain', steps: [patchStep('x', 'cm/a', namespace, { data: { x: '2' } })] },
    ]);
    expect(await on('rbac', file, 'ana')).toMatchObject({ code: 0 });
    const args = ['off', 'rbac', '--owner', 'ana', '--skip-health-check', '--trust-hook-records'];
    const refused = await plugin.maint(args, { user: 'cleo' });
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain(
      'Warning: node/rbac hook h/x failed: it could not be undone: configmaps "a" is forbidden',
    );
    expect(refused.stderr).toContain('node rbac stays in maintenance: h/x could not be undone');
    expect(maintenanceOf(await world.node('rbac'))).toMatchObject({ label: 'returning', unschedulable: true });
    expect((await plugin.maint(args)).stdout).toContain('node/rbac hook h/x undone\n');
    expect(await bytesOf(path)).toBe(before);
    expect(await recordOf('rbac')).toBeUndefined();
  });

  test('by admission: nothing is recorded, the node stays Initiated, and --rollback gives it back', async () => {
    const namespace = await world.bareNamespace('admission');
    const path = `/api/v1/namespaces/${namespace}/services/a`;
    await world.create(`/api/v1/namespaces/${namespace}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { ports: [{ port: 80 }] },
    });
    const before = await bytesOf(path);
    const file = await hookFile('admission', [
      {
        name: 'h',
        at: 'before-drain',
        steps: [
          { name: 'fine', label: { object: 'svc/a', namespace, labels: { fine: 'yes' } } },
          patchStep('bad', 'svc/a', namespace, { spec: { clusterIP: '256.0.0.1' } }),
        ],
      },
    ]);
    const ran = await on('admission', file, 'ana');
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('hook h/bad failed on node admission: Service "a" is invalid');
    expect(ran.stderr).toContain('node admission stays marked and cordoned (Initiated)');
    expect(await recordOf('admission')).toMatchObject({ steps: [{ step: 'fine' }] });
    const again = await on('admission', file, 'ana', '--rollback');
    expect(again.code).toBe(4);
    expect(await off('admission', 'ana')).toMatchObject({ code: 0 });
    expect(await bytesOf(path)).toBe(before);
  });

  test('by a conflict: fields that others own are not taken without force', async () => {
    const namespace = await world.bareNamespace('conflict');
    await plane.api('PATCH', `${configMaps(namespace)}/a?fieldManager=theirs`, {}).catch(() => undefined);
    const path = await configMap(namespace, 'a', { x: '1' });
    const hooks = (force: boolean) => [
      {
        name: 'h',
        at: 'before-drain',
        steps: [{ name: 'x', patch: { object: 'cm/a', namespace, apply: { data: { x: '2' } }, force } }],
      },
    ];
    const ran = await on('conflict', await hookFile('conflict', hooks(false)), 'ana');
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('Apply failed with 1 conflict');
    expect(await recordOf('conflict')).toBeUndefined();
    const before = await bytesOf(path);
    expect(await on('conflict', await hookFile('conflict', hooks(true)), 'ana')).toMatchObject({ code: 0 });
    expect(at(await world.get(path), 'data')).toEqual({ x: '2' });
    expect(await off('conflict', 'ana')).toMatchObject({ code: 0 });
    expect(await bytesOf(path)).toBe(before);
  });
});

test('an inverse whose object is gone, or was made again: there is nothing to undo, and that is told', async () => {
  const namespace = await world.bareNamespace('gone');
  const [a, b] = [await configMap(namespace, 'a', { x: '1' }), await configMap(namespace, 'b', { x: '1' })];
  const file = await hookFile('gone', [
    {
      name: 'h',
      at: 'before-drain',
      steps: ['a', 'b'].map((name) => patchStep(name, `cm/${name}`, namespace, { data: { x: '2' } })),
    },
  ]);
  expect(await on('gone', file, 'ana')).toMatchObject({ code: 0 });
  await world.remove(a);
  await world.remove(b);
  await configMap(namespace, 'b', { x: '2' });
  const ran = await off('gone', 'ana');
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain(
    'node/gone hook h/a has nothing to undo: configmaps/a (namespace gone) does not exist any more',
  );
  expect(ran.stderr).toContain(
    'node/gone hook h/b has nothing to undo: configmaps/b (namespace gone) was made again meanwhile',
  );
  expect(at(await world.get(b), 'data')).toEqual({ x: '2' });
});

test('what others have changed since stays, and is told', async () => {
  const namespace = await world.bareNamespace('foreign');
  const path = await configMap(namespace, 'a', { x: '1', y: '1' });
  const file = await hookFile('foreign', [
    { name: 'h', at: 'before-drain', steps: [patchStep('a', 'cm/a', namespace, { data: { x: '2', y: '2' } })] },
  ]);
  expect(await on('foreign', file, 'ana')).toMatchObject({ code: 0 });
  await world.patch(path, { data: { x: '9', z: '9' } });
  const ran = await off('foreign', 'ana');
  expect(ran.stderr).toContain(
    'undone, but for what somebody else has changed since: configmaps/a (namespace foreign) data.x',
  );
  expect(at(await world.get(path), 'data')).toEqual({ x: '9', y: '1', z: '9' });
});

test('an inverse that may fail: the node comes back, still says it, and the next off tries again', async () => {
  const served: string[] = [];
  let isDown = false;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      served.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
      response.writeHead(isDown ? 503 : 200).end('sorry');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const file = await hookFile('warned', [
      {
        name: 'tell',
        at: 'before-drain',
        steps: [
          {
            name: 'chat',
            http: { url: `${url}/say?who=$(OWNER)`, body: { text: '$(NODE): $(REASON)' } },
            inverse: { http: { url: `${url}/over`, method: 'DELETE' } },
            onFailure: 'warn',
          },
        ],
      },
    ]);
    expect(await on('warned', file, 'a&b', '--reason', 'a "disk"')).toMatchObject({ code: 0 });
    expect(served).toEqual(['POST /say?who=a%26b {"text":"warned: a \\"disk\\""}']);
    isDown = true;
    const ran = await off('warned', 'a&b');
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('hook tell/chat failed: it could not be undone');
    expect(ran.stderr).toContain('was answered with status 503: sorry');
    expect(maintenanceOf(await world.node('warned'))).toEqual(FREE);
    expect((await plugin.maint(['status'])).stderr).toContain(
      'node warned is out of maintenance, and not undone there: tell/chat',
    );
    expect(await off('warned', 'a&b')).toMatchObject({ code: 5 });
    isDown = false;
    const again = await off('warned', 'a&b');
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('node/warned hook tell/chat undone\n');
    expect(served.at(-1)).toBe('DELETE /over ');
    expect(await recordOf('warned')).toBeUndefined();
  } finally {
    server.close();
  }
});

test('--rollback undoes what was done', async () => {
  const namespace = await world.namespace('rolled');
  const path = await configMap(namespace, 'a', { x: '1' });
  const before = await bytesOf(path);
  await world.deployment('web', { namespace, node: 'rolled' }, 1);
  await world.budget('web', namespace, 'web', 1);
  const file = await hookFile('rolled', [
    { name: 'h', at: 'before-drain', steps: [patchStep('a', 'cm/a', namespace, { data: { x: '2' } })] },
  ]);
  const ran = await on('rolled', file, 'ana', '--rollback', '--timeout=3s');
  expect(ran.code).toBe(5);
  expect(ran.stdout).toContain('node/rolled hook h/a done\n');
  expect(ran.stdout).toContain('node/rolled hook h/a undone\n');
  expect(ran.stdout).toContain('node/rolled rolled back: uncordoned\n');
  expect(await bytesOf(path)).toBe(before);
  expect(await recordOf('rolled')).toBeUndefined();
});

test('without a policy that guards it, what a node says is undone only by who trusts it', async () => {
  const namespace = await world.bareNamespace('guard');
  const path = await configMap(namespace, 'a', { x: '1' });
  const file = await hookFile('guard', [
    { name: 'h', at: 'before-drain', steps: [patchStep('a', 'cm/a', namespace, { data: { x: '2' } })] },
  ]);
  expect(await on('guard', file, 'ana')).toMatchObject({ code: 0 });
  const ran = await plugin.maint(['off', 'guard', '--owner', 'ana', '--skip-health-check']);
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain('no policy of the API server guards what the node says of them');
  expect(at(await world.get(path), 'data')).toEqual({ x: '2' });
  expect(await off('guard', 'ana')).toMatchObject({ code: 0 });
  expect(at(await world.get(path), 'data')).toEqual({ x: '1' });
});

test('with such a policy, what a node says is undone for everybody', async () => {
  const objects = floorObjects(TOOLS, DEFAULT_POLICY).filter((object) =>
    (textAt(object, 'metadata', 'name') ?? '').startsWith('record.'),
  );
  expect(objects.length).toBeGreaterThan(1);
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  expect(await plane.kubectl(['create', '-f', '-'], { input })).toMatchObject({ code: 0 });
  const namespace = await world.bareNamespace('guarded');
  const path = await configMap(namespace, 'a', { x: '1' });
  const file = await hookFile('guarded', [
    { name: 'h', at: 'before-drain', steps: [patchStep('a', 'cm/a', namespace, { data: { x: '2' } })] },
  ]);
  expect(await on('guard', file, 'ana')).toMatchObject({ code: 0 });
  expect(await plugin.maint(['off', 'guard', '--owner', 'ana', '--skip-health-check'])).toMatchObject({ code: 0 });
  expect(at(await world.get(path), 'data')).toEqual({ x: '1' });
});

test('waits, Jobs and commands; the plan says all of them, and nothing is left of them', async () => {
  const namespace = await world.namespace('kinds');
  const marker = join(folder, 'marker');
  const spec = {
    backoffLimit: 0,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.invalid/none' }] } },
  };
  const script = 'echo "$1 $NODE $MAINT_OWNER" >> "$2"';
  const run = (word: string): string[] => ['sh', '-c', script, 'sh', word, marker];
  const file = await hookFile('kinds', [
    {
      name: 'h',
      at: 'before-drain',
      steps: [
        { name: 'ready', wait: 'node/$(NODE) --for=condition=Ready' },
        { name: 'move', job: { namespace, spec }, inverse: { job: { namespace, spec } } },
        { name: 'here', command: run('in'), inverse: { command: run('out') } },
      ],
    },
    { name: 'back', at: 'after-return', steps: [{ name: 'here', command: run('after') }] },
    {
      name: 'others',
      at: 'before-drain',
      nodeSelector: { matchLabels: { no: 'such' } },
      steps: [{ name: 'x', command: ['false'] }],
    },
  ]);
  const refused = await on('kinds', file, 'ana');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('hook h/here runs a command of this machine');
  const plan = await on('kinds', file, 'ana', '--allow-commands', '--dry-run');
  expect(plan.stderr).toContain(
    '  before-drain h/ready: waits for node/kinds --for=condition=Ready; it changes nothing\n',
  );
  expect(plan.stderr).toContain(
    '  before-drain h/move: runs a job in namespace kinds; undone by a job, its job is deleted on return\n',
  );
  const ran = await on('kinds', file, 'ana', '--allow-commands');
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain(
    'node/kinds hook h/ready done\nnode/kinds hook h/move done\nnode/kinds hook h/here done\n',
  );
  const back = await off('kinds', 'ana', '--hooks', file, '--allow-commands');
  expect(back.code).toBe(0);
  expect(await readFile(marker, 'utf8')).toBe('in kinds ana\nout kinds ana\nafter kinds ana\n');
  await until('no job is left', async () => {
    const jobs = at(await world.get(`/apis/batch/v1/namespaces/${namespace}/jobs`), 'items');
    return Array.isArray(jobs) && jobs.length === 0;
  });
});

test('a wait that does not come about ends in its time, and says what is missing', async () => {
  const file = await hookFile('waits', [
    {
      name: 'h',
      at: 'before-drain',
      steps: [{ name: 'w', wait: 'node/waits --for=condition=DatabaseGone', timeout: '2s' }],
    },
  ]);
  const ran = await on('waits', file, 'ana');
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain('hook h/w failed on node waits: nodes/waits has no condition DatabaseGone');
  expect(await off('waits', 'ana')).toMatchObject({ code: 0 });
});

test('a file that is wrong is refused with all that is wrong, and nothing is changed', async () => {
  const file = await hookFile('wrong', [
    {
      name: 'h',
      at: 'before-drain',
      steps: [
        { name: 'a', wait: 'nodes' },
        { name: 'b', patch: { object: 'frobs/x', merge: {} } },
      ],
    },
  ]);
  const ran = await on('spare', file, 'ana');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('hooks[0].steps[0].wait: names no object');
  const unknown = await on(
    'spare',
    await hookFile('unknown', [{ name: 'h', at: 'before-drain', steps: [patchStep('b', 'frobs/x', 'default', {})] }]),
    'ana',
  );
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('hook h/b: the API server has no type "frobs"');
  expect(maintenanceOf(await world.node('spare'))).toEqual(FREE);
});

describe('with an installation', () => {
  const namespace = 'kubectl-maint';

  beforeAll(async () => {
    await world.bareNamespace(namespace);
    await world.create('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'kubectl-maint', annotations: { 'meta.helm.sh/release-namespace': namespace } },
      webhooks: [],
    });
    const steps = [patchStep('x', 'cm/$(NODE)', namespace, { data: { x: '2' } })];
    const hooks = [
      { name: 'everybody', at: 'before-drain', nodeSelector: { matchLabels: { pool: 'storage' } }, steps },
    ];
    await configMap(namespace, 'kubectl-maint-hooks', {
      'hooks.yaml': JSON.stringify({ apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenanceHooks', hooks }),
    });
    for (const node of ['installed', 'again']) {
      await world.patch(`/api/v1/nodes/${node}`, { metadata: { labels: { pool: 'storage' } } });
      await configMap(namespace, node, { x: '1' });
    }
  });

  const dataOf = async (name: string): Promise<unknown> =>
    at(await world.get(`${configMaps(namespace)}/${name}`), 'data');
  const copies = async (): Promise<readonly string[]> =>
    Object.keys(fieldsAt(await dataOf('kubectl-maint-hook-records')));

  test('everybody carries out its hooks; those of --hooks come besides', async () => {
    const own = await hookFile('own', [
      {
        name: 'own',
        at: 'before-drain',
        steps: [{ name: 'y', annotate: { object: 'node/$(NODE)', annotations: { y: '1' } } }],
      },
    ]);
    const ran = await on('installed', own, 'ana');
    expect(ran.stdout).toContain('node/installed hook everybody/x done\nnode/installed hook own/y done\n');
    expect(await copies()).toEqual(['installed']);
    expect(await off('installed', 'ana')).toMatchObject({ code: 0 });
    expect(await dataOf('installed')).toEqual({ x: '1' });
    expect(textAt(await world.node('installed'), 'metadata', 'annotations', 'y')).toBeUndefined();
    expect(await copies()).toEqual([]);
    expect((await plugin.maint(['on', 'spare', '--dry-run'])).stderr).not.toContain('hooks on node');
  });

  test('a node that is deleted and made again: what was done for it is undone, by the copy', async () => {
    expect(await plugin.maint(['on', 'again', '--owner', 'ana'])).toMatchObject({ code: 0 });
    expect(await dataOf('again')).toEqual({ x: '2' });
    await world.remove('/api/v1/nodes/again');
    await until('it is gone', async () => (await world.node('again')) === undefined);
    await plane.addNode({ name: 'again', labels: { pool: 'storage' } });
    expect(await recordOf('again')).toBeUndefined();
    // A maintenance of the new one knows what was there before the first.
    expect(await plugin.maint(['on', 'again', '--owner', 'ben'])).toMatchObject({ code: 0 });
    expect(await off('again', 'ben')).toMatchObject({ code: 0 });
    expect(await dataOf('again')).toEqual({ x: '1' });
    // And off alone undoes it, although the new node is in no maintenance.
    expect(await plugin.maint(['on', 'again', '--owner', 'ana'])).toMatchObject({ code: 0 });
    await world.remove('/api/v1/nodes/again');
    await until('it is gone', async () => (await world.node('again')) === undefined);
    await plane.addNode({ name: 'again', labels: { pool: 'storage' } });
    const ran = await off('again', 'ana');
    expect(ran.stdout).toContain('node/again not in maintenance\nnode/again hook everybody/x undone\n');
    expect(await dataOf('again')).toEqual({ x: '1' });
    expect(await copies()).toEqual([]);
  });
});
