import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { KREW } from '../control-plane/versions.ts';
import { runProgram, type Ran } from './plugin-run.ts';

/** Krew with plugins of its own; nothing else of this machine is on its PATH. */
export interface Krew {
  /** Runs `kubectl` where it finds krew, and the plugins that krew installed. */
  kubectl(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** The validator for manifests of krew's index. */
  validate(manifest: string): Promise<Ran>;
  /** Where a plugin's files are, by its name and version. */
  store(plugin: string, version: string): string;
  /** Puts a program on its PATH. */
  link(program: string): Promise<void>;
  /** Removes all that was installed. */
  end(): Promise<void>;
}

/** An empty krew. */
export async function freshKrew(): Promise<Krew> {
  const { path } = await ensureBinaries({ env: process.env, log: () => undefined, also: KREW });
  const home = await mkdtemp(join(tmpdir(), 'maint-krew-'));
  const root = join(home, 'root');
  const bin = join(home, 'bin');
  await mkdir(bin);
  // Kubectl finds krew as it finds every plugin, by the name.
  await symlink(path('krew'), join(bin, 'kubectl-krew'));
  const env = { PATH: [bin, join(root, 'bin'), dirname(path('kubectl'))].join(delimiter), HOME: home, KREW_ROOT: root };
  return {
    kubectl: (args, more = {}) => runProgram(path('kubectl'), args, { ...env, ...more }),
    validate: (manifest) => runProgram(path('validate-krew-manifest'), ['-manifest', manifest], env),
    store: (plugin, version) => join(root, 'store', plugin, version),
    link: (program) => symlink(program, join(bin, basename(program))),
    end: () => rm(home, { recursive: true, force: true }),
  };
}
