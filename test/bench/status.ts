/**
 * `npm run bench -- status`: `kubectl maint status` beside `kubectl get nodes`, on one control plane in one run, each in
 * turn. The plugin's own process is timed, as `kubectl get` has no plugin to find; the way through kubectl is beside it.
 */
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { BIN, pluginEnvironment, runProgram } from '../support/plugin-run.ts';
import { median } from './median.ts';

const RUNS = 25;
/** How many nodes the clusters have. */
const SIZES = [1, 50];

/** Prints the table. */
export async function benchStatus(): Promise<void> {
  process.stdout.write(
    '| Nodes | in maintenance | kubectl get nodes, ms p50 | kubectl-maint status, ms p50 | ratio | kubectl maint status, ms p50 | ratio |\n| --- | --- | --- | --- | --- | --- | --- |\n',
  );
  for (const nodes of SIZES) {
    await using plane = await startControlPlane({ nodes });
    for (const held of [0, 1]) process.stdout.write(`${await row(nodes, held, plane)}\n`);
  }
}

async function row(nodes: number, held: number, plane: ControlPlane): Promise<string> {
  // Certificates of this machine that Node reads at every start (30 ms) and neither of the two needs.
  const env = pluginEnvironment(plane.kubeconfig, { NODE_EXTRA_CA_CERTS: '' });
  const [kubectl, node] = [plane.kubectlPath, process.execPath];
  if (held > 0) await timed(node, [BIN, 'on', '--allow-last-node', await firstNode(plane)], env);
  const contenders: Readonly<Record<string, () => Promise<number>>> = {
    get: () => timed(kubectl, ['get', 'nodes'], env),
    own: () => timed(node, [BIN, 'status'], env),
    plugin: () => timed(kubectl, ['maint', 'status'], env),
  };
  const figures = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= RUNS; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const ms = await run();
      // The first round fills caches.
      if (round > 0) figures.get(name)?.push(ms);
    }
  }
  const [get = NaN, own = NaN, plugin = NaN] = [...figures.values()].map(median);
  const cells = [get.toFixed(0), own.toFixed(0), (own / get).toFixed(2), plugin.toFixed(0), (plugin / get).toFixed(2)];
  return `| ${[nodes, held, ...cells].join(' | ')} |`;
}

async function firstNode(plane: ControlPlane): Promise<string> {
  const { stdout } = await plane.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}']);
  return stdout;
}

/** Milliseconds of one whole process that succeeds. */
async function timed(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const started = process.hrtime.bigint();
  const ran = await runProgram(program, args, env);
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (ran.code !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.stderr}`);
  return ms;
}
