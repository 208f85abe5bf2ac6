/**
 * `npm run bench -- status`: how long commands take beside their peers, on one control plane in one run, each in turn:
 * `version --client` beside a Node.js that does nothing, `status` beside `kubectl get nodes`, completion beside kubectl's own. The
 * plugin's own process is timed, as `kubectl get` has no plugin to find; the way through kubectl is beside it.
 */
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { BIN, pluginEnvironment, runProgram } from '../support/plugin-run.ts';
import { median } from './median.ts';

const RUNS = 25;
/** How many nodes the clusters have. */
const SIZES = [1, 50];

/** A command as it is typed, and the words of its process. */
interface Contender {
  readonly name: string;
  readonly words: readonly [program: string, ...args: string[]];
}

/** Prints the table. */
export async function benchStatus(): Promise<void> {
  process.stdout.write(
    '| Nodes | in maintenance | beside | ms p50 | | ms p50 | ratio |\n| --- | --- | --- | --- | --- | --- | --- |\n',
  );
  for (const nodes of SIZES) {
    await using plane = await startControlPlane({ nodes });
    for (const held of [0, 1]) process.stdout.write(await rows(nodes, held, plane));
  }
}

async function rows(nodes: number, held: number, plane: ControlPlane): Promise<string> {
  // Certificates of this machine that Node reads at every start (30 ms) and neither of the two needs.
  const env = pluginEnvironment(plane.kubeconfig, { NODE_EXTRA_CA_CERTS: '' });
  if (held > 0) await timed([process.execPath, BIN, 'on', '--allow-last-node', await firstNode(plane)], env);
  const pairs = pairsFor(plane.kubectlPath);
  const contenders = [...new Map(pairs.flat().map((one) => [one.name, one])).values()];
  const figures = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= RUNS; round += 1) {
    for (const { name, words } of contenders) {
      const ms = await timed(words, env);
      // The first round fills caches.
      if (round > 0) figures.get(name)?.push(ms);
    }
  }
  const lines = pairs.map(([peer, own]) => {
    const [one, other] = [median(figures.get(peer.name) ?? []), median(figures.get(own.name) ?? [])];
    const cells = [peer.name, one.toFixed(0), own.name, other.toFixed(0), (other / one).toFixed(2)];
    return `| ${[nodes, held, ...cells].join(' | ')} |\n`;
  });
  return lines.join('');
}

function pairsFor(kubectl: string): readonly (readonly [peer: Contender, own: Contender])[] {
  const node = process.execPath;
  const get: Contender = { name: '`kubectl get nodes`', words: [kubectl, 'get', 'nodes'] };
  return [
    [
      { name: '`node -e 0`', words: [node, '-e', '0'] },
      { name: '`kubectl-maint version --client`', words: [node, BIN, 'version', '--client'] },
    ],
    [get, { name: '`kubectl-maint status`', words: [node, BIN, 'status'] }],
    [get, { name: '`kubectl maint status`', words: [kubectl, 'maint', 'status'] }],
    [
      { name: '`kubectl __complete get nodes`', words: [kubectl, '__complete', 'get', 'nodes', ''] },
      { name: '`kubectl-maint __complete status`', words: [node, BIN, '__complete', 'status', ''] },
    ],
  ];
}

async function firstNode(plane: ControlPlane): Promise<string> {
  const { stdout } = await plane.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}']);
  return stdout;
}

/** Milliseconds of one whole process that succeeds. */
async function timed(
  [program, ...args]: Contender['words'],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const started = process.hrtime.bigint();
  const ran = await runProgram(program, args, env);
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (ran.code !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.stderr}`);
  return ms;
}
