/**
 * `npm run bench -- soak`: the webhook behind its Service, with 5,000 nodes of which 50 are in maintenance, under a steady
 * load: its resident memory minute by minute, calls that failed and verdicts that were wrong. It takes 30 minutes, or
 * BENCH_MINUTES. The aims: less than 150 MiB, flat after the first minutes, no call that fails and no wrong verdict.
 */
import { isObject, textAt } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { installService, startReplicaProcess } from '../support/replicas.ts';
import { until } from '../support/until.ts';
import { SUBJECTS, type Subject } from './admitted.ts';
import { HELD, holdSome, NODES, startWithManyNodes } from './many-nodes.ts';
import { residentMiB } from './resident.ts';

const MINUTES = 30;
const PER_SECOND = 50;
/** Caches fill and the heap finds its size; what it grows by is counted from then on. */
const WARM_UP_MINUTES = 5;
const MINUTE_MS = 60_000;

/** Prints a line a minute, and what came of it. */
export async function benchSoak(): Promise<void> {
  const minutes = minutesFrom(process.env['BENCH_MINUTES']);
  await using plane = await startWithManyNodes();
  await installService(plane);
  await holdSome(plane, true);
  const webhook = await startReplicaProcess(plane);
  try {
    const refused = SUBJECTS.filter(({ isDenied }) => isDenied);
    await until('work is refused', async () =>
      (await Promise.all(refused.map((one) => said(one, plane)))).every(isFine),
    );
    const load = new Load(plane);
    process.stdout.write(`${PER_SECOND} requests a second, ${NODES} nodes of which ${HELD} are in maintenance\n\n`);
    process.stdout.write(
      '| minute | MiB | requests | failed calls | wrong verdicts |\n| --- | --- | --- | --- | --- |\n',
    );
    const sizes = [];
    for (let minute = 1; minute <= minutes; minute += 1) {
      await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
      const size = residentMiB(webhook.pid);
      sizes.push(size);
      const { requests, failed, wrong } = load;
      process.stdout.write(`| ${[minute, size.toFixed(0), requests, failed, wrong].join(' | ')} |\n`);
    }
    await load.end();
    const slope = slopeOf(sizes.slice(WARM_UP_MINUTES));
    const told = slope === undefined ? 'not known: too short a run' : `${(slope * 60).toFixed(1)} MiB an hour`;
    process.stdout.write(`\ngrowth after the first ${WARM_UP_MINUTES} minutes: ${told}\n`);
    process.stdout.write(`${load.requests} requests: ${load.failed} failed calls, ${load.wrong} wrong verdicts\n`);
    if (load.firstFault !== undefined) process.stdout.write(`the first: ${load.firstFault}\n`);
  } finally {
    await webhook.stop();
  }
}

function minutesFrom(text: string | undefined): number {
  const minutes = Number(text ?? MINUTES);
  if (Number.isInteger(minutes) && minutes > 0) return minutes;
  throw new Error(`BENCH_MINUTES must be a whole number of minutes, not ${text ?? ''}`);
}

type Said = 'right' | 'wrong' | { readonly failed: string };

const isFine = (one: Said): boolean => one === 'right';

/** What the API server says to a server dry-run creation, beside what it should. */
async function said({ collection, object, isDenied }: Subject, plane: ControlPlane, name = 'first'): Promise<Said> {
  const body: unknown = JSON.parse(JSON.stringify(object).replaceAll('NAME', name));
  if (!isObject(body)) throw new Error('a subject is an object');
  const { status, body: answer } = await plane.api('POST', `${collection}?dryRun=All`, body);
  const message = textAt(answer, 'message') ?? '';
  const isRefused = status === 403 && message.includes('denied the request');
  if (status !== 201 && !isRefused) return { failed: `${status} ${message}` };
  return isRefused === isDenied ? 'right' : 'wrong';
}

/** The subjects in turn, at a steady rate, whether or not earlier ones have been answered. */
class Load {
  requests = 0;
  failed = 0;
  wrong = 0;
  firstFault: string | undefined;
  readonly #plane: ControlPlane;
  readonly #underWay = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
    this.#timer = setInterval(() => {
      this.#send();
    }, 1000 / PER_SECOND);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  #send(): void {
    const subject = SUBJECTS[this.requests % SUBJECTS.length];
    if (subject === undefined) return;
    this.requests += 1;
    const name = `n${this.requests}`;
    const call = said(subject, this.#plane, name).then(
      (answer) => {
        this.#count(answer, subject);
      },
      (thrown: unknown) => {
        this.#count({ failed: String(thrown) }, subject);
      },
    );
    this.#underWay.add(call);
    void call.then(() => this.#underWay.delete(call));
  }

  #count(answer: Said, { title }: Subject): void {
    if (answer === 'right') return;
    if (answer === 'wrong') this.wrong += 1;
    else this.failed += 1;
    this.firstFault ??= `${title}: ${answer === 'wrong' ? 'a wrong verdict' : answer.failed}`;
  }
}

/** By least squares, per step; undefined with fewer than two. */
function slopeOf(values: readonly number[]): number | undefined {
  const [n, sum] = [values.length, values.reduce((total, value) => total + value, 0)];
  if (n < 2) return undefined;
  const [middle, mean] = [(n - 1) / 2, sum / n];
  const over = values.reduce((total, value, index) => total + (index - middle) * (value - mean), 0);
  const under = values.reduce((total, _, index) => total + (index - middle) ** 2, 0);
  return over / under;
}
