import { join } from 'node:path';
import { listAt, textAt } from '../../shared/facts/json.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { spawnBound } from '../control-plane/bound-process.ts';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { until } from '../support/until.ts';
import { startWebhook, type WebhookProcess } from '../support/webhook-process.ts';

const ROOT = join(import.meta.dirname, '../..');

/** How an application's pods behave, in milliseconds: like small services. */
const POD_MS = 1000;

/** What a command wrote, to both streams in the order in which a person sees it, and how it ended. */
export interface Told {
  readonly code: number | null;
  readonly text: string;
}

/** Where the story plays: a control plane with five nodes, an application on it, and the webhook. */
export interface Stage extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly webhook: WebhookProcess;
  /** Runs kubectl, which finds the plugin, as a person would. */
  kubectl(args: readonly string[], input?: string): Promise<Told>;
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
  const kubectl: Stage['kubectl'] = (args, input) => runKubectl(controlPlane, args, input);
  const apply = async (file: string): Promise<void> => {
    const { code, text } = await kubectl(['apply', '-f', manifest(file)]);
    if (code !== 0) throw new Error(`kubectl apply -f ${file}: ${text}`);
  };
  say('deploying a shop (two applications with disruption budgets), a log collector and the API of Velero ...');
  await apply('velero-crd.yaml');
  await apply('shop.yaml');
  await until('every pod is ready', () => isSettled(controlPlane));
  say('starting the webhook and registering it ...');
  const webhook = await startWebhook(controlPlane);
  await webhook.register();
  return {
    controlPlane,
    webhook,
    kubectl,
    [Symbol.asyncDispose]: async () => {
      await webhook.stop();
      await controlPlane.stop();
    },
  };
}

/** Eight web, four db and five log collectors. */
const PODS = 17;

async function isSettled({ api }: ControlPlane): Promise<boolean> {
  const pods = listAt((await api('GET', '/api/v1/pods')).body, 'items');
  const ready = pods.filter((pod) =>
    listAt(pod, 'status', 'conditions').some(
      (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
    ),
  );
  return pods.length === PODS && ready.length === PODS;
}

async function runKubectl(
  controlPlane: ControlPlane,
  args: readonly string[],
  input: string | undefined,
): Promise<Told> {
  const path = [join(ROOT, 'dist/bin'), join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(':');
  const child = spawnBound(controlPlane.kubectlPath, args, {
    cwd: ROOT,
    env: { ...process.env, PATH: path, KUBECONFIG: controlPlane.kubeconfig },
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
