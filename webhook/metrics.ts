import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { isOverdue, keepsScansOff, overdueMs, type NodeFacts, type PolicyConfig } from '../shared/index.ts';
import type { AdmittedReview } from './admission/admit.ts';
import type { NodeCache } from './nodes/cache.ts';
import type { Rendered } from './probes.ts';
import type { CertificateSource } from './tls/source.ts';

/** From 0.5 ms, where a decision from the cache lies; 5 ms is the first bucket of the API server's own histogram. */
const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10];

/** What is read when the metrics are. */
export interface MetricsPorts {
  readonly nodes: Pick<NodeCache, 'size' | 'nodeIndex' | 'interruptions' | 'age'>;
  readonly certificates: Pick<CertificateSource, 'current' | 'signerNotAfter'>;
  readonly config: PolicyConfig;
  readonly inFlight: () => number;
  readonly now: () => number;
}

/** How a call ended that was not decided. */
type Undecided = 'refused' | 'shed' | 'error' | 'gone';

/** Counts for Prometheus. No label takes text of a request: operations, decisions, rules and tools are our own words. */
export interface Metrics extends Rendered {
  decided(judged: AdmittedReview, seconds: number): void;
  undecided(how: Undecided): void;
}

/** Metrics with a registry of their own. */
export function createMetrics(ports: MetricsPorts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'maint_webhook_requests_total',
    help: 'Admission calls by operation, decision (allow, warn, deny; refused, shed, error, gone where nothing was decided) and work',
    labelNames: ['operation', 'decision', 'work'],
    registers,
  });
  const duration = new Histogram({
    name: 'maint_webhook_request_duration_seconds',
    help: 'Time from the arrival of an admission call to its decision',
    labelNames: ['decision'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const denials = new Counter({
    name: 'maint_webhook_denials_total',
    help: 'Denied work by rule and tool',
    labelNames: ['rule', 'tool'],
    registers,
  });
  const unknown = new Counter({
    name: 'maint_webhook_unknown_total',
    help: 'Decisions whose facts were not sure: a failed lookup, more written than is read, or nodes that were not heard of for too long',
    labelNames: ['cause'],
    registers,
  });
  const shed = new Counter({ name: 'maint_webhook_shed_total', help: 'Calls sent back with Retry-After', registers });
  for (const cause of ['lookup', 'unread', 'stale_nodes']) unknown.inc({ cause }, 0);
  registerGauges(registry, ports);
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    decided: ({ request, verdict, stale }, seconds) => {
      const { decision, work, tool, findings } = verdict;
      requests.inc({ operation: request.operation, decision, work });
      duration.observe({ decision }, seconds);
      const rules = new Set(findings.filter((finding) => finding.decision === 'deny').map(({ rule }) => rule));
      for (const rule of rules) denials.inc({ rule, tool: tool ?? 'none' });
      if (findings.some(({ reason }) => reason === 'Unknown')) unknown.inc({ cause: 'lookup' });
      if (findings.some(({ reason }) => reason === 'Unread')) unknown.inc({ cause: 'unread' });
      if (stale) unknown.inc({ cause: 'stale_nodes' });
    },
    undecided: (how) => {
      requests.inc({ operation: 'none', decision: how, work: 'none' });
      if (how === 'shed') shed.inc();
    },
  };
}

function registerGauges(registry: Registry, ports: MetricsPorts): void {
  const { nodes, certificates, inFlight, now, config } = ports;
  const gauges: readonly (readonly [name: string, help: string, read: () => number])[] = [
    ['in_flight', 'Admission calls under way', inFlight],
    ['nodes', 'Nodes in the cache', () => nodes.size],
    ['nodes_in_maintenance', 'Nodes in the cache that are in maintenance', () => nodes.nodeIndex.held.length],
    [
      'nodes_overdue',
      'Nodes in the cache whose maintenance should have ended by now',
      () =>
        nodes.nodeIndex.held.filter(({ record }) => record.kind === 'record' && isOverdue(record.record, now())).length,
    ],
    [
      'node_cache_age_seconds',
      'Time since the watch of nodes gave a sign of life; NaN before the first',
      () => (nodes.age(now()) ?? NaN) / 1000,
    ],
    [
      'certificate_not_after_seconds',
      'When the serving certificate expires, in seconds since the epoch',
      () => Math.floor(certificates.current().notAfter / 1000),
    ],
    [
      'authority_not_after_seconds',
      'When the authority that signs serving certificates expires, in seconds since the epoch; NaN where it is not known',
      () => Math.floor((certificates.signerNotAfter() ?? NaN) / 1000),
    ],
  ];
  for (const [name, help, read] of gauges) {
    new Gauge({
      name: `maint_webhook_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }
  registerByNode(registry, {
    name: 'scans_kept_off_seconds',
    help: 'For how long a node in maintenance has kept scans off the whole cluster; the longest ones',
    read: (node) => (keepsScansOff(config) ? secondsSince(node, now()) : undefined),
    nodes,
  });
  registerByNode(registry, {
    name: 'overdue_seconds',
    help: 'For how long a maintenance has been overdue, every claim on it; the longest ones',
    read: ({ record }) => {
      const late = record.kind === 'record' ? overdueMs(record.record, now()) : -1;
      return late < 0 ? undefined : late / 1000;
    },
    nodes,
  });
  new Counter({
    name: 'maint_webhook_node_watch_restarts_total',
    help: 'How often the watch of nodes broke and was taken up again',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(nodes.interruptions);
    },
  });
}

/** Most nodes that a metric tells apart: the longest ones say what to do, and a metric is not a list of the cluster. */
const NODES_TOLD = 10;

/** A gauge with a value for each node in maintenance that `read` has one for. */
interface ByNode {
  readonly name: string;
  readonly help: string;
  readonly read: (node: NodeFacts) => number | undefined;
  readonly nodes: MetricsPorts['nodes'];
}

function registerByNode(registry: Registry, { name, help, read, nodes }: ByNode): void {
  new Gauge({
    name: `maint_webhook_${name}`,
    help,
    labelNames: ['node'],
    registers: [registry],
    collect() {
      this.reset();
      const found = nodes.nodeIndex.held.flatMap((node) => {
        const value = read(node);
        return value === undefined ? [] : [{ node: node.name, value }];
      });
      const longest = found.sort((a, b) => b.value - a.value).slice(0, NODES_TOLD);
      for (const { node, value } of longest) this.set({ node }, value);
    },
  });
}

function secondsSince({ record }: NodeFacts, now: number): number | undefined {
  return record.kind === 'record' ? (now - Date.parse(record.record.initiatedAt)) / 1000 : undefined;
}
