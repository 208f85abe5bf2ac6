import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/support/closing-line.ts';
import { Slowest } from './test/support/slowest.ts';

export default defineConfig({
  test: {
    coverage: { include: ['shared/**', 'plugin/**', 'webhook/**'] },
    reporters: ['default', new Slowest(), new ClosingLine()],
    projects: [
      // Properties try hundreds of cases each, which takes seconds where two cores are shared.
      // They share a process: each reads the same hundreds of modules, and leaves nothing in them for the next.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000, isolate: false } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/binaries.ts'],
          // A control plane answers in milliseconds, and a pod of it ends after a second; CI's two cores may be busy.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // An event that normally takes milliseconds; the second that is usual is over at once where four files run.
          expect: { poll: { timeout: 30_000 } },
          // A group of its own, as another number of files runs at once. A file waits most of its time: four of them keep the two
          // cores of CI busy.
          sequence: { groupOrder: 1 },
          maxWorkers: 4,
        },
      },
      {
        test: {
          name: 'neighbours',
          include: ['test/neighbours/**/*.test.ts'],
          // Other people's controllers look every few seconds, and some wait a minute before they begin.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Most of the time they wait: side by side all that are built are done within ten minutes.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'release',
          include: ['test/release/**/*.test.ts'],
          globalSetup: ['test/support/binaries.ts'],
          // Five programs of 150 MB each are put together, packed and unpacked; the first run downloads their parts.
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/node/**/*.test.ts'],
          globalSetup: ['test/real-nodes/setup.ts'],
          // Real pods start and end in seconds, and a drained webhook answers on for ten.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // After all others: three nodes and their pods have the two cores to themselves.
          sequence: { groupOrder: 2 },
          maxWorkers: 1,
        },
      },
    ],
  },
});
