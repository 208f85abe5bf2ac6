/**
 * `npm run bench -- drain`: `kubectl maint on` beside `kubectl drain` and a Go client without any checks or limits
 * (test/bench/go/limit), on one control plane in one run. Pods are Ready and gone after a second. The ratios travel.
 */
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conditionAt, listAt, numberAt, textAt } from '../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { BIN, pluginEnvironment, runProgram, type Ran } from '../support/plugin-run.ts';
import { until } from '../support/until.ts';
import { goDriver } from './go-driver.ts';
import { median } from './median.ts';

/** A cluster's work, and what is drained of it. */
interface Scenario {
  readonly title: string;
  /** How many nodes are drained. */
  readonly nodes: number;
  readonly apps: number;
  readonly replicas: number;
  /** How many of the apps have a budget of maxUnavailable 1, two of them sharing each where `shared`. */
  readonly budgets?: number;
  readonly shared?: boolean;
  /** Contenders that this is asked of; the Go client knows no budgets. */
  readonly contenders: readonly Contender[];
}

type Contender = 'kubectl' | 'limit' | 'ours';

const ALL: readonly Contender[] = ['kubectl', 'limit', 'ours'];

const SCENARIOS: readonly Scenario[] = [
  { title: '1 node × 100 pods', nodes: 1, apps: 10, replicas: 10, contenders: ALL },
  { title: '4 nodes × 100 pods', nodes: 4, apps: 20, replicas: 20, contenders: ALL },
  { title: '10 nodes × 100 pods', nodes: 10, apps: 50, replicas: 20, contenders: ALL },
  {
    title: '20 apps with maxUnavailable 1 over 4 nodes',
    nodes: 4,
    apps: 20,
    replicas: 4,
    budgets: 20,
    contenders: ['kubectl', 'ours'],
  },
  {
    title: '1 node × 250 pods, half of them sharing budgets',
    nodes: 1,
    apps: 50,
    replicas: 5,
    budgets: 25,
    shared: true,
    contenders: ['kubectl', 'ours'],
  },
];

/** kubectl takes minutes, and varies little. */
const RUNS: Readonly<Record<Contender, number>> = { kubectl: 1, limit: 3, ours: 3 };
const DRAINED = Math.max(...SCENARIOS.map(({ nodes }) => nodes));
const SPARES = 12;
const NAMESPACE = 'default';
/** As many pods as a kubelet takes by default would leave no room for a scenario of 250 on one node. */
const PODS_PER_NODE = '260';

const drainedNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `drain-${index + 1}`);
const spareNames: readonly string[] = Array.from({ length: SPARES }, (_, index) => `spare-${index + 1}`);

/** Counts calls by who made them: one identity for each contender. */
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
- level: Metadata
  users: [bench-kubectl, bench-limit, bench-ours]
- level: None
`;

interface Figures {
  readonly seconds: number;
  readonly calls: number;
}

/** Prints the table. */
export async function benchDrain(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  const [policy, audit] = [join(folder, 'audit.yaml'), join(folder, 'audit.log')];
  await writeFile(policy, AUDIT_POLICY);
  const limit = goDriver('limit');
  await using plane = await startControlPlane({
    nodes: [...drainedNames(DRAINED), ...spareNames].map((name) => ({
      name,
      pods: PODS_PER_NODE,
      cpu: '64',
      memory: '256Gi',
    })),
    podReadyMs: 1000,
    podGoneMs: 1000,
    users: ['bench-kubectl', 'bench-limit', 'bench-ours'].map((name) => ({ name, groups: ['system:masters'] })),
    apiServerArgs: [`--audit-policy-file=${policy}`, `--audit-log-path=${audit}`],
  });
  const rows: string[] = [];
  for (const scenario of SCENARIOS) rows.push(await row(scenario, { plane, audit, limit }));
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(
    '| Drain | kubectl drain, s | Go without checks, s | kubectl maint on, s | faster than kubectl | beside Go | calls beside Go |\n',
  );
  process.stdout.write(`| --- | --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`);
}

interface Stage {
  readonly plane: ControlPlane;
  readonly audit: string;
  readonly limit: string;
}

async function row(scenario: Scenario, stage: Stage): Promise<string> {
  const figures = new Map<Contender, Figures[]>(scenario.contenders.map((contender) => [contender, []]));
  for (let round = 0; round < Math.max(...Object.values(RUNS)); round += 1) {
    for (const contender of scenario.contenders) {
      if (round >= RUNS[contender]) continue;
      const one = await drainOnce(contender, scenario, stage);
      process.stderr.write(`${scenario.title}: ${contender} ${one.seconds.toFixed(2)} s, ${one.calls} calls\n`);
      figures.get(contender)?.push(one);
    }
  }
  const of = (contender: Contender, what: keyof Figures): number | undefined => {
    const all = figures.get(contender);
    return all === undefined || all.length === 0 ? undefined : median(all.map((one) => one[what]));
  };
  const [kubectl, go, ours] = [of('kubectl', 'seconds'), of('limit', 'seconds'), of('ours', 'seconds')];
  const [goCalls, ourCalls] = [of('limit', 'calls'), of('ours', 'calls')];
  return `| ${[
    scenario.title,
    shown(kubectl),
    shown(go),
    shown(ours),
    ratio(kubectl, ours),
    ratio(ours, go),
    ratio(ourCalls, goCalls),
  ].join(' | ')} |`;
}

function shown(seconds: number | undefined): string {
  return seconds === undefined ? '–' : seconds.toFixed(2);
}

function ratio(a: number | undefined, b: number | undefined): string {
  return a === undefined || b === undefined ? '–' : `${(a / b).toFixed(2)} ×`;
}

async function drainOnce(contender: Contender, scenario: Scenario, stage: Stage): Promise<Figures> {
  const { plane, audit } = stage;
  const nodes = drainedNames(scenario.nodes);
  await setTheStage(scenario, plane);
  const before = callsOf(contender, audit);
  const started = process.hrtime.bigint();
  const ran = await drain(contender, nodes, stage);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (ran.code !== 0) throw new Error(`${contender} failed: ${ran.stderr.slice(-2000)}`);
  const left = await podsOn(nodes, plane);
  if (left > 0) throw new Error(`${contender} left ${left} pods`);
  // The last lines of the audit log may still be under way.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const calls = callsOf(contender, audit) - before;
  await clearTheStage(plane);
  return { seconds, calls };
}

async function drain(contender: Contender, nodes: readonly string[], { plane, limit }: Stage): Promise<Ran> {
  const kubeconfig = await plane.kubeconfigFor(`bench-${contender}`);
  const env = pluginEnvironment(kubeconfig);
  switch (contender) {
    case 'kubectl':
      return runProgram(plane.kubectlPath, ['drain', '--ignore-daemonsets', ...nodes], env);
    case 'limit':
      return runProgram(limit, ['32', ...nodes], env);
    case 'ours':
      return runProgram(BIN, ['on', ...nodes], env);
  }
}

/** Puts every pod on the nodes that will be drained, and opens the others for what will be moved. */
async function setTheStage(scenario: Scenario, plane: ControlPlane): Promise<void> {
  const here = new Set(drainedNames(scenario.nodes));
  for (const name of [...drainedNames(DRAINED), ...spareNames]) await cordon(name, !here.has(name), plane);
  for (let app = 0; app < scenario.apps; app += 1) await createApp(app, scenario, plane);
  const all = scenario.apps * scenario.replicas;
  await until(`${all} pods are ready`, async () => (await readyPods(plane)) === all, { giveUpAfterMs: 300_000 });
  for (const name of spareNames) await cordon(name, false, plane);
  await until('every budget is settled', async () => {
    const { body } = await plane.api('GET', '/apis/policy/v1/poddisruptionbudgets');
    return listAt(body, 'items').every((budget) => (numberAt(budget, 'status', 'disruptionsAllowed') ?? 0) === 1);
  });
}

async function createApp(
  index: number,
  { budgets = 0, shared = false, replicas }: Scenario,
  plane: ControlPlane,
): Promise<void> {
  // Of apps that share budgets, two and two have the same label.
  const group = shared ? Math.floor(index / 2) : index;
  const labels = { app: `app-${index}`, group: `group-${group}` };
  await create(plane, `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `app-${index}`, namespace: NAMESPACE },
    spec: {
      replicas,
      selector: { matchLabels: { app: labels.app } },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'example.invalid/none' }] },
      },
    },
  });
  const hasBudget = index < budgets && (!shared || index % 2 === 0);
  if (!hasBudget) return;
  await create(plane, `/apis/policy/v1/namespaces/${NAMESPACE}/poddisruptionbudgets`, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: labels.group, namespace: NAMESPACE },
    spec: { maxUnavailable: 1, selector: { matchLabels: { group: labels.group } } },
  });
}

async function clearTheStage(plane: ControlPlane): Promise<void> {
  await plane.kubectl(['delete', 'deployments,poddisruptionbudgets', '--all', '--wait=false']);
  await until('no pods are left', async () => (await readyPods(plane, false)) === 0, { giveUpAfterMs: 300_000 });
  const held = await plane.kubectl(['get', 'nodes', '-l', 'kubectl-maint.io/maintenance', '-o', 'name']);
  if (held.stdout === '') return;
  const names = held.stdout.trim().split('\n');
  const off = await runProgram(
    BIN,
    ['off', '--skip-health-check', '--owner', 'bench-ours', ...names],
    pluginEnvironment(plane.kubeconfig),
  );
  if (off.code !== 0) throw new Error(off.stderr);
}

async function create(plane: ControlPlane, path: string, object: object): Promise<void> {
  const { status, body } = await plane.api('POST', path, object);
  if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
}

async function cordon(name: string, unschedulable: boolean, plane: ControlPlane): Promise<void> {
  await plane.api('PATCH', `/api/v1/nodes/${name}`, { spec: { unschedulable: unschedulable ? true : null } });
}

async function readyPods(plane: ControlPlane, onlyReady = true): Promise<number> {
  const { body } = await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/pods?resourceVersion=0`);
  const isReady = (pod: unknown): boolean => textAt(conditionAt(pod, 'Ready'), 'status') === 'True';
  return listAt(body, 'items').filter((pod) => !onlyReady || isReady(pod)).length;
}

async function podsOn(nodes: readonly string[], plane: ControlPlane): Promise<number> {
  const { body } = await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/pods`);
  return listAt(body, 'items').filter((pod) => nodes.includes(textAt(pod, 'spec', 'nodeName') ?? '')).length;
}

function callsOf(contender: Contender, audit: string): number {
  const lines = readFileSync(audit, 'utf8').split('\n');
  return lines.filter((line) => line.includes(`"username":"bench-${contender}"`)).length;
}
