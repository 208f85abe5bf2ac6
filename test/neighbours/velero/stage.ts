import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { listAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { until } from '../../support/until.ts';
import { programOf, startNeighbour } from '../process.ts';
import { startKubelet, type Kubelet } from './kubelet.ts';

const API = '/apis/velero.io/v1/namespaces/velero';

/** How long Velero may wait for the volumes of a Backup; four hours unless it is told otherwise. */
export const VOLUMES_WITHIN_MS = 60_000;

/** Phases in which a Backup or Restore of Velero stays (pkg/apis/velero/v1). */
const LAST_PHASES = ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation'];
const ENDS_WITHIN_MS = 180_000;

/** Velero beside a control plane: its server, an agent for each node, and what kubelet does for their helpers. */
export interface Velero {
  readonly kubelet: Kubelet;
  /** Makes a Backup or a Restore and waits until it has come to its end. Gives it as it is then. */
  carriedOut(resource: 'backups' | 'restores', name: string, spec: object): Promise<unknown>;
  /** The pieces of a Backup, by the node of their pods. */
  pieces(backup: string): Promise<ReadonlyMap<string, unknown>>;
  /** What Velero keeps beside a Backup, as text. */
  kept(backup: string, what: 'logs' | 'results'): Promise<string>;
  end(): Promise<void>;
}

/** Starts Velero for some nodes of a control plane, with a folder as its storage. */
export async function startVelero(plane: ControlPlane, nodes: readonly string[]): Promise<Velero> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-velero-'));
  const [store, plugins] = [join(folder, 'store'), join(folder, 'plugins')];
  await Promise.all([store, plugins].map((path) => mkdir(path)));
  await symlink(programOf('velero', 'object-store'), join(plugins, 'object-store'));
  await install(plane, store);
  const velero = programOf('velero');
  const kubelet = startKubelet(plane, folder, velero);
  const server = startNeighbour(plane, velero, {
    as: 'velero-server',
    args: [
      'server',
      '--namespace=velero',
      `--plugin-dir=${plugins}`,
      '--metrics-address=127.0.0.1:0',
      `--fs-backup-timeout=${VOLUMES_WITHIN_MS / 1000}s`,
      '--store-validation-frequency=2s',
    ],
    env: { HOME: folder },
  });
  await kubelet.makeFolders();
  const agents = await Promise.all(
    nodes.map(async (node) => {
      const { command } = await kubelet.place(node, `agent-${node}`);
      return startNeighbour(plane, velero, {
        as: `velero-${node}`,
        args: ['node-agent', 'server', '--metrics-address=127.0.0.1:0', '--data-mover-prepare-timeout=1m'],
        env: { NODE_NAME: node, VELERO_NAMESPACE: 'velero', HOME: folder },
        within: command,
      });
    }),
  );
  await until('Velero can reach its storage', async () => {
    const { body } = await plane.api('GET', `${API}/backupstoragelocations/default`);
    return textAt(body, 'status', 'phase') === 'Available';
  });
  return {
    kubelet,
    carriedOut: async (resource, name, spec) => {
      const kind = resource === 'backups' ? 'Backup' : 'Restore';
      const object = { apiVersion: 'velero.io/v1', kind, metadata: { name, namespace: 'velero' }, spec };
      const { status, body } = await plane.api('POST', `${API}/${resource}`, object);
      if (status !== 201) throw new Error(`${kind} ${name}: ${status} ${JSON.stringify(body)}`);
      let last: unknown;
      const hasEnded = async (): Promise<boolean> => {
        last = (await plane.api('GET', `${API}/${resource}/${name}`)).body;
        return LAST_PHASES.includes(textAt(last, 'status', 'phase') ?? '');
      };
      await until(`${kind} ${name} has come to its end`, hasEnded, { giveUpAfterMs: ENDS_WITHIN_MS });
      return last;
    },
    pieces: async (backup) => {
      const { body } = await plane.api('GET', `${API}/podvolumebackups?labelSelector=velero.io/backup-name=${backup}`);
      return new Map(listAt(body, 'items').map((piece) => [textAt(piece, 'spec', 'node') ?? '', piece]));
    },
    kept: async (backup, what) => {
      const path = join(store, 'bucket', 'backups', backup, `${backup}-${what}.gz`);
      return gunzipSync(await readFile(path)).toString('utf8');
    },
    end: async () => {
      await kubelet.end();
      await Promise.all([server, ...agents].map((one) => one.end()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What `velero install` would make, but that no server runs in a pod. */
async function install(plane: ControlPlane, store: string): Promise<void> {
  const shown = ['--dry-run', '--output=yaml', '--namespace=velero'];
  // The program asks the API server about its own kinds before it prints objects of them.
  await applied(plane, [...shown, '--crds-only']);
  await applied(plane, [
    ...shown,
    '--provider=velero.io/fs',
    '--bucket=bucket',
    `--backup-location-config=fspath=${store}`,
    '--plugins=velero.io/object-store',
    '--use-node-agent',
    '--use-volume-snapshots=false',
    '--no-secret',
  ]);
  await plane.kubectl(['scale', '--namespace=velero', '--replicas=0', 'deployment/velero']);
  await until('an agent runs on each node', async () => {
    const { body } = await plane.api('GET', '/apis/apps/v1/namespaces/velero/daemonsets/node-agent');
    const status = (name: string): string =>
      JSON.stringify((body as { status?: Record<string, number> }).status?.[name]);
    return status('numberReady') === status('desiredNumberScheduled') && status('numberReady') !== '0';
  });
}

async function applied(plane: ControlPlane, args: readonly string[]): Promise<void> {
  const env = { ...process.env, KUBECONFIG: plane.kubeconfig };
  const { status, stdout, stderr } = spawnSync(programOf('velero'), ['install', ...args], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`velero install: ${stderr}`);
  const { code, stderr: refusal } = await plane.kubectl(['apply', '--server-side', '-f', '-'], { input: stdout });
  if (code !== 0) throw new Error(`velero install: ${refusal}`);
  await plane.kubectl(['wait', '--for=condition=Established', 'customresourcedefinitions', '--all', '--timeout=60s']);
}
