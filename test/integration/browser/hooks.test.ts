/** What `kubectl maint ui` shows of hooks: which steps are planned, what was done on a node, and what could not be put back. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings } from './axe.ts';
import { browserOrSkip } from './browser.ts';
import { HOSTILE, openScene, type Scene } from './scene.ts';

const executable = await browserOrSkip(process.env);

/** One object that each node has, and what a hook makes of it. */
const HOOKS = {
  apiVersion: 'kubectl-maint.io/v1alpha1',
  kind: 'MaintenanceHooks',
  hooks: [
    {
      name: 'storage',
      at: 'before-drain',
      steps: [
        { name: 'told', patch: { object: 'cm/$(NODE)', namespace: 'shop', merge: { data: { takes: 'nothing' } } } },
        { name: 'seen', annotate: { object: 'cm/$(NODE)', namespace: 'shop', annotations: { why: HOSTILE } } },
      ],
    },
  ],
};

describe.skipIf(executable === undefined)('hooks on the page', () => {
  let scene: Scene;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    scene = await openScene(executable ?? '');
    folder = await mkdtemp(join(tmpdir(), 'maint-ui-hooks-'));
    file = join(folder, 'hooks.json');
    await writeFile(file, JSON.stringify(HOOKS));
    await scene.world.create('/api/v1/namespaces/shop/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'worker-2', namespace: 'shop' },
      data: { takes: 'all' },
    });
  });
  afterAll(async () => {
    await scene.end();
    await rm(folder, { recursive: true });
  });

  test('steps that were done, with what puts them back; then none; and those that cannot be put back', async () => {
    await using visitor = await scene.visit();
    await visitor.see('worker-2');
    expect(await scene.plugin.maint(['on', 'worker-2', '--hooks', file])).toMatchObject({ code: 0 });
    const hooks = visitor.section('Hooks');
    await hooks.getByText('storage/told').waitFor();
    await hooks.getByText('configmaps/worker-2 (namespace shop) data.takes "all" -> "nothing"').waitFor();
    await hooks.getByText('storage/seen').waitFor();
    expect(await axeFindings(visitor.page)).toEqual([]);

    // Nothing guards the record in this cluster, as no floor is installed.
    const off = ['off', 'worker-2', '--skip-health-check', '--trust-hook-records'];
    const back = await scene.plugin.maint(off);
    expect(back, back.stderr).toMatchObject({ code: 0 });
    await hooks.waitFor({ state: 'detached' });

    const chat = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => chat.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(chat.address() as AddressInfo).port}/`;
    const steps = [{ name: 'chat', http: { url, body: {} }, inverse: { http: { url, body: {} } } }];
    await writeFile(file, JSON.stringify({ ...HOOKS, hooks: [{ name: 'tell', at: 'before-drain', steps }] }));
    expect(await scene.plugin.maint(['on', 'worker-2', '--hooks', file])).toMatchObject({ code: 0 });
    await hooks.getByText('tell/chat').waitFor();
    await new Promise((resolve) => chat.close(resolve));
    expect(await scene.plugin.maint(off)).toMatchObject({ code: 5 });
    await visitor.page.getByText('it comes back when it is clean').waitFor();
    await hooks.getByText(`tell/chat to be undone by POST ${url}`).waitFor();
    expect(visitor.complaints).toEqual([]);
  });
});
