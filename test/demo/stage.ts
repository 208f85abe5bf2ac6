import { join } from 'node:path';
import { conditionAt, listAt, textAt } from '../../shared/facts/json.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { spawnBound, type BoundProcess, type SpawnOptions } from '../control-plane/bound-process.ts';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { until } from '../support/until.ts';
import { startWebhook } from '../support/webhook-process.ts';
import { OWN_CAST, type Cast } from './cast.ts';

const ROOT = join(import.meta.dirname, '../..');

/** How an application's pods behave, in milliseconds: like small services. */
const POD_MS = 1000;

/** What a command wrote, to both streams in the order in which a person sees it, and how it ended. */
export interface Told {
  readonly code: number | null;
  readonly text: string;
}

/** Where the story plays: a cluster with an application on it, and the webhook. */
export interface Stage extends AsyncDisposable {
  readonly cast: Cast;
  /** Runs kubectl, which finds the plugin, as a person would. */
  kubectl(args: readonly string[], input?: string): Promise<Told>;
  /** The same for what goes on until it is told to end; it speaks on this terminal. */
  start(args: readonly string[]): BoundProcess;
}

/** The pods of a namespace, as the API server has them. */
export async function podsOf({ kubectl }: Pick<Stage, 'kubectl'>, namespace: string): Promise<readonly unknown[]> {
  const { code, text } = await kubectl(['get', '--raw', `/api/v1/namespaces/${namespace}/pods`]);
  if (code !== 0) throw new Error(text);
  return listAt(JSON.parse(text), 'items');
}

/** Those of some pods that are Ready. */
export function readyOf(pods: readonly unknown[]): readonly unknown[] {
  return pods.filter((pod) => textAt(conditionAt(pod, 'Ready'), 'status') === 'True');
}

/** A file of the story, as seen from where kubectl runs. */
export function manifest(name: string): string {
  return join('test/demo/manifests', name);
}

/** Builds the stage from nothing. */
export async function buildStage(say: (line: string) => void): Promise<Stage> {
  const worker = (number: number) => ({ name: `worker-${number}` });
  const controlPlane = await startControlPlane({
    nodes: [{ name: 'control-plane-1', role: 'control-plane' }, worker(1), worker(2), worker(3), worker(4)],
    podReadyMs: POD_MS,
    podGoneMs: POD_MS,
    log: say,
  });
  try {
    return await furnish(controlPlane, say);
  } catch (thrown) {
    await controlPlane.stop();
    throw thrown;
  }
}

async function furnish(controlPlane: ControlPlane, say: (line: string) => void): Promise<Stage> {
  const kubectl: Stage['kubectl'] = (args, input) =>
    runKubectl(controlPlane.kubectlPath, args, input, controlPlane.kubeconfig);
  const apply = async (file: string): Promise<void> => {
    const { code, text } = await kubectl(['apply', '-f', manifest(file)]);
    if (code !== 0) throw new Error(`kubectl apply -f ${file}: ${text}`);
  };
  say('deploying a shop (two applications with disruption budgets) and a log collector ...');
  await apply('shop.yaml');
  await until('every pod is ready', () => isSettled({ kubectl }));
  say('starting the webhook and registering it ...');
  const webhook = await startWebhook(controlPlane);
  await webhook.register();
  return {
    cast: OWN_CAST,
    kubectl,
    start: (args) => startKubectl(controlPlane.kubectlPath, args, controlPlane.kubeconfig),
    [Symbol.asyncDispose]: async () => {
      await webhook.stop();
      await controlPlane.stop();
    },
  };
}

/** Eight web, four db and five log collectors. */
const PODS = 17;

async function isSettled(stage: Pick<Stage, 'kubectl'>): Promise<boolean> {
  const { shop, logging } = OWN_CAST.namespaces;
  const pods = [...(await podsOf(stage, shop)), ...(await podsOf(stage, logging))];
  return pods.length === PODS && readyOf(pods).length === PODS;
}

/** Runs a kubectl that finds the plugin; without a kubeconfig it finds its own. */
export async function runKubectl(
  program: string,
  args: readonly string[],
  input?: string,
  kubeconfig?: string,
): Promise<Told> {
  const child = spawnBound(program, args, {
    ...surroundings(kubeconfig),
    streams: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  const streams = [child.process.stdout, child.process.stderr].filter((stream) => stream !== null);
  const ends = streams.map(async (stream) => {
    for await (const chunk of stream) chunks.push(String(chunk));
  });
  child.process.stdin?.end(input);
  const [{ code }] = await Promise.all([child.ended, ...ends]);
  return { code, text: chunks.join('') };
}

/** Starts such a kubectl, which speaks on this terminal. */
export function startKubectl(program: string, args: readonly string[], kubeconfig?: string): BoundProcess {
  const { fd: out } = process.stdout;
  const { fd: err } = process.stderr;
  return spawnBound(program, args, { ...surroundings(kubeconfig), streams: ['ignore', out, err] });
}

function surroundings(kubeconfig: string | undefined): Required<Pick<SpawnOptions, 'cwd' | 'env'>> {
  const path = [join(ROOT, 'dist/bin'), join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(':');
  const env = { ...process.env, PATH: path, ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }) };
  return { cwd: ROOT, env };
}
