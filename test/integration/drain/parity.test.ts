import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner, type Ran } from '../../support/plugin-run.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';
import { DRY, REAL, type Situation } from './situations.ts';
import { Stage } from './stage.ts';

/**
 * `kubectl drain` and `kubectl maint on` side by side on one API server: each situation has twin nodes with the same pods,
 * and what the one refuses, warns of, evicts and leaves, the other does too. Where they differ, the situation names the
 * difference, and docs/drain.md tells its reason.
 */

let plane: ControlPlane;
let plugin: PluginRunner;
let stage: Stage;
let world: Workloads;

/** Nodes by situation: `ID-theirs` and `ID-ours`. */
const idOf = (prefix: string, index: number): string => `${prefix}-${index + 1}`;
const twins = (id: string): readonly [theirs: string, ours: string] => [`${id}-theirs`, `${id}-ours`];

beforeAll(async () => {
  const ids = [...DRY.map((_, index) => idOf('dry', index)), ...REAL.map((_, index) => idOf('real', index))];
  plane = await startControlPlane({
    // Without controllers, owners are what the test says they are, existing or not, and nothing is made again.
    controllerManager: false,
    scheduler: false,
    nodes: [{ name: 'bystander' }, ...ids.flatMap(twins).map((name) => ({ name }))],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  stage = new Stage(world);
  await stage.prepare();
});

afterAll(() => plane.stop());

/** What a run said and did, in words that both programs share. Names of nodes and pods are the situation's. */
interface Outcome {
  readonly ended: 'done' | 'not done';
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
  readonly evicted: readonly string[];
}

/** The node is left out of names, so that twins say the same. */
function outcomeOf({ code, stdout, stderr }: Pick<Ran, 'code' | 'stdout' | 'stderr'>, node: string): Outcome {
  const text = (said: string): string => said.replaceAll(`-${node}`, '');
  return {
    ended: code === 0 ? 'done' : 'not done',
    refusals: refusals(text(stderr)),
    warnings: warnings(text(stderr)),
    evicted: evictions(text(stdout)),
  };
}

/** `cannot delete MESSAGE: ns/pod, …` of either program, as sorted `MESSAGE: ns/pod`; kubectl says everything twice. */
function refusals(stderr: string): readonly string[] {
  const said = [...stderr.matchAll(/cannot delete (.*?)(?=, cannot delete|\]|, continuing|$)/gm)];
  return unique(said.flatMap(([, text = '']) => perPod(text)));
}

/** `Warning: MESSAGE: ns/pod; MESSAGE: ns/pod` as sorted `MESSAGE: ns/pod`. */
function warnings(stderr: string): readonly string[] {
  const said = [...stderr.matchAll(/^Warning: (.*)$/gm)].flatMap(([, text = '']) => text.split('; '));
  return unique(said.filter((text) => DRAIN_WARNINGS.test(text)).flatMap(perPod));
}

/** kubectl's own; the plugin has more to say. */
const DRAIN_WARNINGS = /^(?:ignoring|deleting) /;

function perPod(text: string): readonly string[] {
  const at = text.lastIndexOf(': ');
  return text
    .slice(at + 2)
    .split(', ')
    .map((pod) => `${text.slice(0, at)}: ${pod}`);
}

/** Pods that went, or that a dry run would send away; kubectl names the namespace only in the latter. */
function evictions(stdout: string): readonly string[] {
  const dry = [...stdout.matchAll(/^evicting pod [^/\s]+\/(\S+) \(dry run\)/gm)];
  const done = [...stdout.matchAll(/^pod\/(\S+) (?:evicted|deleted)/gm)];
  return unique([...dry, ...done].map(([, pod = '']) => pod));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

const DIFFERENCES = readFileSync('docs/drain.md', 'utf8');

function expectSame(ours: Outcome, theirs: Outcome, { differs }: Situation): void {
  if (differs === undefined) {
    expect(ours).toEqual(theirs);
    return;
  }
  expect(DIFFERENCES, 'the difference is told in docs/drain.md').toContain(`**${differs.id}**`);
  expect(ours).not.toEqual(theirs);
  expect(ours).toEqual({ ...theirs, ...differs.ours });
}

/** The one default that differs, said to kubectl, so that everything else is seen on its own. */
const OUR_DEFAULT = '--ignore-daemonsets';

describe('a dry run says the same', () => {
  test.concurrent.each(DRY.map((situation, index) => ({ ...situation, id: idOf('dry', index) })))(
    '$title',
    async (situation) => {
      const [theirs, ours] = twins(situation.id);
      await Promise.all([stage.fill(theirs, situation), stage.fill(ours, situation)]);
      const said = await Promise.all([
        plane.kubectl(['drain', theirs, '--dry-run=client', OUR_DEFAULT, ...situation.flags]),
        plugin.maint(['on', ours, '--dry-run=client', ...situation.flags]),
      ]);
      expectSame(outcomeOf(said[1], ours), outcomeOf(said[0], theirs), situation);
      expect(maintenanceOf(await world.node(ours))).toMatchObject({ label: undefined, unschedulable: false });
    },
  );
});

describe('a drain does the same', () => {
  test.concurrent.each(REAL.map((situation, index) => ({ ...situation, id: idOf('real', index) })))(
    '$title',
    async (situation) => {
      const [theirs, ours] = twins(situation.id);
      await Promise.all([stage.fill(theirs, situation), stage.fill(ours, situation)]);
      const said = await Promise.all([
        plane.kubectl(['drain', theirs, OUR_DEFAULT, ...situation.flags]),
        plugin.maint(['on', ours, ...situation.flags]),
      ]);
      expectSame(outcomeOf(said[1], ours), outcomeOf(said[0], theirs), situation);
      const left = await Promise.all([stage.left(theirs), stage.left(ours)]);
      if (situation.differs?.left === undefined) expect(left[1]).toEqual(left[0]);
      else expect(left[1]).toEqual(situation.differs.left);
    },
  );
});

test('there are at least sixty situations, each with a name of its own', () => {
  const titles = [...DRY, ...REAL].map(({ title }) => title);
  expect(titles.length).toBeGreaterThanOrEqual(60);
  expect(new Set(DRY.map(({ title }) => title)).size).toBe(DRY.length);
  expect(new Set(REAL.map(({ title }) => title)).size).toBe(REAL.length);
});
