import { existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { spawnBound } from '../control-plane/bound-process.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';

/** The built plugin. */
export const BIN = resolve('dist/kubectl-maint.cjs');

/** How a run ended and what it said. A process that was killed has no code. */
export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that goes on. */
export interface Running {
  readonly ended: Promise<Ran>;
  readonly pid: number;
  /** Everything it has written until now, to either stream. */
  said(): string;
  /** Sends a signal to the process, as Ctrl-C does with SIGINT. */
  signal(name: NodeJS.Signals): void;
}

/** Who runs it, and with what environment. */
export interface RunOptions {
  /** A user of the control plane; its admin by default. */
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built plugin against one control plane. */
export interface PluginRunner {
  /**
   * `kubectl maint …`, as the process that kubectl becomes: a kubectl before each would take as much of a core again. That it
   * finds the plugin and becomes it is tried where the plugin starts, on terminals, and by completion.
   */
  maint(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same, without waiting for its end. */
  start(args: readonly string[], options?: RunOptions): Promise<Running>;
}

/** The environment in which kubectl finds the plugin, and the plugin its Node. */
export function pluginEnvironment(
  kubeconfig: string,
  more: RunOptions['env'] = {},
): Record<string, string | undefined> {
  if (!existsSync(BIN)) throw new Error(`${BIN} is missing: run \`npm run build\` (npm test does it by itself)`);
  const path = [resolve('dist/bin'), resolve('node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { ...process.env, PATH: path, KUBECONFIG: kubeconfig, KUBERC: 'off', ...more };
}

/** The runner for a control plane. */
export function pluginRunner(plane: ControlPlane): PluginRunner {
  const start = async (args: readonly string[], { user, env }: RunOptions = {}): Promise<Running> => {
    const kubeconfig = user === undefined ? plane.kubeconfig : await plane.kubeconfigFor(user);
    return startProgram(BIN, args, pluginEnvironment(kubeconfig, env));
  };
  return { start, maint: async (args, options) => (await start(args, options)).ended };
}

/** Starts any program and collects what it writes; it cannot outlive this process. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Running {
  const child = spawnBound(program, args, { env, streams: ['ignore', 'pipe', 'pipe'] });
  const out: string[] = [];
  const err: string[] = [];
  const all: string[] = [];
  child.process.stdout?.setEncoding('utf8').on('data', (text: string) => all.push(text) && out.push(text));
  child.process.stderr?.setEncoding('utf8').on('data', (text: string) => all.push(text) && err.push(text));
  const closed = new Promise<void>((resolve) =>
    child.process.once('close', () => {
      resolve();
    }),
  );
  return {
    ended: Promise.all([child.ended, closed]).then(([exit]) => ({
      ...exit,
      stdout: out.join(''),
      stderr: err.join(''),
    })),
    pid: child.pid,
    said: () => all.join(''),
    signal: (name) => {
      if (child.isRunning()) process.kill(child.pid, name);
    },
  };
}

/** Runs a program to its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Ran> {
  return startProgram(program, args, env).ended;
}
