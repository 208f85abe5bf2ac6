import type { TestProject } from 'vitest/node';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { HELM, KREW } from '../control-plane/versions.ts';
import { versionOf } from './kubernetes-version.ts';

/** Builds the control plane, Helm and krew before the first test, where people see its progress and no test's time runs out. */
export async function setup(project: TestProject): Promise<void> {
  const { path } = await ensureBinaries({
    env: process.env,
    log: (line) => void process.stderr.write(`${line}\n`),
    also: [HELM, ...KREW],
  });
  project.provide('kubernetes', versionOf(path('kube-apiserver')));
}
