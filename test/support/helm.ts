import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { textAt } from '../../shared/index.ts';
import { ensureBinaries } from '../control-plane/binaries.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { HELM } from '../control-plane/versions.ts';
import { runProgram, type Ran } from './plugin-run.ts';

/** The chart. */
export const CHART = resolve('charts/kubectl-maint');

/** Where the tests install it. */
export const NAMESPACE = 'maint-system';

/** A registry to which somebody has pushed the image: the chart's own is a placeholder, which a cluster would never pull from. */
const PUSHED = '--set=image.registry=localhost';
const INSTALLING: readonly string[] = ['install', 'upgrade'];

/** Runs helm, with caches of its own; without a kubeconfig it can only render. */
export interface Helm {
  run(...args: readonly string[]): Promise<Ran>;
  /** Removes its caches. */
  end(): Promise<void>;
}

/** Helm for one cluster, or for none. */
export async function helmFor(kubeconfig = '/dev/null'): Promise<Helm> {
  const { path } = await ensureBinaries({ env: process.env, log: () => undefined, also: [HELM] });
  const home = await mkdtemp(join(tmpdir(), 'maint-helm-'));
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    HELM_NAMESPACE: NAMESPACE,
  };
  return {
    run: (...args) => runProgram(path('helm'), INSTALLING.includes(args[0] ?? '') ? [...args, PUSHED] : args, env),
    end: () => rm(home, { recursive: true, force: true }),
  };
}

/** The variants of the chart (`ci/NAME.values.yaml`) by name. */
export async function variants(): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(join(CHART, 'ci'))).sort();
  return new Map(files.map((file) => [file.replace('.values.yaml', ''), join(CHART, 'ci', file)]));
}

/** What the chart makes of some flags, by `Kind/name`; hooks included. Throws where Helm refuses. */
export async function rendered(helm: Helm, ...flags: readonly string[]): Promise<ReadonlyMap<string, object>> {
  const { code, stdout, stderr } = await helm.run('template', 'guard', CHART, ...flags);
  if (code !== 0) throw new Error(stderr);
  const objects = parseAllDocuments(stdout).flatMap((document) => {
    const object: unknown = document.toJS();
    return typeof object === 'object' && object !== null ? [object] : [];
  });
  return new Map(
    objects.map((object) => [`${textAt(object, 'kind') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`, object]),
  );
}

/** Applies what the chart makes for a namespace, of it what has such an id (`Kind/name`): the rest is not there. */
export async function installFromChart(plane: ControlPlane, namespace: string, ids: RegExp): Promise<void> {
  const helm = await helmFor();
  const objects = [...(await rendered(helm, '--namespace', namespace))].filter(([id]) => ids.test(id));
  await helm.end();
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects.map(([, object]) => object) });
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input });
  if (code !== 0) throw new Error(stderr);
}
