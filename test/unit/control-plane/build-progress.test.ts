import { expect, it } from 'vitest';
import { renderForecast, renderProgress } from '../../control-plane/build-progress.ts';

it.each([
  [{ compiled: 0, needed: 2819, elapsedMs: 30_000 }, '0 of 2,819 packages compiled in 30s'],
  [{ compiled: 200, needed: 2819, elapsedMs: 60_000 }, '200 of 2,819 packages compiled in 1m00s'],
  [{ compiled: 700, needed: 2800, elapsedMs: 120_000 }, '700 of 2,800 packages compiled in 2m00s, about 6m00s to go'],
  [{ compiled: 2800, needed: 2800, elapsedMs: 400_000 }, 'all packages compiled, linking (6m40s so far)'],
  // Everything was compiled by an earlier build.
  [{ compiled: 0, needed: 0, elapsedMs: 30_000 }, 'all packages compiled, linking (30s so far)'],
])('tells of %o', (progress, line) => {
  expect(renderProgress(progress)).toBe(line);
});

it.each([
  [2819, 2, '2,819 packages to compile on 2 cores: about 6m00s, as 2,819 took 6m00s on 2 cores elsewhere'],
  [2819, 8, '2,819 packages to compile on 8 cores: about 1m30s, as 2,819 took 6m00s on 2 cores elsewhere'],
  [1143, 2, '1,143 packages to compile on 2 cores: about 2m26s, as 2,819 took 6m00s on 2 cores elsewhere'],
  [1, 1, '1 package to compile on 1 core: about 0s, as 2,819 took 6m00s on 2 cores elsewhere'],
  [0, 2, 'everything is compiled already, linking'],
])('expects of %d packages on %d cores', (needed, cores, line) => {
  expect(renderForecast(needed, cores)).toBe(line);
});
