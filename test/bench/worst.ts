/**
 * The second table of `npm run bench -- policy`: the objects that keep a decision busy for longest of all that an API server
 * accepts and that we could think of. Reading is from the bytes to a request, deciding from there to the verdict. What is
 * told is processor time, of which the threads that compile and collect garbage have a share: others on the machine do not
 * count, and a loop is never busy for longer.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decide, type Answer, type NodeFactsIndex } from '../../shared/index.ts';
import { readReview } from '../../webhook/admission/review.ts';
import type { WorstRequest } from '../support/filled-requests.ts';
import { WORST } from '../support/worst-objects.ts';
import { reviewWith } from '../support/reviews.ts';
import { situationWith } from '../support/situations.ts';
import { median } from './median.ts';

const ROUNDS = 9;
/** Lines of the table. */
const SHOWN = 10;
const NOW = Date.parse('2026-01-06T08:00:00Z');

interface Cost {
  readonly name: string;
  readonly bytes: number;
  readonly reading: readonly number[];
  readonly deciding: readonly number[];
  /** MiB that the heap has grown by until the verdict, garbage included. */
  readonly mebibytes: number;
}

function bodyOf({ operation, object, oldObject }: WorstRequest): Uint8Array {
  const userInfo = { username: 'ana', groups: ['system:authenticated'] };
  const request = { uid: 'u', operation, userInfo, object, oldObject };
  return Buffer.from(JSON.stringify(reviewWith(request)));
}

const UNKNOWN: Answer = { answer: 'unknown', why: 'nobody is asked' };

async function costOf(name: string, body: Uint8Array, nodeIndex: NodeFactsIndex): Promise<Cost> {
  const reading: number[] = [];
  const deciding: number[] = [];
  const grown: number[] = [];
  const situation = situationWith(NOW, nodeIndex, { live: true });
  for (let round = 0; round < ROUNDS; round += 1) {
    runInNewContext('gc()');
    const before = process.memoryUsage().heapUsed;
    const start = process.cpuUsage();
    const read = readReview(body);
    const between = process.cpuUsage();
    if (!read.ok) throw new Error(`${name}: ${read.reason}`);
    await decide(read.request, situation, () => Promise.resolve(UNKNOWN));
    deciding.push(process.cpuUsage(between).user / 1000);
    reading.push((between.user - start.user) / 1000);
    grown.push((process.memoryUsage().heapUsed - before) / 2 ** 20);
  }
  return { name, bytes: body.length, reading, deciding, mebibytes: Math.max(...grown) };
}

/** Prints the table, the worst first. */
export async function benchWorst(nodeIndex: NodeFactsIndex): Promise<void> {
  setFlagsFromString('--expose-gc');
  const costs: Cost[] = [];
  for (const [name, make] of Object.entries(WORST)) costs.push(await costOf(name, bodyOf(make()), nodeIndex));
  const total = ({ reading, deciding }: Cost): number => median(reading) + median(deciding);
  costs.sort((a, b) => total(b) - total(a));
  process.stdout.write(
    `\n| The worst of ${costs.length} objects | bytes | reading, ms p50 | deciding, ms p50 | deciding, ms max | heap, MiB |\n` +
      `| --- | --- | --- | --- | --- | --- |\n`,
  );
  for (const { name, bytes, reading, deciding, mebibytes } of costs.slice(0, SHOWN)) {
    const times = [median(reading), median(deciding), Math.max(...deciding)].map((ms) => ms.toFixed(1));
    process.stdout.write(`| ${[name, bytes, ...times, mebibytes.toFixed(0)].join(' | ')} |\n`);
  }
}
