/** What a release is pushed, signed and looked at with: programs of others, each built once from its public Go module, and kept. */
import { delimiter, dirname } from 'node:path';
import { programOnPath } from '../control-plane/cache-folder.ts';
import { isBuilt, programsOf } from '../neighbours/build.ts';
import type { Source } from '../neighbours/neighbours.ts';

/** What signs, and verifies: in the workflow, too (`cosign-release`). */
export const COSIGN = {
  name: 'cosign',
  version: '3.1.3',
  goModule: 'github.com/sigstore/cosign/v3',
  programs: { cosign: 'github.com/sigstore/cosign/v3/cmd/cosign' },
  linked: { 'sigs.k8s.io/release-utils/version.gitVersion': 'v3.1.3' },
  replaces: [],
} as const satisfies Source;

/** What finds the packages of an image, for itself and for Grype. */
export const SYFT = {
  name: 'syft',
  version: '1.57.1',
  goModule: 'github.com/anchore/syft',
  programs: { syft: 'github.com/anchore/syft/cmd/syft' },
  linked: { 'main.version': '1.57.1' },
  replaces: [],
} as const satisfies Source;

/** What pushes the file by which Artifact Hub knows whose the chart is. */
export const ORAS = {
  name: 'oras',
  version: '1.3.6',
  goModule: 'oras.land/oras',
  programs: { oras: 'oras.land/oras/cmd/oras' },
  replaces: [],
} as const satisfies Source;

/** All of them. */
export const RELEASE_TOOLS: readonly Source[] = [COSIGN, SYFT, ORAS];

/** Whether this process finds a tool; one that was built is put on its `PATH`, behind what is there. Nothing is built. */
export function hasTool(tool: Source): boolean {
  const { env } = process;
  if (programOnPath(tool.name, env) !== undefined) return true;
  if (!isBuilt(tool, env)) return false;
  env['PATH'] = [env['PATH'] ?? '', folderOf(tool)].join(delimiter);
  return true;
}

/** The folder that a tool is built into. */
export function folderOf(tool: Source): string {
  return dirname(programsOf(tool, process.env).get(tool.name) ?? '');
}
