import { ensureBinaries } from '../control-plane/binaries.ts';
import { HELM, NODE_PROGRAMS } from '../control-plane/versions.ts';
import { whyNeverRealNodes, whyNoRealNodes } from './able.ts';
import { installPackages, missingPackages } from './packages.ts';

/** Gets everything that real nodes need before the first test, or says in one line why their tests are skipped. */
export async function setup(): Promise<void> {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const missing = missingPackages(process.env);
  if (whyNeverRealNodes() === undefined && missing.length > 0) await installPackages(missing, log);
  const reason = whyNoRealNodes();
  if (reason !== undefined) log(`real nodes: skipped, ${reason}`);
  else await ensureBinaries({ env: process.env, log, also: [...NODE_PROGRAMS, HELM] });
}
