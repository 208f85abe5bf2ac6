/**
 * `npm run bench -- beside`: the full policy of our webhook, a comparable rule of Gatekeeper's, and both at once, as server dry-run
 * creations through a real API server see them, each in turn in every round. The neighbours are built the first time.
 */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../neighbours/build.ts';
import { Gatekeeper } from '../neighbours/gatekeeper/stage.ts';
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
  await ensureBuilt(neighbourNamed('gatekeeper'), {
    env: process.env,
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  const folder = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  await using plane = await startWithManyNodes();
  await installService(plane);
  const webhook = await startReplicaProcess(plane);
  await plane.api('DELETE', REGISTRATION_PATH);
  const gatekeeper = await Gatekeeper.start(plane);
  await gatekeeper.addRule();
  const stage = { plane, folder };
  const alone = ours(stage, true);
  const registered = {
    title: 'Gatekeeper, a comparable rule',
    register: () => gatekeeper.register('Fail'),
    unregister: () => gatekeeper.unregister(),
  };
  const their = theirs(registered, stage);
  try {
    const contenders = [nobody(), alone, their, together('both', alone, their)];
    printBesideFirst('webhooks', contenders, MEASURED, await measureRounds(contenders, MEASURED, stage));
    const [mine, gatekeepers] = [residentMiB(webhook.pid), residentMiB(gatekeeper.pid)].map((of) => of.toFixed(0));
    process.stdout.write(`\nresident memory afterwards: ours ${mine} MiB, Gatekeeper ${gatekeepers} MiB\n`);
  } finally {
    await gatekeeper.end();
    await webhook.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
