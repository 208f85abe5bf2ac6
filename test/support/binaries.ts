import { ensureBinaries } from '../control-plane/binaries.ts';
import { HELM, KREW } from '../control-plane/versions.ts';

/** Builds the control plane, Helm and krew before the first test, where people see its progress and no test's time runs out. */
export async function setup(): Promise<void> {
  await ensureBinaries({
    env: process.env,
    log: (line) => void process.stderr.write(`${line}\n`),
    also: [HELM, ...KREW],
  });
}
