import { rm } from 'node:fs/promises';
import type { CallApi } from './api.ts';
import type { Binaries } from './binaries.ts';
import { ensureBinaries } from './binaries.ts';
import type { ControlPlane, ControlPlaneOptions } from './contract.ts';
import { ComponentError } from './errors.ts';
import { keepOnlyLogs } from './folders.ts';
import { runKubectl } from './kubectl.ts';
import type { NodeSpec } from './nodes.ts';
import { areNodesReady, createNode, haveLeases, markNodeAlive, markNodeSilent, nodeSpecs } from './nodes.ts';
import { touchPods } from './pods.ts';
import type { Premises } from './premises.ts';
import { preparePremises } from './premises.ts';
import { kwokOf, Programs } from './programs.ts';
import { ADMIN } from './users.ts';

export type { ControlPlane, ControlPlaneOptions } from './contract.ts';
export { ComponentError } from './errors.ts';
export type { NodeSpec } from './nodes.ts';

/** A port that was free can be gone a moment later; three times in a row it is not chance. */
const PORT_ATTEMPTS = 3;

/** Starts a control plane and waits until it and its nodes are ready. Throws ControlPlaneError; nothing is left then but logs. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  const binaries = await ensureBinaries({ env: process.env, log });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(binaries, options, log);
    } catch (error) {
      if (!(error instanceof ComponentError && error.portTaken) || attempt === PORT_ATTEMPTS) throw error;
      log(`${error.component}: its port was taken by another process, trying other ports`);
    }
  }
}

async function startOnce(
  binaries: Binaries,
  options: ControlPlaneOptions,
  log: (line: string) => void,
): Promise<ControlPlane> {
  const premises = await preparePremises(options, binaries.stagesFolder);
  const running = new Programs(binaries, premises);
  try {
    await running.startAll(options);
    const controlPlane = controlPlaneOf(running, premises, log);
    await controlPlane.addNodes(nodeSpecs(options.nodes ?? 0));
    return controlPlane;
  } catch (error) {
    await running.endAll();
    await keepOnlyLogs(premises.folder);
    throw error;
  }
}

function controlPlaneOf(running: Programs, premises: Premises, log: (line: string) => void): ControlPlane {
  const { folder, api, kubeconfigFor } = premises;
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= endAndClean(running, premises, log));
  return {
    server: premises.server,
    ca: premises.ca,
    adminToken: premises.adminToken,
    kubeconfig: premises.adminKubeconfig,
    folder,
    logsFolder: premises.logsFolder,
    kubectlPath: running.kubectlPath,
    pids: () => running.pids(),
    kubeconfigFor,
    kubectl: async (args, { input, env, user } = {}) =>
      runKubectl(running.kubectlPath, args, {
        input,
        // kubectl's cache and preferences of the person at this machine stay out of it.
        env: {
          ...process.env,
          KUBECACHEDIR: premises.kubectlCache,
          KUBERC: 'off',
          KUBECONFIG: await kubeconfigFor(user ?? ADMIN),
          ...env,
        },
      }),
    api,
    addNode: (spec) => addNodes(running, api, [spec]),
    addNodes: (specs) => addNodes(running, api, specs),
    silenceNode: async (name) => {
      if (!running.has(kwokOf(name))) throw new Error(`node ${name} has no kubelet of its own: start it as mortal`);
      await running.end(kwokOf(name));
      await markNodeSilent(api, name);
    },
    reviveNode: async (name) => {
      if (running.has(kwokOf(name))) throw new Error(`node ${name} was not silenced`);
      await markNodeAlive(api, name);
      await startKeepers(running, api, [name]);
      await touchPods(api, name);
    },
    stopApiServer: () => running.end('kube-apiserver'),
    startApiServer: () => running.startApiServer(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function addNodes(running: Programs, api: CallApi, specs: readonly NodeSpec[]): Promise<void> {
  await Promise.all(specs.map((spec) => createNode(api, spec)));
  await startKeepers(
    running,
    api,
    specs.filter(({ mortal }) => mortal === true).map(({ name }) => name),
  );
  const alive = specs.filter(({ silent }) => silent !== true).map(({ name }) => name);
  if (alive.length === 0) return;
  await running.waitUntil('showing the nodes as Ready', 'kube-apiserver', () => areNodesReady(api, alive));
  if (running.has('kwok')) await running.waitUntil('in charge of the nodes', 'kwok', () => haveLeases(api, alive));
}

/** Starts the KWOK of each mortal node, and waits until it is in charge. */
async function startKeepers(running: Programs, api: CallApi, nodes: readonly string[]): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      await running.startKwokOf(node);
      await running.waitUntil(`in charge of node ${node}`, kwokOf(node), () => haveLeases(api, [node]));
    }),
  );
}

async function endAndClean(running: Programs, premises: Premises, log: (line: string) => void): Promise<void> {
  const endedBefore = await running.endAll();
  for (const { name, logPath } of endedBefore) log(`${name} had ended by itself; its log is kept: ${logPath}`);
  if (endedBefore.length > 0) await keepOnlyLogs(premises.folder);
  else await rm(premises.folder, { recursive: true, force: true });
}
