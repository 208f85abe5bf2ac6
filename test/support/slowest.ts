import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/** So many files are named, those of a second and more. */
const NAMED = 10;
const LEAST_MS = 1000;

/** Where a run's time goes: its slowest files, from their first hook to their last, and the slowest test in each. */
export class Slowest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const slow = modules
      .map((module) => ({ module, ms: module.diagnostic().duration }))
      .filter(({ ms }) => ms >= LEAST_MS)
      .sort((one, other) => other.ms - one.ms)
      .slice(0, NAMED);
    if (slow.length === 0) return;
    const lines = slow.map(({ module, ms }) => `${seconds(ms)}  ${relative('.', module.moduleId)}${slowestIn(module)}`);
    process.stdout.write(`\nThe slowest files:\n${lines.join('\n')}\n`);
  }
}

function slowestIn(module: TestModule): string {
  const tests = [...module.children.allTests()].map((test) => ({ test, ms: test.diagnostic()?.duration ?? 0 }));
  const [slowest] = tests.sort((one, other) => other.ms - one.ms);
  return slowest === undefined ? '' : ` (of it${seconds(slowest.ms)}: ${slowest.test.name})`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`.padStart(8);
}
