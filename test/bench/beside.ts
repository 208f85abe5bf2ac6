/**
 * `npm run bench -- beside`: the full policy of our webhook, a comparable rule of Gatekeeper's and of Kyverno's, and all three at
 * once, as server dry-run creations through a real API server see them, each in turn in every round. The neighbours are built the
 * first time.
 */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../neighbours/build.ts';
import { Gatekeeper } from '../neighbours/gatekeeper/stage.ts';
import { Kyverno } from '../neighbours/kyverno/stage.ts';
import { neighbourNamed } from '../neighbours/process.ts';
import { installService, REGISTRATION_PATH, startReplicaProcess } from '../support/replicas.ts';
import { HELD_NODE, SUBJECTS } from './admitted.ts';
import { nobody, ours, theirs, together } from './contenders.ts';
import { measureFromHere } from './load-from-here.ts';
import { startWithManyNodes } from './many-nodes.ts';
import { residentMiB } from './resident.ts';
import { measureRounds, printBesideFirst, type Measured } from './rounds.ts';

const MEASURED: Measured = {
  subjects: [...SUBJECTS.filter(({ isDenied }) => !isDenied), HELD_NODE],
  loads: [
    { clients: 1, requests: 300 },
    { clients: 8, requests: 800 },
  ],
  warming: { clients: 8, requests: 300 },
  by: measureFromHere,
};

/** Prints the table. */
export async function benchBeside(): Promise<void> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  for (const name of ['gatekeeper', 'kyverno']) await ensureBuilt(neighbourNamed(name), { env: process.env, log });
  const folder = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  await using plane = await startWithManyNodes();
  await installService(plane);
  const webhook = await startReplicaProcess(plane);
  await plane.api('DELETE', REGISTRATION_PATH);
  const gatekeeper = await Gatekeeper.start(plane);
  await gatekeeper.addRule();
  const kyverno = await Kyverno.start(plane);
  const stage = { plane, folder };
  const alone = ours(stage, true);
  const others = Object.entries({ Gatekeeper: gatekeeper, Kyverno: kyverno }).map(([name, other]) => {
    const title = `${name}, a comparable rule`;
    return theirs({ title, register: () => other.register('Fail'), unregister: () => other.unregister() }, stage);
  });
  try {
    const contenders = [nobody(), alone, ...others, together('all three', [alone, ...others])];
    printBesideFirst('webhooks', contenders, MEASURED, await measureRounds(contenders, MEASURED, stage));
    const resident = Object.entries({ ours: webhook, Gatekeeper: gatekeeper, Kyverno: kyverno });
    const told = resident.map(([name, { pid }]) => `${name} ${residentMiB(pid).toFixed(0)} MiB`);
    process.stdout.write(`\nresident memory afterwards: ${told.join(', ')}\n`);
  } finally {
    await Promise.all([gatekeeper.end(), kyverno.end(), webhook.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}
