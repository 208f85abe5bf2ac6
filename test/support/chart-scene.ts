/**
 * Somebody who follows the pages in a cluster with the chart. Its pods are KWOK's; the programs in them are started here. What is
 * called on nodes and on the reader's machine (ssh, apt-get, systemctl, a browser) stands in a folder of ours, first on the PATH.
 */
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { at, textAt } from '../../shared/index.ts';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { HELM } from '../control-plane/versions.ts';
import { startChartPrograms, stopChartPrograms, type ChartPrograms } from './chart-programs.ts';
import { pluginRunner } from './plugin-run.ts';
import { Reader, type Step } from './reader.ts';
import { DIALS_ENDPOINTS, NAMESPACE, untilAskedBy } from './replicas.ts';
import { until } from './until.ts';
import { Workloads } from './workloads.ts';

/** What pages leave to their reader, and times that are none for a test. */
const STANDS: readonly (readonly [RegExp, string])[] = [
  [/YOUR-GROUP/g, 'maintainers'],
  [/CHART/g, './chart'],
  [/REVISION/g, '1'],
  [/-n NAMESPACE MACHINE/g, '-n default machine-5'],
  [/(?<![$\w])NODE(?!\w)/g, 'worker-5'],
  [/--port 8080/g, '--port 0'],
  [/--healthy-for 2m/g, '--healthy-for 1s'],
  [/--between=10m/g, '--between=1s'],
  // A healthy node is watched for 30 s otherwise, as readme.test.ts has it.
  [/maint (off|run) (?!.*(?:--healthy-for|--skip-health-check|--dry-run|--detach))/g, 'maint $1 --healthy-for=0 '],
  // Without a cluster.
  [/^(?=.* --nodes )/g, 'KUBECONFIG=/nowhere '],
];

/** Nodes of those names and pools that pages use. */
const POOLS = new Map([
  [6, { rack: 'b7' }],
  [7, { rack: 'b7' }],
  [8, { 'node-pool': 'blue' }],
  [9, { 'node-pool': 'blue' }],
  [10, { pool: 'blue' }],
  [11, { pool: 'blue' }],
]);
const NODES = Array.from({ length: 20 }, (_, index) => ({
  name: `worker-${index + 1}`,
  labels: { ...POOLS.get(index + 1) },
}));

/** What stands on the PATH, or beside the reader, as lines of a script. */
const SCRIPTS = {
  // Options and a host, then what a shell there is given.
  'bin/ssh': [
    '[ "$1" = -L ] && shift 2',
    'case $1 in root@worker-*) export NODE=${1#root@} ;; esac',
    'shift',
    'exec bash -c "$*"',
  ],
  'bin/reboot': [
    'change="{\\"status\\":{\\"nodeInfo\\":{\\"bootID\\":\\"$(date +%s%N)\\"}}}"',
    'exec kubectl patch node "$NODE" --subresource=status -p "$change"',
  ],
  'bin/systemctl': ['exec "$1"'],
  'bin/apt-get': ['exit 0'],
  'bin/xdg-open': ['echo "$1" >> opened'],
  'upgrade.sh': ['echo "upgrading $NODE"'],
  'error-rate-is-low.sh': ['echo "it is low at $NODE"'],
};

/** The cluster and the reader of a test. */
export class ChartScene {
  readonly plane: ControlPlane;
  readonly world: Workloads;
  readonly reader: Reader;
  /** Where commands are given. */
  readonly folder: string;
  #programs: ChartPrograms | undefined;

  /** An empty cluster, and a folder with the chart and all programs. */
  static async start(test: string): Promise<ChartScene> {
    // Only what serves here stands behind the Service, and none of KWOK's pods.
    const controllers = ['*', '-endpointslice-controller', '-endpoints-controller'].join(',');
    const plane = await startControlPlane({
      nodes: NODES,
      apiServerArgs: DIALS_ENDPOINTS,
      controllerManagerArgs: [`--controllers=${controllers}`],
    });
    const folder = await mkdtemp(join(tmpdir(), 'maint-pages-'));
    await mkdir(join(folder, 'bin'));
    await symlink(resolve('charts'), join(folder, 'charts'));
    const { path } = await ensureBinaries({ env: process.env, log: () => undefined, also: [HELM] });
    const helm = [
      ...['CACHE', 'CONFIG', 'DATA'].map((what) => `export HELM_${what}_HOME=${folder}/helm`),
      // The chart's own registry is a placeholder, which it refuses.
      '[ "$1" = install ] && set -- "$@" --set=image.registry=localhost',
      `exec ${path('helm')} "$@"`,
    ];
    for (const [name, lines] of Object.entries({ ...SCRIPTS, 'bin/helm': helm })) {
      await writeFile(join(folder, name), ['#!/bin/bash', ...lines, ''].join('\n'));
      await chmod(join(folder, name), 0o755);
    }
    return new ChartScene(test, plane, folder);
  }

  private constructor(test: string, plane: ControlPlane, folder: string) {
    this.plane = plane;
    this.folder = folder;
    this.world = new Workloads(plane);
    this.reader = new Reader(test, { plane, folder }, STANDS);
  }

  /** Other names for the one context. */
  async addContexts(...names: readonly string[]): Promise<void> {
    const config: unknown = JSON.parse(await this.kubectl('config', 'view', '-o', 'json'));
    const own = at(config, 'contexts', '0');
    const place = ['cluster', 'user'].map((key) => `--${key}=${textAt(own, 'context', key) ?? ''}`);
    for (const name of names) await this.kubectl('config', 'set-context', name, ...place);
  }

  async kubectl(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.plane.kubectl(args);
    expect(code, `kubectl ${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout.trim();
  }

  /** Has nodes in maintenance where a page takes that for granted. */
  async on(...nodes: readonly string[]): Promise<void> {
    await this.#maint('on', ...nodes, '--mode=cordon');
  }

  /** And has them out of it. */
  async off(...nodes: readonly string[]): Promise<void> {
    await this.#maint('off', ...nodes, '--skip-health-check');
  }

  async #maint(...args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await pluginRunner(this.plane).maint(args);
    expect(code, `${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
  }

  /** `helm install`: then its programs run, and the API server asks them. */
  readonly installs: Step = {
    after: async () => {
      this.#programs = await startChartPrograms(this.plane);
      await untilAskedBy(this.plane, 'node-guard');
    },
  };

  /** `helm test`: no kubelet runs its pod, which test/node has on a real one, so here it just succeeds. */
  tests(): Step {
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/kubectl-maint-verify`;
    let done = Promise.resolve();
    return {
      before: () => {
        done = until('the pod of the test runs', async () => {
          const { body } = await this.plane.api('GET', path);
          return textAt(body, 'status', 'phase') === 'Running';
        }).then(async () => {
          await this.plane.api('PATCH', `${path}/status`, { status: { phase: 'Succeeded' } });
        });
      },
      says: /^Phase: +Succeeded$/m,
      after: () => done,
    };
  }

  /** Ends the chart's programs, as their pods end. */
  async endPrograms(): Promise<void> {
    if (this.#programs !== undefined) await stopChartPrograms(this.#programs, 0);
    this.#programs = undefined;
  }

  async end(): Promise<void> {
    await this.endPrograms();
    await this.plane.stop();
    await rm(this.folder, { recursive: true });
  }
}
