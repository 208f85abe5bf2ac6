/**
 * `npm run bench -- policy|check|drain|run|status|memory|floor|webhook|beside|soak`: figures for docs/benchmarks.md. Ratios travel, absolute
 * times do not. BENCH_MINUTES says how long `soak` takes, 30 by default; BENCH_NODES over how many nodes `run` goes (`100,300,1000`).
 */
import { benchBeside } from './beside.ts';
import { benchCheck } from './check.ts';
import { benchDrain } from './drain.ts';
import { benchFloor } from './floor.ts';
import { benchMemory } from './memory.ts';
import { benchPolicy } from './policy.ts';
import { benchRun } from './run.ts';
import { benchSoak } from './soak.ts';
import { benchStatus } from './status.ts';
import { benchWebhook } from './webhook.ts';

const BENCHES: Readonly<Record<string, () => void | Promise<void>>> = {
  policy: benchPolicy,
  check: benchCheck,
  drain: benchDrain,
  run: benchRun,
  status: benchStatus,
  memory: benchMemory,
  floor: benchFloor,
  webhook: benchWebhook,
  beside: benchBeside,
  soak: benchSoak,
};

const asked = process.argv.slice(2);
for (const name of asked.length === 0 ? Object.keys(BENCHES) : asked) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    process.stderr.write(`error: no bench is called ${name}; there are ${Object.keys(BENCHES).join(', ')}\n`);
    process.exitCode = 2;
  } else {
    await bench();
  }
}
