import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../../plugin/command-line/run.ts';
import { COMMANDS } from '../../../plugin/verbs.ts';
import type { Screen } from '../../../plugin/terminal/screen.ts';
import { CONTROL_PLANE_LABEL } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';

/**
 * Two runs at the same moment that together break a guard: never do both stay. Some tries of each kind here; by hand as
 * many as wanted: RACES=200.
 */
const TRIES = Number(process.env['RACES'] ?? 2);

const CONTROL = ['control-1', 'control-2', 'control-3'];
const WORKERS = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];
/** May do all that a run needs, and write no conditions: nothing of its own follows its mark. */
const PLAIN = 'plain';

let plane: ControlPlane;
let world: Workloads;
let webhook: WebhookProcess | undefined;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: [
      ...CONTROL.map((name) => ({ name, labels: { [CONTROL_PLANE_LABEL]: '' } })),
      ...WORKERS.map((name) => ({ name })),
    ],
    users: [{ name: PLAIN, groups: [] }],
  });
  world = new Workloads(plane);
  await world.grant(PLAIN, [
    { apiGroups: [''], resources: ['nodes', 'pods', 'events'], verbs: ['get', 'list', 'watch', 'patch', 'create'] },
    { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: ['get', 'list', 'watch'] },
    // Who cannot see whether the webhook is asked waits until it should be.
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations', 'validatingadmissionpolicybindings'],
      verbs: ['get', 'list'],
    },
    { apiGroups: ['kubectl-maint.io'], resources: ['maintenances'], verbs: ['set'] },
  ]);
});

afterAll(async () => {
  await webhook?.stop();
  await plane.stop();
});

/** Everything as it was, at once: what a maintenance leaves on its way is not what is tried here. */
async function free(nodes: readonly string[]): Promise<void> {
  for (const node of nodes) await maint(['off', node, '--all', '--skip-health-check'], plane.kubeconfig);
}

/** A command in this process: two of them are closer to each other than two processes would be. */
async function maint(args: readonly string[], kubeconfig: string): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const hear = (line: string): void => {
    said.push(line);
  };
  const screen: Screen = { result: hear, data: hear, note: hear, warn: hear, live: undefined };
  const argv = [...args, '--kubeconfig', kubeconfig];
  const code = await run({
    argv,
    screen,
    signal: new AbortController().signal,
    version: 'test',
    commands: COMMANDS,
  });
  return { code, said: said.join('\n') };
}

interface Kind {
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly flags: readonly string[];
}

const QUORUM: Kind = { first: ['control-1'], second: ['control-2'], flags: [] };
const WORKER: Kind = { first: ['worker-1'], second: ['worker-2'], flags: ['--max-unavailable=1'] };
/** The limit is broken by the second batch of either. */
const BATCHES: Kind = {
  first: ['worker-1', 'worker-2'],
  second: ['worker-3', 'worker-4'],
  flags: ['--max-unavailable=3', '--max-parallel=1'],
};

async function race({ first, second, flags }: Kind, kubeconfig: string): Promise<readonly number[]> {
  const on = (nodes: readonly string[], owner: string) =>
    maint(['on', ...nodes, '--owner', owner, ...flags], kubeconfig);
  const ends = await Promise.all([on(first, 'ana'), on(second, 'ben')]);
  const unexpected = ends.filter(({ code }) => code !== 0 && code !== 3);
  expect(unexpected).toEqual([]);
  await free([...first, ...second]);
  return ends.map(({ code }) => code);
}

async function tally(kind: Kind, kubeconfig: string): Promise<Readonly<Record<string, number>>> {
  const tally = { 'both stay': 0, 'one stays': 0, 'none stays': 0 };
  for (let tries = 0; tries < TRIES; tries += 1) {
    const stay = (await race(kind, kubeconfig)).filter((code) => code === 0).length;
    tally[stay === 2 ? 'both stay' : stay === 1 ? 'one stays' : 'none stays'] += 1;
  }
  return tally;
}

const KINDS = [
  ['quorum', QUORUM],
  ['--max-unavailable=1', WORKER],
  ['--max-unavailable=3 in batches of one', BATCHES],
] as const;

describe.each([false, true])('with a webhook: %s', (isServed) => {
  beforeAll(async () => {
    if (!isServed) return;
    webhook = await startWebhook(plane);
    await webhook.register();
  });

  test.each(KINDS)('two runs at once, %s', { timeout: TRIES * 30_000 }, async (what, kind) => {
    for (const user of ['admin', PLAIN]) {
      const kubeconfig = user === 'admin' ? plane.kubeconfig : await plane.kubeconfigFor(user);
      const ends = await tally(kind, kubeconfig);
      if (TRIES > 2) process.stdout.write(`${what}, webhook ${String(isServed)}, ${user}: ${JSON.stringify(ends)}\n`);
      expect(ends['both stay']).toBe(0);
    }
  });
});
