import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startComponent, waitUntil, type Component } from '../control-plane/component.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { kubeletUser } from '../control-plane/users.ts';
import { runProgram } from '../support/plugin-run.ts';
import { cgroupOf, makeCgroup, removeCgroup } from './cgroups.ts';
import {
  cniConfig,
  containerdConfig,
  kubeconfigAt,
  kubeletConfig,
  kubeProxyConfig,
  socketOf,
  type NodeSettings,
} from './configuration.ts';
import { startMachine, succeedInside, type Machine } from './machine.ts';
import type { Network } from './network.ts';

/** The user whose rights `system:node-proxier` grants. */
export const KUBE_PROXY_USER = 'system:kube-proxy';

/** Where the kubelet reads which boot of the machine this is (cadvisor's boot_id_file). */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** What a node needs from its cluster. Numbers count from 1, to `count`. */
export interface NodePlan {
  readonly plane: ControlPlane;
  readonly network: Network;
  readonly number: number;
  readonly count: number;
  readonly program: (name: 'kubelet' | 'kube-proxy') => string;
  /** Archives that it starts with. */
  readonly images: readonly string[];
}

/** A machine with containerd, kubelet and kube-proxy. */
export interface RealNode {
  readonly name: string;
  /** Imports the images of an archive. */
  load(archive: string): Promise<void>;
  /** A command line that runs a program on it: program, then arguments. */
  readonly inside: Machine['inside'];
  /** Ends its kubelet, which comes back; what runs on it runs on. */
  restartKubelet(): Promise<void>;
  /**
   * What a reboot does to it: its kubelet and every container end without a word to anybody; then its kubelet comes back,
   * and reports this boot id. None: the one that it had.
   */
  reboot(bootId?: string): Promise<void>;
  /** Ends it without a word to anybody, as by a power cut, and removes what it leaves on the host. */
  end(): Promise<void>;
}

/** Starts a node; it is Ready a moment later. */
export async function startRealNode(plan: NodePlan): Promise<RealNode> {
  const { plane, network, number } = plan;
  const name = realNodeName(number);
  const folder = join(plane.folder, 'nodes', name);
  const settings: NodeSettings = { folder, name, place: network.place(number), cgroup: cgroupOf(name) };
  const machine = await startMachine();
  const components: Component[] = [];
  const end = async () => {
    await Promise.all(components.map((component) => component.end()));
    await machine.end();
    await removeCgroup(settings.cgroup);
  };
  try {
    await Promise.all([makeCgroup(settings.cgroup), network.join(machine, number, plan.count)]);
    await writeConfiguration(settings, plan);
    const start = (program: string, ...args: readonly string[]) => {
      const log = join(plane.logsFolder, `${name}-${program.slice(program.lastIndexOf('/') + 1)}.log`);
      const component = startComponent(...machine.inside(program, args), log);
      components.push(component);
      return component;
    };
    const containerd = start('containerd', `--config=${join(folder, 'containerd.toml')}`);
    const ctr = (...args: readonly string[]) => ctrOn(machine, folder, args);
    await waitUntil('serving', [containerd], async () => (await ctr('version')).code === 0);
    const load = async (archive: string) => {
      await succeedInside(machine, 'ctr', [
        '--address',
        socketOf(folder),
        '--namespace',
        'k8s.io',
        'images',
        'import',
        archive,
      ]);
    };
    for (const archive of plan.images) await load(archive);
    const startKubelet = () => start(plan.program('kubelet'), ...kubeletArgs(settings));
    let kubelet = startKubelet();
    start(plan.program('kube-proxy'), `--config=${join(folder, 'kube-proxy.yaml')}`);
    const restartKubelet = async (between: () => Promise<void> = () => Promise.resolve()) => {
      await kubelet.end();
      await between();
      kubelet = startKubelet();
    };
    const reboot = (bootId?: string) =>
      restartKubelet(async () => {
        const { stdout } = await ctr('--namespace', 'k8s.io', 'tasks', 'list', '--quiet');
        for (const task of stdout.split('\n').filter((line) => line !== ''))
          await ctr('--namespace', 'k8s.io', 'tasks', 'kill', '--signal=SIGKILL', '--all', task);
        if (bootId === undefined) return;
        const file = join(folder, `boot-${bootId}`);
        await writeFile(file, `${bootId}\n`);
        await succeedInside(machine, 'mount', ['--bind', file, BOOT_ID]);
      });
    return { name, load, end, inside: machine.inside, reboot, restartKubelet: () => restartKubelet() };
  } catch (error) {
    await end();
    throw error;
  }
}

/** `1` → real-1. */
export function realNodeName(number: number): string {
  return `real-${number}`;
}

function kubeletArgs({ folder, name, place }: NodeSettings): readonly string[] {
  return [
    `--config=${join(folder, 'kubelet.yaml')}`,
    `--kubeconfig=${join(folder, 'kubelet.kubeconfig')}`,
    `--root-dir=${join(folder, 'kubelet')}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    `--hostname-override=${name}`,
    `--node-ip=${place.address}`,
  ];
}

async function writeConfiguration(settings: NodeSettings, { plane, network }: NodePlan): Promise<void> {
  const { folder, name } = settings;
  await mkdir(join(folder, 'cni'), { recursive: true, mode: 0o700 });
  const kubeconfig = async (user: string) =>
    kubeconfigAt(await readFile(await plane.kubeconfigFor(user), 'utf8'), network.host);
  const files = {
    'containerd.toml': containerdConfig(settings),
    'cni/10-pods.conflist': cniConfig(settings),
    'kubelet.yaml': kubeletConfig(settings, network.host),
    'kube-proxy.yaml': kubeProxyConfig(settings, join(folder, 'kube-proxy.kubeconfig'), network.range),
    'kubelet.kubeconfig': await kubeconfig(kubeletUser(name).name),
    'kube-proxy.kubeconfig': await kubeconfig(KUBE_PROXY_USER),
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text, { mode: 0o600 });
}

function ctrOn(machine: Machine, folder: string, args: readonly string[]) {
  return runProgram(...machine.inside('ctr', ['--address', socketOf(folder), ...args]), process.env);
}
