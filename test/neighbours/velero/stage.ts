import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { listAt, numberAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { until, untilSuch } from '../../support/until.ts';
import { programOf, startNeighbour } from '../process.ts';
import { startKubelet, type Kubelet, type Machine } from './kubelet.ts';

export const VELERO_API = '/apis/velero.io/v1/namespaces/velero';

/** What Velero makes at somebody's request, by resource. */
const KINDS = { backups: 'Backup', restores: 'Restore', schedules: 'Schedule' } as const;
export type Resource = keyof typeof KINDS;

/** On a Schedule: its last run is to have been yesterday, so that Velero makes the next one at once. */
export function dueSinceYesterday(): { readonly status: object } {
  return { status: { lastBackup: new Date(Date.now() - 86_400_000).toISOString() } };
}

/** Phases in which a Backup or Restore of Velero stays (pkg/apis/velero/v1). */
const LAST_PHASES = ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation'];
const ENDS_WITHIN_MS = 180_000;

/** What an object of Velero has beside its spec. */
export interface Rest {
  readonly metadata?: object;
  readonly status?: object;
}

/** Velero beside a control plane: its server, an agent for each node, and what kubelet does for their helpers. */
export interface Velero {
  readonly kubelet: Kubelet;
  /** Makes an object of Velero. */
  make(resource: Resource, name: string, spec: object, rest?: Rest): Promise<void>;
  /** Waits until a Backup or a Restore has come to its end. Gives it as it is then. */
  ended(resource: Resource, name: string): Promise<unknown>;
  /** Both. */
  carriedOut(resource: Resource, name: string, spec: object, rest?: Rest): Promise<unknown>;
  /** The phases of the pieces of a Backup, by the node of their pods. */
  pieces(backup: string): Promise<Readonly<Record<string, string>>>;
  /** What Velero keeps beside a Backup or a Restore, as text. */
  kept(resource: 'backups' | 'restores', name: string, what: 'logs' | 'results'): Promise<string>;
  /** Everything that its server has said. */
  said(): Promise<string>;
  end(): Promise<void>;
}

/** How it differs from one that `velero install` makes. */
export interface Installed {
  /** More arguments of its server, and of each agent. */
  readonly server?: readonly string[];
  readonly agents?: readonly string[];
  readonly claimed?: Machine['claimed'];
}

/** Starts Velero for some nodes of a control plane, with a folder as its storage. */
export async function startVelero(
  plane: ControlPlane,
  nodes: readonly string[],
  { server = [], agents = [], claimed = () => Promise.resolve(undefined) }: Installed = {},
): Promise<Velero> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-velero-'));
  const [store, plugins] = [join(folder, 'store'), join(folder, 'plugins')];
  await Promise.all([store, plugins].map((path) => mkdir(path)));
  await symlink(programOf('velero', 'object-store'), join(plugins, 'object-store'));
  await install(plane, store);
  const velero = programOf('velero');
  const kubelet = startKubelet(plane, { folder, velero, claimed });
  const main = startNeighbour(plane, velero, {
    as: 'velero-server',
    args: [
      'server',
      '--namespace=velero',
      `--plugin-dir=${plugins}`,
      '--metrics-address=127.0.0.1:0',
      '--store-validation-frequency=2s',
      '--item-operation-sync-frequency=2s',
      '--log-level=debug',
      ...server,
    ],
    env: { HOME: folder },
  });
  const processes = [main];
  await kubelet.makeFolders();
  for (const node of nodes) {
    const { command } = await kubelet.place(node, `agent-${node}`);
    const args = [
      'node-agent',
      'server',
      '--metrics-address=127.0.0.1:0',
      '--data-mover-prepare-timeout=3m',
      ...agents,
    ];
    const env = { NODE_NAME: node, VELERO_NAMESPACE: 'velero', HOME: folder };
    processes.push(startNeighbour(plane, velero, { as: `velero-${node}`, args, env, within: command }));
  }
  await until('Velero can reach its storage', async () => {
    const { body } = await plane.api('GET', `${VELERO_API}/backupstoragelocations/default`);
    return textAt(body, 'status', 'phase') === 'Available';
  });
  const make: Velero['make'] = async (resource, name, spec, rest = {}) => {
    const kind = KINDS[resource];
    const metadata = { name, namespace: 'velero', ...rest.metadata };
    const object = { apiVersion: 'velero.io/v1', kind, spec, ...rest, metadata };
    const { status, body } = await plane.api('POST', `${VELERO_API}/${resource}`, object);
    if (status !== 201) throw new Error(`${kind} ${name}: ${status} ${JSON.stringify(body)}`);
  };
  const ended: Velero['ended'] = (resource, name) =>
    untilSuch(
      `${KINDS[resource]} ${name} has come to its end`,
      async () => (await plane.api('GET', `${VELERO_API}/${resource}/${name}`)).body,
      (object) => LAST_PHASES.includes(textAt(object, 'status', 'phase') ?? ''),
      { giveUpAfterMs: ENDS_WITHIN_MS },
    );
  return {
    kubelet,
    make,
    ended,
    said: () => main.said(),
    carriedOut: async (resource, name, spec, rest) => {
      await make(resource, name, spec, rest);
      return ended(resource, name);
    },
    pieces: async (backup) => {
      const path = `${VELERO_API}/podvolumebackups?labelSelector=velero.io/backup-name=${backup}`;
      const pieces = listAt((await plane.api('GET', path)).body, 'items');
      return Object.fromEntries(
        pieces.map((piece) => [textAt(piece, 'spec', 'node') ?? '', textAt(piece, 'status', 'phase') ?? '']),
      );
    },
    kept: async (resource, name, what) => {
      const file = `${resource === 'restores' ? 'restore-' : ''}${name}-${what}.gz`;
      return gunzipSync(await readFile(join(store, 'bucket', resource, name, file))).toString('utf8');
    },
    end: async () => {
      await kubelet.end();
      await Promise.all(processes.map((one) => one.end()));
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
    const [ready, wanted] = ['numberReady', 'desiredNumberScheduled'].map((name) => numberAt(body, 'status', name));
    return ready === wanted && ready !== 0;
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
