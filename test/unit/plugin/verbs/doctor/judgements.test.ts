import { describe, expect, test } from 'vitest';
import { judgeApiServer } from '../../../../../plugin/verbs/doctor/checks/api-server.ts';
import { judgeClock } from '../../../../../plugin/verbs/doctor/checks/clock.ts';
import { judgeController } from '../../../../../plugin/verbs/doctor/checks/controller.ts';
import { judgeFloor } from '../../../../../plugin/verbs/doctor/checks/floor.ts';
import { judgeLatency } from '../../../../../plugin/verbs/doctor/checks/latency.ts';
import { judgeOverdue } from '../../../../../plugin/verbs/doctor/checks/overdue.ts';
import { judgePolicy } from '../../../../../plugin/verbs/doctor/checks/policy.ts';
import { judgeRecords } from '../../../../../plugin/verbs/doctor/checks/records.ts';
import { judgeReplicas } from '../../../../../plugin/verbs/doctor/checks/replicas.ts';
import { judgeRights } from '../../../../../plugin/verbs/doctor/checks/rights.ts';
import { judgeVersions } from '../../../../../plugin/verbs/doctor/checks/versions.ts';
import { judgeWebhook } from '../../../../../plugin/verbs/doctor/checks/webhook.ts';
import type { Diagnosis } from '../../../../../plugin/verbs/doctor/diagnosis.ts';
import type { Installation } from '../../../../../plugin/policy/installation.ts';
import type { PolicySource } from '../../../../../plugin/policy/in-force.ts';
import type { Right } from '../../../../../plugin/preflight/rights.ts';
import {
  BUILT_IN_POLICY,
  DEFAULT_POLICY,
  RECORD_ANNOTATION,
  STATE_LABEL,
  type PolicyConfig,
} from '../../../../../shared/index.ts';
import { like } from '../../../../support/like.ts';
import { nodeSnapshot, START } from '../../world.ts';
import { configWith } from '../../../../support/configs.ts';

/** `status message` of each; every warning and failure has to say what to do. */
function told(diagnoses: readonly Diagnosis[]): readonly string[] {
  for (const { status, todo } of diagnoses) expect(todo === undefined).toBe(status === 'ok' || status === 'skipped');
  return diagnoses.map(({ status, message }) => `${status} ${message}`);
}

describe('api-server', () => {
  const whole = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'validatingwebhookconfigurations'];

  test.each<[version: string | undefined, resources: readonly string[] | undefined, says: string]>([
    ['v1.37.2', whole, 'ok Kubernetes v1.37.2 has what the webhook and the floor need'],
    ['v1.30.0-eks-a5ec690', whole, 'ok Kubernetes v1.30.0-eks-a5ec690'],
    ['v1.29.9', whole, 'fail Kubernetes v1.29.9 is older than 1.30'],
    [
      'v1.31.0',
      ['validatingwebhookconfigurations'],
      'fail Kubernetes v1.31.0 does not serve validatingadmissionpolicies',
    ],
    ['v1.31.0', undefined, 'fail Kubernetes v1.31.0 does not serve'],
    [undefined, whole, 'warn not known'],
    ['unknown', whole, 'warn not known'],
  ])('%s', (version, resources, says) => {
    expect(told(judgeApiServer({ version, resources }))).toEqual([like(says)]);
  });
});

describe('clock', () => {
  const SENT = Date.parse('2026-01-05T22:10:00.400Z');
  const judged = (date: string | undefined, tookMs = 100) =>
    told(judgeClock({ answer: { status: 200, headers: { date }, body: {} }, sentAt: SENT, receivedAt: SENT + tookMs }));

  test.each<[what: string, date: string | undefined, says: string]>([
    ['the same second', 'Mon, 05 Jan 2026 22:10:00 GMT', 'ok '],
    ['ten seconds less', 'Mon, 05 Jan 2026 22:09:50 GMT', 'ok '],
    ['twelve seconds less', 'Mon, 05 Jan 2026 22:09:48 GMT', 'warn the clock of this machine is 11s ahead of'],
    ['an hour more', 'Mon, 05 Jan 2026 23:10:00 GMT', 'warn the clock of this machine is 59m behind'],
    ['no date', undefined, 'warn not known'],
    ['no date at all', 'yesterday', 'warn not known'],
  ])('%s', (_what, date, says) => {
    expect(judged(date)).toEqual([like(says)]);
  });

  test('an answer that took long is no difference', () => {
    expect(judged('Mon, 05 Jan 2026 22:10:25 GMT', 30_000)).toEqual([like('ok ')]);
  });
});

describe('webhook', () => {
  const clientConfig = { caBundle: 'Y2E=', service: { namespace: 'kubectl-maint', name: 'kubectl-maint' } };
  const entry = (name: string, differs: object = {}) => ({
    name: `${name}.kubectl-maint.io`,
    failurePolicy: 'Ignore',
    clientConfig,
    ...differs,
  });
  const all = ['work', 'rollout', 'addon', 'machine', 'node-guard'].map((name) => entry(name));

  test.each<[what: string, webhooks: readonly object[] | undefined, held: readonly string[], says: readonly string[]]>([
    [
      'all there, a node is in maintenance',
      all,
      ['n1'],
      [
        'ok the API server asks Service kubectl-maint/kubectl-maint about work, rollout, addon, machine, node-guard; what cannot be asked about passes (failurePolicy Ignore)',
      ],
    ],
    [
      'only the guard, nothing is in maintenance',
      [entry('node-guard')],
      [],
      ['about node-guard; with the first node in maintenance also about work, rollout, addon, machine'],
    ],
    [
      'only the guard, a node is in maintenance',
      [entry('node-guard')],
      ['n1'],
      ['fail no entry asks the webhook for work, rollout, addon, machine while a node is in maintenance'],
    ],
    [
      'with namespaces that are left out',
      all.map((one) => ({
        ...one,
        namespaceSelector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kubectl-maint', 'legacy'] },
            { key: 'control-plane', operator: 'DoesNotExist' },
            { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] },
          ],
        },
      })),
      ['n1'],
      [
        'ok the API server asks',
        'warn namespaces that the webhook is not asked about, where only the floor holds: legacy, those with control-plane, those with kubernetes.azure.com/managedby=aks',
      ],
    ],
    ['no guard', all.slice(0, -1), [], ['fail no entry asks the webhook for node-guard']],
    ['fails closed', [entry('work', { failurePolicy: 'Fail' }), ...all.slice(1)], ['n1'], ['ok the API server asks']],
    [
      'by address',
      all.map((one) => ({ ...one, clientConfig: { caBundle: 'Y2E=', url: 'https://192.0.2.1:9443/validate' } })),
      [],
      ['ok the API server asks https://192.0.2.1:9443/validate'],
    ],
    [
      'without trust',
      [entry('node-guard', { clientConfig: { service: clientConfig.service } })],
      [],
      ['fail the API server trusts nobody for node-guard'],
    ],
    ['no entries', [], [], ['fail the ValidatingWebhookConfiguration kubectl-maint has no entries']],
    ['none', undefined, [], ['fail the ValidatingWebhookConfiguration kubectl-maint is missing']],
  ])('%s', (_what, webhooks, held, says) => {
    const registration = webhooks && { webhooks };
    expect(told(judgeWebhook({ registration, held }))).toEqual(says.map(like));
  });
});

describe('replicas', () => {
  const pod = (nodeName: string, status = 'True', metadata = {}) => ({
    metadata,
    spec: { nodeName },
    status: { conditions: [{ type: 'Ready', status }] },
  });
  const notPulled = (nodeName: string) => ({
    spec: { nodeName },
    status: {
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [
        { image: 'r.example/maint:1', state: { waiting: { reason: 'ImagePullBackOff', message: '401' } } },
      ],
    },
  });
  const service = (replicas: number, pods: readonly object[]): Installation => ({
    by: 'service',
    namespace: 'kubectl-maint',
    deployment: { spec: { replicas } },
    pods,
    controllers: [],
  });

  test.each<[installation: Installation, open: number | undefined, says: string]>([
    [service(2, [pod('n1'), pod('n2')]), 3, 'ok 2 of 2 replicas of the webhook ready, on 2 nodes'],
    [service(2, [pod('n1'), pod('n1')]), 3, 'warn 2 of 2 replicas of the webhook ready, all on node n1'],
    [service(2, [pod('n1'), pod('n1')]), undefined, 'warn 2 of 2 replicas of the webhook ready, all on node n1'],
    [service(2, [pod('n1'), pod('n1')]), 1, 'ok 2 of 2 replicas of the webhook ready, on the only node'],
    [service(2, [pod('n1'), pod('n2', 'False')]), 3, 'warn 1 of 2 replicas of the webhook ready: when its node goes'],
    [
      service(2, [pod('n1'), pod('n2', 'True', { deletionTimestamp: '2026-01-05T22:10:00Z' })]),
      3,
      'warn 1 of 2 replicas',
    ],
    [service(1, [pod('n1')]), 3, 'warn 1 of 1 replicas'],
    [service(2, [pod('n1', 'False')]), 3, 'fail 0 of 2 replicas of the webhook ready: nothing is reviewed'],
    [service(0, []), 3, 'fail 0 of 0 replicas'],
    [
      service(2, [notPulled('n1'), notPulled('n2')]),
      3,
      'fail 0 of 2 replicas of the webhook ready: no node can pull the image, ImagePullBackOff: "r.example/maint:1", "401"',
    ],
    [service(2, [pod('n1'), notPulled('n2')]), 3, 'warn 1 of 2 replicas of the webhook ready: no node can pull'],
    [
      { by: 'service', namespace: 'elsewhere', deployment: undefined, pods: [], controllers: [] },
      3,
      'warn not known: there is no Deployment',
    ],
    [{ by: 'url', url: 'https://192.0.2.1' }, 3, 'warn not known: the webhook is reached by its address'],
    [{ by: 'nowhere' }, 3, 'fail no webhook is registered'],
  ])('%j of %s nodes', (installation, open, says) => {
    const nodes = open === undefined ? undefined : { all: open, open };
    expect(told(judgeReplicas({ installation, nodes }))).toEqual([like(says)]);
  });

  test('those that still decide by a former policy are counted', () => {
    const mounting = (name: string) => ({ volumes: [{ configMap: { name: `kubectl-maint-policy-${name}` } }] });
    const podWith = (node: string, policy: string, status = 'True') => {
      const { spec, ...rest } = pod(node, status);
      return { ...rest, spec: { ...spec, ...mounting(policy) } };
    };
    const judged = (...pods: readonly object[]) =>
      told(
        judgeReplicas({
          installation: {
            by: 'service',
            namespace: 'kubectl-maint',
            deployment: { spec: { replicas: 2, template: { spec: mounting('new') } } },
            pods,
            controllers: [],
          },
          nodes: { all: 3, open: 3 },
        }),
      );
    expect(judged(podWith('n1', 'new'), podWith('n2', 'new'))).toEqual([like('ok 2 of 2')]);
    expect(judged(podWith('n1', 'old'), podWith('n2', 'old'), podWith('n3', 'new', 'False'))).toEqual([
      like('ok 2 of 2'),
      'warn 2 of the replicas that answer decide by a former policy',
    ]);
  });

  test('where the other nodes are cordoned, they come first', () => {
    const installation = service(2, [pod('n1'), pod('n1')]);
    const [found] = judgeReplicas({ installation, nodes: { all: 3, open: 1 } });
    expect(found).toMatchObject({ status: 'warn', message: like('all on node n1, and no other takes pods') });
    expect(found?.todo).toMatch(/^bring another node back first/);
    expect(found?.names).toEqual({ nodes: ['n1'] });
  });
});

describe('versions', () => {
  const labels = { 'app.kubernetes.io/version': '1.2.3', 'helm.sh/chart': 'kubectl-maint-1.2.3' };
  const pod = (image: string, over: object = {}, name = 'webhook') => ({
    metadata: { labels: { ...labels, ...over } },
    spec: {
      containers: [
        { name: 'proxy', image: 'mesh:9.9.9' },
        { name, image },
      ],
    },
  });
  const same = pod('r.example:5000/maint:1.2.3');
  const controller = pod('r.example:5000/maint:1.2.3', {}, 'controller');
  const former = { 'app.kubernetes.io/version': '1.1.0', 'helm.sh/chart': 'kubectl-maint-1.1.0' };
  const skewed = 'warn this plugin is 1.2.3, and in the cluster:';

  test.each<[what: string, pods: readonly object[], controllers: readonly object[], says: string]>([
    ['all the same', [same], [controller], 'ok webhook, controller, chart and this plugin are 1.2.3'],
    [
      'an image by digest',
      [pod('r.example:5000/maint@sha256:00')],
      [controller],
      'warn not known: an image is named by a digest alone, which tells no version',
    ],
    ['a tag with a digest', [pod('maint:1.2.3@sha256:00')], [controller], 'ok webhook, controller, chart and'],
    ['a tag of a mirror', [pod('maint:v1.2.3')], [controller], 'ok webhook, controller, chart and'],
    ['no controller', [same], [], 'ok webhook, chart and this plugin are 1.2.3'],
    ['another image', [pod('maint:1.2.4')], [controller], `${skewed} webhook 1.2.4`],
    [
      'a rollout',
      [same, pod('maint:1.1.0', former)],
      [controller],
      `${skewed} webhook 1.1.0 and 1.2.3, chart 1.1.0 and 1.2.3`,
    ],
    [
      'another controller',
      [same],
      [pod('maint:1.1.0', former, 'controller')],
      `${skewed} controller 1.1.0, chart 1.1.0 and 1.2.3`,
    ],
    [
      'one that leaves',
      [same, { ...pod('maint:1.1.0'), metadata: { deletionTimestamp: 'now' } }],
      [controller],
      'ok webhook',
    ],
    [
      'one that was evicted',
      [same, { ...pod('maint:1.1.0'), status: { phase: 'Failed' } }],
      [controller],
      'ok webhook',
    ],
    ['no pod', [], [], 'warn not known'],
  ])('%s', (_what, pods, controllers, says) => {
    const installation: Installation = { by: 'service', namespace: 'x', deployment: {}, pods, controllers };
    expect(told(judgeVersions({ plugin: '1.2.3', installation }))).toEqual([like(says)]);
  });

  test('without a webhook there is none to tell', () => {
    expect(told(judgeVersions({ plugin: '1.2.3', installation: { by: 'nowhere' } }))).toEqual([
      'skipped not tried: no webhook is registered (check webhook)',
    ]);
  });

  test('a process tells no version', () => {
    expect(told(judgeVersions({ plugin: '1.2.3', installation: { by: 'url', url: 'https://h' } }))).toEqual([
      like('warn not known'),
    ]);
  });
});

describe('policy', () => {
  test('the modes are told; what is invalid or not to be read is said', () => {
    const by = (source: PolicySource, config = DEFAULT_POLICY) =>
      told(judgePolicy({ policy: { ...BUILT_IN_POLICY, config }, source, exempt: [] }));
    expect(by({ from: 'nowhere' })).toEqual([
      'ok nothing is configured beside the webhook, so the defaults apply: addon enforce, backup enforce, machine warn, node-guard enforce, placement warn, scan enforce',
    ]);
    const config = configWith({ scan: { mode: 'warn' } });
    expect(by({ from: 'cluster', namespace: 'm' }, config)).toEqual([like(/^ok .*scan warn/)]);
    expect(by({ from: 'process', url: 'https://h:1' })).toEqual([like('warn not known: the webhook is a process')]);
    expect(by({ from: 'invalid', namespace: 'm', problems: ['rules.scan.mode: no'] })).toEqual([
      like('fail the configuration in namespace m is not valid: rules.scan.mode: no'),
    ]);
    const why = 'configmaps "x" is forbidden: User "u" cannot get resource "configmaps" in API group ""';
    expect(by({ from: 'unreadable', why })).toEqual([
      'warn not known: you may not get configmaps; the other checks go by the defaults',
    ]);
  });
});

describe('floor', () => {
  const policy = (name: string, status = {}) => ({ metadata: { name: `${name}.kubectl-maint.io` }, status });
  const binding = (name: string, action = 'Deny') => ({
    spec: { policyName: `${name}.kubectl-maint.io`, validationActions: [action] },
  });
  const names = ['backup', 'record', 'scan'];
  const whole = { policies: names.map((name) => policy(name)), bindings: names.map((name) => binding(name)) };
  const off = configWith({ scan: { mode: 'off' } });
  const checkedWith = (warning: string) => ({
    typeChecking: { expressionWarnings: [{ fieldRef: 'spec.x', warning }] },
  });
  /** As Kubernetes 1.35 says it. */
  const UNDECLARED =
    "batch/v1, Kind=Job: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.spec\n | ^";

  test.each<
    [
      what: string,
      differs: Partial<typeof whole> & { config?: PolicyConfig; written?: object },
      says: readonly string[],
    ]
  >([
    [
      'whole',
      {},
      [
        'ok the API server evaluates by itself: backup.kubectl-maint.io (Deny), record.kubectl-maint.io (Deny), scan.kubectl-maint.io (Deny)',
      ],
    ],
    [
      'another mode and scope',
      {
        policies: [policy('backup-cluster-warn'), policy('scan'), policy('record')],
        bindings: [binding('backup-cluster-warn', 'Warn'), binding('scan'), binding('record')],
      },
      ['backup-cluster-warn.kubectl-maint.io (Warn)'],
    ],
    ['one is missing', { policies: whole.policies.slice(0, 2) }, ['warn the policy scan.kubectl-maint.io is missing']],
    [
      'two of which the configuration makes others',
      { policies: whole.policies.slice(1, 2), written: { preset: 'palette' } },
      ['backup', 'scan'].map(
        (rule) =>
          `warn the policy ${rule}.kubectl-maint.io is missing, since the chart has none where policy.preset is palette: ${rule}s pass while no webhook answers`,
      ),
    ],
    ['one is switched off', { policies: whole.policies.slice(0, 2), config: off }, ['ok the API server evaluates']],
    [
      'one has no binding',
      { bindings: whole.bindings.slice(0, 2) },
      ['fail the policy scan.kubectl-maint.io has no binding'],
    ],
    [
      'one does not fit its kinds',
      {
        policies: [policy('backup', checkedWith('no such field')), ...whole.policies.slice(1)],
      },
      [
        'warn the API server finds something wrong with backup.kubectl-maint.io (1, the first at spec.x): "no such field"',
      ],
    ],
    [
      'its parameter was not known yet when it was checked',
      { policies: [policy('backup', checkedWith(UNDECLARED)), ...whole.policies.slice(1)] },
      ['ok the API server evaluates'],
    ],
    [
      'there is another error beside that',
      {
        policies: [
          policy('backup', checkedWith(`${UNDECLARED}\nERROR: <input>:1:9: undefined field 'x'`)),
          ...whole.policies.slice(1),
        ],
      },
      ['warn the API server finds something wrong with backup.kubectl-maint.io (1, the first at spec.x)'],
    ],
  ])('%s', (_what, { config = DEFAULT_POLICY, written, ...differs }, says) => {
    expect(told(judgeFloor({ ...whole, ...differs, policy: { config, written } }))).toEqual(says.map(like));
  });
});

describe('latency', () => {
  const canary = (calls: readonly number[], by: 'webhook' | 'floor' = 'webhook') => ({
    node: 'n1',
    said: { said: 'denied', words: { by, text: 'node-guard: no' }, message: '' } as const,
    calls,
    reads: [2, 2, 50, 2, 2],
  });

  test('the median counts, beside that of plain reads', () => {
    expect(told(judgeLatency(canary([5, 900, 6, 4, 5])))).toEqual([
      'ok a reviewed dry-run write takes 5 ms, a plain read 2 ms (medians of 5)',
    ]);
    expect(told(judgeLatency(canary([252, 252, 252, 1, 900])))).toEqual([
      like('ok a reviewed dry-run write takes 252'),
    ]);
    expect(told(judgeLatency(canary([253, 253, 253, 1, 900])))).toEqual([like(/^warn .*reviews are slow/)]);
  });

  test('what the webhook did not answer is not timed', () => {
    expect(told(judgeLatency(canary([], 'floor')))).toEqual([like('warn not known')]);
    expect(told(judgeLatency(undefined))).toEqual([like('warn not known')]);
  });
});

const RECORD = {
  version: 1,
  claims: [{ owner: 'ana', mode: 'drain', since: '2026-01-05T20:00:00Z', until: '2026-01-05T21:10:00Z' }],
  before: { cordoned: false },
  initiatedAt: '2026-01-05T20:00:00Z',
};
const marked = (record: unknown) => ({
  labels: { [STATE_LABEL]: 'complete' },
  annotations: { [RECORD_ANNOTATION]: typeof record === 'string' ? record : JSON.stringify(record) },
  unschedulable: true,
});

describe('records', () => {
  test.each<[what: string, shape: Parameters<typeof nodeSnapshot>[1], says: readonly string[]]>([
    ['nothing', {}, ['ok nodes: 1; none is in maintenance']],
    ['a record', marked(RECORD), ['ok nodes: 1; in maintenance: n1']],
    [
      'nonsense',
      marked('nonsense'),
      ['fail the record of node n1 cannot be read, and counts as maintenance all the same: '],
    ],
    [
      'a newer record',
      marked({ ...RECORD, version: 2 }),
      ['version: is 2: a newer kubectl maint wrote it, use that one'],
    ],
    ['a record without its label', { ...marked(RECORD), labels: {} }, ['warn node n1 has a record and no label']],
    [
      'a record without a cordon',
      { ...marked(RECORD), unschedulable: false },
      ['warn node n1 is in maintenance and not cordoned'],
    ],
    [
      'what a lost record leaves',
      {
        labels: {
          [STATE_LABEL]: 'complete',
          'remediation.medik8s.io/exclude-from-remediation': 'true',
        },
        annotations: { 'karpenter.sh/do-not-disrupt': 'true' },
        conditions: [{ type: 'MaintenanceInProgress', status: 'True' }],
      },
      [
        'traces of one: label kubectl-maint.io/maintenance, label remediation.medik8s.io/exclude-from-remediation, condition MaintenanceInProgress, annotation karpenter.sh/do-not-disrupt',
      ],
    ],
    [
      "conditions alone: a return has not come to its end, and protection is somebody's own",
      {
        annotations: { 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' },
        labels: { 'remediation.medik8s.io/exclude-from-remediation': 'true' },
        conditions: [{ type: 'MaintenanceInProgress', status: 'True' }],
      },
      ['traces of one: condition MaintenanceInProgress'],
    ],
    [
      "somebody's own protection",
      {
        annotations: { 'karpenter.sh/do-not-disrupt': 'true' },
        labels: { 'remediation.medik8s.io/exclude-from-remediation': 'true' },
      },
      ['ok '],
    ],
  ])('%s', (_what, shape, says) => {
    expect(told(judgeRecords([nodeSnapshot('n1', shape)]))).toEqual(says.map(like));
  });
});

describe("a lost record's Machine of Cluster API", () => {
  const BACK =
    '; test "$(kubectl get machines.cluster.x-k8s.io -n clusters n1-x -o \'jsonpath={.metadata.annotations.cluster\\.x-k8s\\.io/skip-remediation}\')" != kubectl-maint || kubectl annotate machines.cluster.x-k8s.io -n clusters n1-x cluster.x-k8s.io/skip-remediation-';
  const named = { 'cluster.x-k8s.io/machine': 'n1-x', 'cluster.x-k8s.io/cluster-namespace': 'clusters' };
  const left = { labels: { [STATE_LABEL]: 'complete' } };

  test.each([
    ['a record that cannot be read', marked('nonsense')],
    ['what a lost record leaves', { ...left, annotations: {} }],
  ])('%s: how to take it back is said, and its name is not for strangers', (_what, shape) => {
    const node = nodeSnapshot('n1', { ...shape, annotations: { ...shape.annotations, ...named } });
    const [found] = judgeRecords([node]);
    expect(found?.todo).toEqual(like(BACK));
    expect(found?.names).toEqual({ nodes: ['n1-x'], namespaces: ['clusters'] });
  });

  test.each(['x; reboot', '--all', 'x-', '-A'])('nothing is said of %s, which no Machine is called', (machine) => {
    const annotations = { ...named, 'cluster.x-k8s.io/machine': machine };
    const [found] = judgeRecords([nodeSnapshot('n1', { ...left, annotations })]);
    expect(found?.todo).not.toContain('machines');
  });
});

describe('overdue', () => {
  const inForce = (config: PolicyConfig, source: PolicySource = { from: 'cluster', namespace: 'maint' }) => ({
    policy: { ...BUILT_IN_POLICY, config },
    source,
    exempt: [],
  });

  test('ends that have passed', () => {
    const held = [nodeSnapshot('n1', marked(RECORD)), nodeSnapshot('n2', marked('nonsense'))];
    expect(told(judgeOverdue({ policy: inForce(DEFAULT_POLICY), held, now: START }))).toEqual([
      'warn node n1 was to be back for ana 60m ago (2026-01-05T21:10:00Z)',
    ]);
    expect(told(judgeOverdue({ policy: inForce(DEFAULT_POLICY), held, now: START - 3_600_000 }))).toEqual([
      'ok no maintenance is overdue',
    ]);
  });

  test('a node that keeps scans off the cluster for more than a day, where the policy has that', () => {
    const held = [nodeSnapshot('n1', marked(RECORD))];
    const later = START + 3 * 86_400_000;
    const off = configWith({ scan: { mode: 'warn' } });
    expect(told(judgeOverdue({ policy: inForce(DEFAULT_POLICY), held, now: later }))).toContainEqual(
      like('warn scans have been kept off the whole cluster for 3d'),
    );
    const nobody = inForce(DEFAULT_POLICY, { from: 'unregistered' });
    for (const policy of [inForce(off), nobody]) {
      expect(told(judgeOverdue({ policy, held, now: later })).join()).not.toContain('scans');
    }
  });
});

describe('controller', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const service = { by: 'service', namespace: 'ops', deployment: {}, pods: [], controllers: [] } as const;
  const lease = (spec: object) => ({
    spec: { holderIdentity: 'pod-1_x', leaseDurationSeconds: 15, renewTime: '2026-03-01T11:59:58.000000Z', ...spec },
  });
  const policy = (account: string) => ({
    metadata: { name: 'fence.kubectl-maint.io' },
    spec: { matchConditions: [{ expression: `request.userInfo.username == "system:serviceaccount:${account}"` }] },
  });
  const binding = (...validationActions: readonly string[]) => ({
    spec: { policyName: 'fence.kubectl-maint.io', validationActions },
  });
  const whole = {
    installation: service,
    lease: lease({}),
    policies: [policy('ops:kubectl-maint-controller')],
    bindings: [binding('Deny')],
    now,
  };

  test.each<[what: string, reading: Partial<Parameters<typeof judgeController>[0]>, says: readonly unknown[]]>([
    ['all is well', {}, ['ok pod-1 leads, and is fenced in by fence.kubectl-maint.io']],
    ['a process', { installation: { by: 'url', url: 'https://h' } }, [like('ok the webhook is no Service')]],
    [
      'nothing to keep',
      { installation: { by: 'nowhere' } },
      ['skipped not tried: no webhook is registered (check webhook)'],
    ],
    ['never led', { lease: undefined }, [like('fail no controller has ever held the Lease')]],
    [
      'an image that is not pulled',
      {
        lease: undefined,
        installation: {
          ...service,
          controllers: [
            { status: { containerStatuses: [{ image: 'm:1', state: { waiting: { reason: 'ErrImagePull' } } }] } },
          ],
        },
      },
      [
        like(
          'fail no controller has ever held the Lease kubectl-maint-controller (no node can pull the image, ErrImagePull: "m:1")',
        ),
      ],
    ],
    ['given back', { lease: lease({ holderIdentity: '' }) }, [like('fail no controller leads:')]],
    ['made by hand', { lease: { spec: {} } }, [like('fail no controller leads:')]],
    ['never renewed', { lease: lease({ renewTime: undefined }) }, [like('fail no controller leads:')]],
    [
      'lost',
      { lease: lease({ renewTime: '2026-03-01T11:50:00.000000Z' }) },
      [like('fail no controller leads since 2026-03-01T11:50:00.000Z')],
    ],
    ['no fence', { policies: [] }, [like('fail the policy fence.kubectl-maint.io is missing: who takes')]],
    ['another fence', { policies: [policy('x:y')] }, [like('fail the policy fence.kubectl-maint.io is about another')]],
    ['a fence that warns', { bindings: [binding('Warn')] }, [like('has no binding that denies')]],
    ['nothing', { lease: undefined, bindings: [] }, [like('fail no controller has'), like('no binding that denies')]],
  ])('%s', (_what, reading, says) => {
    expect(told(judgeController({ ...whole, ...reading }))).toEqual(says);
  });
});

describe('rights', () => {
  const right = (verb: string, resource: string, subresource = ''): Right => ({
    verb,
    group: '',
    resource,
    subresource,
    namespace: '',
    name: '',
  });
  const [list, patch, watch, set] = [
    right('list', 'nodes'),
    right('patch', 'nodes'),
    right('watch', 'pods'),
    right('set', 'maintenances'),
  ];
  const needs = [
    { verb: 'on', writes: true, needed: [list, patch, set], optional: [watch] },
    { verb: 'status', writes: false, needed: [list], optional: [] },
  ];

  test.each<[what: string, missing: readonly Right[], says: readonly string[]]>([
    ['nothing is missing', [], ['ok on: you have every right', 'ok status: you have every right']],
    ['something optional', [watch], ['warn on: goes without watch pods', 'ok status: you have every right']],
    ['half an operator', [patch], ['fail on: you may not patch nodes', 'ok status: you have every right']],
    [
      'a viewer',
      [patch, set],
      ['warn on: you may not patch nodes, set maintenances', 'ok status: you have every right'],
    ],
    [
      'nobody',
      [list, patch, set, watch],
      ['warn on: you may not list nodes, patch nodes, set maintenances', 'fail status: you may not list nodes'],
    ],
  ])('%s', (_what, missing, says) => {
    expect(told(judgeRights(needs, missing))).toEqual(says);
  });
});
