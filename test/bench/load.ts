/** Server dry-run creations through a real API server, by a driver in Go that costs little beside what it measures. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at, isObject, numberAt } from '../../shared/index.ts';
import { runProgram } from '../support/plugin-run.ts';
import type { Subject } from './admitted.ts';
import type { Stage } from './contenders.ts';
import { goDriver } from './go-driver.ts';

/** Created, or refused by a webhook or a policy. */
export const EXPECTED = ['201', '403', '422'];

/** Of one measurement, in ms. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** One measurement: what is created, how much, and where. */
export type Measure = (subject: Subject, load: Load, stage: Stage) => Promise<Latency>;

/** How much is asked: so many requests, by so many clients at once. */
export interface Load {
  readonly clients: number;
  readonly requests: number;
}

/** Creates the subject again and again. */
export const measure: Measure = async (
  { title, collection, object }: Subject,
  { clients, requests }: Load,
  { plane, folder }: Stage,
) => {
  const body = join(folder, `${title.replaceAll(/\W/g, '-')}.json`);
  await writeFile(body, JSON.stringify(object));
  const url = `-url=${plane.server}${collection}?dryRun=All`;
  const args = [url, `-token=${plane.adminToken}`, `-ca=${join(folder, 'ca.pem')}`, `-body=${body}`];
  const ran = await runProgram(goDriver('load'), [...args, `-n=${requests}`, `-c=${clients}`], process.env);
  if (ran.code !== 0) throw new Error(ran.stderr);
  const told: unknown = JSON.parse(ran.stdout);
  const codes = at(told, 'codes');
  const unexpected = isObject(codes) ? Object.keys(codes).filter((code) => !EXPECTED.includes(code)) : ['none'];
  if (unexpected.length > 0) throw new Error(`${title}: ${ran.stdout}`);
  return { p50: numberAt(told, 'p50') ?? NaN, p99: numberAt(told, 'p99') ?? NaN };
};
