import { ensureBinaries } from '../control-plane/binaries.ts';

/** Builds the control plane before the first test, where people see its progress and no test's time runs out. */
export async function setup(): Promise<void> {
  await ensureBinaries({ env: process.env, log: (line) => void process.stderr.write(`${line}\n`) });
}
