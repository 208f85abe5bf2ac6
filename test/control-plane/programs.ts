import type { Binaries } from './binaries.ts';
import { apiServerArgs, controllerManagerArgs, etcdArgs, kwokArgs, schedulerArgs } from './command-lines.ts';
import type { Component } from './component.ts';
import { startComponent, waitUntil } from './component.ts';
import type { ControlPlaneOptions } from './contract.ts';
import { SHARED_KEEPER } from './nodes.ts';
import type { Premises } from './premises.ts';
import { KWOK } from './users.ts';
import type { BinaryName } from './versions.ts';

/** The programs of one control plane. */
export class Programs {
  /** By binary, and the KWOK of a single node by `kwok-NODE`. */
  readonly #byName = new Map<string, Component>();
  readonly #binaries: Binaries;
  readonly #premises: Premises;

  constructor(binaries: Binaries, premises: Premises) {
    this.#binaries = binaries;
    this.#premises = premises;
  }

  async startAll(options: ControlPlaneOptions): Promise<void> {
    const { settings } = this.#premises;
    this.#start('etcd', etcdArgs(settings));
    await this.startApiServer();
    await Promise.all([
      settings.controllerManager && this.#startClient('kube-controller-manager', controllerManagerArgs),
      (options.scheduler ?? true) && this.#startClient('kube-scheduler', schedulerArgs),
      (options.kwok ?? true) && this.startKwok(),
    ]);
    // Without its default service account a namespace takes no pods.
    if (settings.controllerManager) {
      await this.waitUntil('giving namespaces their service account', 'kube-controller-manager', () =>
        this.#answers('/api/v1/namespaces/default/serviceaccounts/default'),
      );
    }
  }

  async startApiServer(): Promise<void> {
    this.#start('kube-apiserver', apiServerArgs(this.#premises.settings));
    await this.waitUntil('ready', 'kube-apiserver', () => this.#answers('/readyz'));
  }

  /** Starts the KWOK of all nodes that have none of their own. */
  async startKwok(): Promise<void> {
    await this.#startKeeper('kwok', SHARED_KEEPER);
  }

  /** Starts the KWOK of one mortal node. */
  async startKwokOf(node: string): Promise<void> {
    await this.#startKeeper(kwokOf(node), node);
  }

  async end(name: string): Promise<void> {
    const component = this.#byName.get(name);
    this.#byName.delete(name);
    await component?.end();
  }

  /** Kills everything at once: there is no state to save. Says which components had ended before. */
  async endAll(): Promise<readonly Component[]> {
    const all = [...this.#byName.values()];
    const endedBefore = all.filter((component) => !component.isRunning());
    await Promise.all(all.map((component) => component.end()));
    return endedBefore;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  pids(): Readonly<Record<string, number>> {
    const running = [...this.#byName].filter(([, component]) => component.isRunning());
    return Object.fromEntries(running.map(([name, { pid }]) => [name, pid]));
  }

  /** Waits for a state that the named component brings about; fails when it, or any other, ends. */
  async waitUntil(what: string, name: string, probe: () => Promise<boolean>): Promise<void> {
    const first = this.#byName.get(name);
    if (first === undefined) throw new Error(`${name} was not started, so nothing will ever be ${what}`);
    await waitUntil(what, [first, ...this.#byName.values()], probe);
  }

  async #startClient(name: BinaryName, args: typeof schedulerArgs): Promise<void> {
    this.#start(name, args(this.#premises.settings, await this.#premises.kubeconfigFor(`system:${name}`)));
  }

  async #startKeeper(name: string, keeper: string): Promise<void> {
    const { settings, kubeconfigFor } = this.#premises;
    this.#start('kwok', kwokArgs(settings, await kubeconfigFor(KWOK), keeper), name);
  }

  #start(binary: BinaryName, args: readonly string[], name: string = binary): void {
    this.#byName.set(name, startComponent(this.#binaries.path(binary), args, this.#premises.logPath(name)));
  }

  async #answers(path: string): Promise<boolean> {
    return (await this.#premises.api('GET', path)).status === 200;
  }

  get kubectlPath(): string {
    return this.#binaries.path('kubectl');
  }
}

/** The name of the KWOK that plays one mortal node. */
export function kwokOf(node: string): string {
  return `kwok-${node}`;
}
