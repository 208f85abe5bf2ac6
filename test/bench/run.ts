/**
 * `npm run bench -- run`: `run` over 100, 300 and 1000 nodes, twenty at a time, a pod of a Deployment for each: how often the API
 * server is asked, a node and all in all, and the most memory that the process took. Calls grow as the nodes do.
 */
import { join } from 'node:path';
import { textAt } from '../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { auditLog } from '../support/audit-log.ts';
import { nodeFlagsOf } from '../support/node-flags.ts';
import { BIN, pluginEnvironment, runProgram } from '../support/plugin-run.ts';
import { until } from '../support/until.ts';

const SIZES = (process.env['BENCH_NODES'] ?? '100,300,1000').split(',').map(Number);
const PARALLEL = 20;
/** Who runs it, and nothing else: all that is asked by this name is the run's. */
const RUNNER = 'runner';
/** Told by the process itself when it ends. */
const PEAK = ['--import', join(import.meta.dirname, 'peak-memory.ts')];

/** Prints the table. */
export async function benchRun(): Promise<void> {
  process.stdout.write(
    '| Nodes | calls | a node | lists | watches | peak, MiB | s |\n| --- | --- | --- | --- | --- | --- | --- |\n',
  );
  for (const nodes of SIZES) process.stdout.write(await row(nodes));
}

async function row(nodes: number): Promise<string> {
  const audit = await auditLog([RUNNER], ['RequestReceived', 'ResponseStarted']);
  const users = [{ name: RUNNER, groups: ['system:masters'] }];
  await using plane = await startControlPlane({ nodes, users, apiServerArgs: audit.apiServerArgs });
  await fill(plane, nodes);
  const env = pluginEnvironment(await plane.kubeconfigFor(RUNNER));
  const flags = [
    '--selector=kubernetes.io/os=linux',
    `--max-parallel=${PARALLEL}`,
    '--healthy-for=0',
    '--allow-last-node',
  ];
  const started = Date.now();
  const program = [...nodeFlagsOf(BIN), ...PEAK, BIN];
  const ran = await runProgram(process.execPath, [...program, 'run', ...flags, '--', '/bin/true'], env);
  const seconds = (Date.now() - started) / 1000;
  if (ran.code !== 0) throw new Error(ran.stderr.slice(-2000));
  const verbs = (await audit.events()).map((event) => textAt(event, 'verb') ?? '');
  await audit.remove();
  const count = (verb: string): number => verbs.filter((one) => one === verb).length;
  const peak = Number(/peak-kib=(\d+)/.exec(ran.stderr)?.[1] ?? NaN) / 1024;
  const cells = [
    nodes,
    verbs.length,
    (verbs.length / nodes).toFixed(1),
    count('list'),
    count('watch'),
    peak.toFixed(0),
  ];
  return `| ${[...cells, seconds.toFixed(0)].join(' | ')} |\n`;
}

/** One pod for each node, of a Deployment: each node has something that has to move. */
async function fill(plane: ControlPlane, replicas: number): Promise<void> {
  const labels = { app: 'web' };
  const spread = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'web', image: 'web' }],
          topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: labels } }],
        },
      },
    },
  };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(deployment) });
  await until(
    'every pod is ready',
    async () => {
      const { stdout } = await plane.kubectl(['get', 'deployment', 'web', '-o', 'jsonpath={.status.readyReplicas}']);
      return stdout === String(replicas);
    },
    { giveUpAfterMs: 300_000 },
  );
}
