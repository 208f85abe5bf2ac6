/**
 * `npm run bench -- floor`: what the API server's own policies add to server dry-run creations, with 5,000 nodes of which none
 * or 50 are in maintenance, beside none. One client; the policies see no webhook. The ratios travel.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveAsProcess } from '../support/webhook-process.ts';
import { SUBJECTS } from './admitted.ts';
import { floor, nobody, type Stage } from './contenders.ts';
import { startWithManyNodes } from './many-nodes.ts';
import { measureRounds, printBesideFirst } from './rounds.ts';

const MEASURED = { subjects: SUBJECTS, loads: [{ clients: 1, requests: 500 }] };

/** Prints the table. */
export async function benchFloor(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  await using plane = await startWithManyNodes();
  // It keeps the register, and nobody registers it.
  const controller = await serveAsProcess(plane, ['--host=127.0.0.1', '--with-controller']);
  const stage: Stage = { plane, folder };
  await writeFile(join(folder, 'ca.pem'), plane.ca);
  const contenders = [{ ...nobody(), title: 'no policy' }, floor(stage, false), floor(stage, true)];
  try {
    printBesideFirst('policies', contenders, MEASURED, await measureRounds(contenders, MEASURED, stage));
  } finally {
    await controller.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
