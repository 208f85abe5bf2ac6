/**
 * `npm run bench -- policy`: what one decision costs beside `JSON.parse` of the same review, with 5,000 nodes of which 50
 * are in maintenance. Both are timed in turn in one process; the ratio of the medians is what travels.
 */
import { evaluate, nodeFromObject, NodeTable, requestFromReview } from '../../shared/index.ts';
import { reviewWith } from '../support/reviews.ts';
import { situationWith } from '../support/situations.ts';
import { median } from './median.ts';
import { benchWorst } from './worst.ts';

const NODES = 5000;
const HELD = 50;
const WARM_UP = 2000;
const ROUNDS = 5000;
const NOW = Date.parse('2026-01-06T08:00:00Z');

const UID = '0b2f8a6e-3b8f-4a7e-9c55-6f0d8b1f2a21';
const CREATED = '2026-01-06T07:00:00Z';

const RECORD = JSON.stringify({
  version: 1,
  claims: [{ owner: 'ana', mode: 'drain', since: '2026-01-06T07:46:00Z' }],
  before: { cordoned: false },
  exceptions: [],
  initiatedAt: '2026-01-06T07:46:00Z',
});

function node(index: number): object {
  const name = `ip-10-0-${Math.floor(index / 250)}-${index % 250}.eu-central-1.compute.internal`;
  const held = index % (NODES / HELD) === 0;
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': `eu-central-1${'abc'.charAt(index % 3)}`,
        ...(held ? { 'kubectl-maint.io/maintenance': 'complete' } : {}),
      },
      annotations: held ? { 'kubectl-maint.io/maintenance': RECORD } : {},
    },
    spec: held
      ? { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }
      : {},
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

const nodes = Array.from({ length: NODES }, (_, index) => node(index));
const nodeIndex = new NodeTable(nodes.map(nodeFromObject).filter((facts) => facts !== undefined));
const SITUATION = situationWith(NOW, nodeIndex);
const heldName = nodeIndex.held[0]?.name ?? '';
const otherName = [...nodeIndex.others()][0]?.name ?? '';

const env = Array.from({ length: 12 }, (_, index) => ({
  name: `SETTING_${index}`,
  value: `value of setting ${index}`,
}));
const container = (name: string, image: string) => ({
  name,
  image,
  command: ['/bin/server', '--config', '/etc/app/config.yaml'],
  env,
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
  readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 },
});
const podSpec = (image: string, more: object = {}) => ({
  serviceAccountName: 'app',
  securityContext: { runAsNonRoot: true },
  containers: [container('app', image)],
  volumes: [{ name: 'config', configMap: { name: 'app' } }],
  tolerations: [
    { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  ],
  ...more,
});
const metadata = (name: string, labels: object = { 'app.kubernetes.io/name': name }) => ({
  name,
  namespace: 'default',
  uid: UID,
  labels,
  annotations: { 'example.org/owner': 'team-a', 'example.org/change': 'CHG0012345' },
});
const job = (name: string, spec: object, labels?: object) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: metadata(name, labels),
  spec: { backoffLimit: 6, template: { metadata: { labels: labels ?? {} }, spec } },
});
const big = Array.from({ length: 19 }, (_, index) => container(`c${index}`, `example.org/app-${index}:1.2`));
const daemonSet = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: metadata('agent'),
  spec: { template: { metadata: { labels: { app: 'agent' } }, spec: podSpec(image) } },
});

interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

interface Asked {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly object: ApiObject;
  readonly oldObject?: ApiObject;
}

/** Each kind of request that the webhook is asked about. */
const REQUESTS: Readonly<Record<string, Asked>> = {
  'Job, nothing special': { operation: 'CREATE', object: job('report', podSpec('example.org/report:1')) },
  'Job, pinned to a held node': {
    operation: 'CREATE',
    object: job('k8up', podSpec('k8up:2', { nodeSelector: { 'kubernetes.io/hostname': heldName } }), {
      k8upjob: 'true',
    }),
  },
  'Job, a backup that may run elsewhere': {
    operation: 'CREATE',
    object: job('k8up', podSpec('k8up:2'), { k8upjob: 'true' }),
  },
  'Job, a scan': { operation: 'CREATE', object: job('bench', podSpec('docker.io/aquasec/kube-bench:v0.9')) },
  'Pod of 20 kB': {
    operation: 'CREATE',
    object: { apiVersion: 'v1', kind: 'Pod', metadata: metadata('web'), spec: podSpec('x', { containers: big }) },
  },
  'Pod, UPDATE of a label': {
    operation: 'UPDATE',
    oldObject: { apiVersion: 'v1', kind: 'Pod', metadata: metadata('web'), spec: podSpec('example.org/web:1') },
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata('web', { a: 'b' }),
      spec: podSpec('example.org/web:1'),
    },
  },
  'DaemonSet, a new image': { operation: 'UPDATE', oldObject: daemonSet('agent:1'), object: daemonSet('agent:2') },
  "Velero's pod for a volume of another node": {
    operation: 'CREATE',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata('nightly-x2x7k', { 'velero.io/pod-volume-backup': 'nightly-x2x7k' }),
      spec: { ...podSpec('velero/velero:v1.18.3'), nodeName: otherName },
    },
  },
};

/** Who wrote which field, as the API server keeps it on every object (server-side apply, FieldsV1). */
function ownedFields(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [`f:${key}`, ownedFields(part)]));
}

/** An object as admission sees it: stored, with the fields that the API server has filled in. */
function stored({ metadata: given, ...object }: ApiObject): object {
  const manager = { manager: 'kubectl-client-side-apply', operation: 'Update', apiVersion: object.apiVersion };
  const managedFields = [{ ...manager, time: CREATED, fieldsType: 'FieldsV1', fieldsV1: ownedFields(object.spec) }];
  return { ...object, metadata: { ...given, generation: 1, creationTimestamp: CREATED, managedFields } };
}

/** The text of a review with every field that an API server 1.37 was seen to send. */
function wholeReview({ operation, object, oldObject }: Asked): string {
  const [version = '', group = ''] = object.apiVersion.split('/').reverse();
  const kind = { group, version, kind: object.kind };
  const resource = { group, version, resource: `${object.kind.toLowerCase()}s` };
  return JSON.stringify(
    reviewWith({
      uid: UID,
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: object.metadata.name,
      namespace: 'default',
      operation,
      userInfo: {
        username: 'system:serviceaccount:kube-system:job-controller',
        uid: UID,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      },
      object: stored(object),
      oldObject: oldObject === undefined ? null : stored(oldObject),
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl-client-side-apply' },
    }),
  );
}

function decideOnce(review: unknown): void {
  const request = requestFromReview(review);
  if (!request.ok) throw new Error('a review was given');
  evaluate(request.value, SITUATION);
}

/** Medians in microseconds, measured in turn so that a busy machine is busy for both. */
function measure(text: string): { parse: number; decide: number } {
  const parse: number[] = [];
  const decide: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint();
    const review: unknown = JSON.parse(text);
    const parsed = process.hrtime.bigint();
    decideOnce(review);
    const decided = process.hrtime.bigint();
    if (round < 0) continue;
    parse.push(Number(parsed - start) / 1000);
    decide.push(Number(decided - parsed) / 1000);
  }
  return { parse: median(parse), decide: median(decide) };
}

/** Prints both tables. */
export async function benchPolicy(): Promise<void> {
  process.stdout.write(
    `| Request | bytes | JSON.parse, µs p50 | decision, µs p50 | ratio |\n| --- | --- | --- | --- | --- |\n`,
  );
  for (const [name, request] of Object.entries(REQUESTS)) {
    const text = wholeReview(request);
    const { parse, decide } = measure(text);
    const cells = [name, text.length, parse.toFixed(1), decide.toFixed(1), (decide / parse).toFixed(2)];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
  await benchWorst(nodeIndex);
}
