/** What people see on a real terminal, whose size changes under it, and on which they press Ctrl-C. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { like } from '../../support/like.ts';
import { pluginEnvironment, pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { startShown, type Shown } from '../../support/terminal.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';

const CTRL_C = '\u0003';
/** util-linux's script makes the terminal. */
const ON_LINUX = process.platform === 'linux';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: ['watched', 'full', 'fuller', 'spare', 'more'].map((name) => ({ name })) });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});
afterAll(() => plane.stop());

const start = (line: string, size: readonly [number, number]): Shown =>
  startShown(`kubectl maint ${line}`, pluginEnvironment(plane.kubeconfig), size);

/** What stands below the terminal's own name. */
const shownBy = (running: Shown): readonly string[] => running.screen.lines().slice(1);

async function shows(running: Shown, what: RegExp): Promise<void> {
  const shown = () => shownBy(running).some((line) => what.test(line));
  await until(`it shows ${what.source}`, shown, { seen: () => shownBy(running).join('\n') });
}

test.runIf(ON_LINUX)(
  'status -w: one table, in its place, as wide as the terminal is by then; Ctrl-C leaves its last state',
  async () => {
    const watch = start('status -w -o wide', [100, 24]);
    await shows(watch, /^No nodes in maintenance\.$/);
    const reason = 'a reason that is much longer than any terminal of these is wide, so that it would be broken';
    const on = await plugin.maint([
      'on',
      'watched',
      '--mode=cordon',
      '--owner',
      'a-team-with-a-long-name',
      '--reason',
      reason,
    ]);
    expect(on).toMatchObject({ code: 0 });
    await shows(watch, /^watched +Complete/);
    expect(shownBy(watch)).toEqual([like(/^NAME +STATE .*…$/), like(/^watched +Complete .*…$/)]);

    for (const columns of [40, 140, 60, 90]) {
      await watch.resize(columns, 24);
      const isWide = (line: string): boolean => line.length === columns && line.endsWith('…');
      await until(`it is drawn at ${columns}`, () => {
        const lines = shownBy(watch);
        return Promise.resolve(lines.length > 0 && lines.every(isWide));
      });
      expect(shownBy(watch)).toEqual([like(/^NAME +STATE /), like(/^watched +Complete /)]);
    }

    watch.type(CTRL_C);
    expect(await watch.ended).toMatchObject({ code: 130 });
    expect(shownBy(watch)).toEqual([like(/^NAME +STATE .*…$/), like(/^watched +Complete .*…$/)]);
    expect(
      await plugin.maint(['off', 'watched', '--owner', 'a-team-with-a-long-name', '--healthy-for', '0']),
    ).toMatchObject({
      code: 0,
    });
  },
);

test.runIf(ON_LINUX)(
  'status -w of more nodes than rows: what does not fit is counted, and nothing of it scrolls',
  async () => {
    const watch = start('status full fuller spare more watched -w', [100, 4]);
    await shows(watch, /^\.\.\. and 4 more nodes$/);
    await watch.resize(100, 24);
    await shows(watch, /^watched +None/);
    await watch.resize(100, 5);
    await shows(watch, /^\.\.\. and 3 more nodes$/);
    // What the terminal itself has pushed out of its top is beyond our reach.
    const visible = ['NAME', 'full', 'fuller'].map((name) => like(new RegExp(`^${name} +`)));
    expect(shownBy(watch).slice(-4)).toEqual([...visible, '... and 3 more nodes']);
    watch.type(CTRL_C);
    expect(await watch.ended).toMatchObject({ code: 130 });
    const whole = ['NAME', 'full', 'fuller', 'more', 'spare', 'watched'].map((name) => like(new RegExp(`^${name} +`)));
    expect(shownBy(watch).slice(-6)).toEqual(whole);
    expect(shownBy(watch).filter((line) => line.includes('^C') || line.includes('... and'))).toEqual([]);
  },
);

test.runIf(ON_LINUX)('on: bars in their place, and after Ctrl-C whole lines that say what is left', async () => {
  const nodes = ['full', 'fuller'];
  for (const node of nodes) {
    await world.namespace(node);
    await world.deployment('web', { namespace: node, node }, 2);
    await world.budget('web', node, 'web', 2);
  }
  const on = start('on full fuller', [50, 24]);
  await shows(on, /^full +\[\.+\] +0\/2 +2 waiting$/);
  await on.resize(90, 24);
  await until('it is drawn anew', () =>
    Promise.resolve(shownBy(on).filter((line) => /^full(?:er)? +\[/.test(line)).length === 2),
  );
  on.type(CTRL_C);
  expect(await on.ended).toMatchObject({ code: 130 });
  const lines = shownBy(on);
  expect(lines.filter((line) => /\[[.#]+\]/.test(line))).toEqual([]);
  for (const node of nodes) {
    expect(lines.filter((line) => line === `left on node ${node}:`)).toHaveLength(1);
  }
  expect(lines.join('\n')).toContain('run the same command again to go on');
  expect(lines.filter((line) => line.includes('^C'))).toEqual([]);
});
