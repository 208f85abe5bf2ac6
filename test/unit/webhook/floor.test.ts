import { describe, expect, test } from 'vitest';
import {
  at,
  DEFAULT_POLICY,
  listAt,
  policyFromValue,
  textAt,
  textsAt,
  TOOLS,
  type PolicyConfig,
  type Tool,
} from '../../../shared/index.ts';
import { coverageOf, judgedPatterns, rivalsOf, type CoveredPattern } from '../../../webhook/floor/coverage.ts';
import { literal, optional, sentence } from '../../../webhook/floor/cel.ts';
import { floorObjects } from '../../../webhook/floor/floor.ts';
import { readFixtures } from '../../support/fixtures.ts';
import { coverageOfFixture, shownCoverage } from '../../support/floor-coverage.ts';
import { namesOfKinds } from '../../support/kinds.ts';

const ENTRIES = judgedPatterns(TOOLS, DEFAULT_POLICY);
const COVERED = ENTRIES.map(coverageOf).filter((coverage): coverage is CoveredPattern => typeof coverage !== 'string');

/** Patterns of work that is decided and that the floor leaves to the webhook, and why (see LEFT_OUT). */
const LEFT_TO_THE_WEBHOOK: readonly (readonly [tool: string, what: string, why: string])[] = [
  ['cloudnative-pg', 'CloudNativePG backup', 'looked-up'],
  ['conventional', 'backup job', 'read'],
  ['couchbase', 'Couchbase backup or restore job', 'read'],
  ['edb-postgres', 'EDB Postgres backup', 'looked-up'],
  ['fairwinds-insights', 'Fairwinds Insights scan', 'read'],
  ['giantswarm-etcd', 'request for an etcd backup', 'read'],
  ['grype', 'Grype scan', 'read'],
  ['k8up', 'K8up backup of a namespace', 'looked-up'],
  ['kube-bench', 'kube-bench run', 'read'],
  ['kube-hunter', 'kube-hunter run', 'read'],
  ['kubegres', 'Kubegres backup job', 'read'],
  ['kubescape', 'Kubescape scan', 'read'],
  ['longhorn', 'Longhorn backup of a volume', 'looked-up'],
  ['longhorn', 'Longhorn system restore', 'read'],
  ['neo4j', 'Neo4j backup', 'read'],
  ['other-operators', "backup or restore by an operator's own request", 'read'],
  ['other-operators', "scan by an operator's own request", 'read'],
  ['other-scanners', 'scan', 'read'],
  ['percona-mongodb', 'Percona MongoDB backup or restore', 'looked-up'],
  ['percona-mongodb', 'Percona MongoDB restore job', 'read'],
  ['popeye', 'Popeye scan', 'read'],
  ['rancher-compliance', 'Rancher compliance scan', 'read'],
  ['starboard', 'Starboard benchmark of a node', 'read'],
  ['stash', 'Stash backup or restore job', 'read'],
  ['syft', 'Syft scan', 'read'],
  ['talos-backup', 'Talos etcd backup', 'read'],
  ['trivy', 'Trivy scan of the cluster', 'read'],
  ['trivy', 'Trivy scan', 'read'],
  ['trivy-operator', 'Trivy node collector', 'read'],
  ['trivy-operator', 'Trivy scan of a workload', 'read'],
  ['trivy-operator', 'registry credentials for a Trivy scan', 'read'],
  ['velero', 'Velero file-system restore of a pod volume', 'looked-up'],
  ['volsync', 'VolSync mover', 'read'],
  ['zora', 'Zora scan', 'read'],
];

describe('what the floor covers of the catalogue', () => {
  test('every pattern that is decided is covered, or stands in the list with its reason', () => {
    const left = ENTRIES.flatMap((entry) => {
      const coverage = coverageOf(entry);
      return entry.outcome !== undefined && typeof coverage === 'string'
        ? [[entry.tool, entry.pattern.what, coverage]]
        : [];
    });
    expect([...new Set(left.map(String))].sort()).toEqual(LEFT_TO_THE_WEBHOOK.map(String).sort());
  });

  test('what is never refused is not covered: what starts nothing, and what only leads to work', () => {
    const passing = ENTRIES.filter(({ outcome }) => outcome === undefined);
    expect(passing.map(({ pattern, ...entry }) => [pattern.role, coverageOf({ pattern, ...entry })])).toEqual(
      passing.map(({ pattern: { role } }) => [role, role === 'schedule' ? 'starts-nothing' : 'only-leads']),
    );
  });

  test('what users label is covered, for both kinds of work', () => {
    expect(
      COVERED.filter(({ tool }) => tool === 'labelled').map(({ kinds, pattern }) => [
        pattern.work,
        namesOfKinds(kinds),
      ]),
    ).toEqual([
      ['backup', ['/Pod', 'batch/Job']],
      ['scan', ['/Pod', 'batch/Job']],
    ]);
  });

  test('no CronJob is covered, and no DaemonSet where single nodes count', () => {
    expect(COVERED.filter(({ kinds }) => namesOfKinds(kinds).includes('batch/CronJob'))).toEqual([]);
    const daemonSets = COVERED.filter(({ kinds }) => namesOfKinds(kinds).includes('apps/DaemonSet'));
    expect([...new Set(daemonSets.map(({ outcome }) => outcome.scope))]).toEqual(['cluster']);
  });

  test.each([
    ['a scan known by its image', 'kube-bench', []],
    ['a backup known by a label', 'k8up', []],
  ])('%s gives way to evidence that is treated otherwise, and to no other work: %s', (_, tool, expected) => {
    const coverage = COVERED.find((one) => one.tool === tool && namesOfKinds(one.kinds).includes('/Pod'));
    const rivals = coverage === undefined ? [] : rivalsOf(coverage, ENTRIES);
    expect(rivals.map((rival) => rival.tool)).toEqual(expect.arrayContaining(expected));
    expect(
      rivals.filter(
        ({ outcome }) =>
          outcome?.work === coverage?.outcome.work &&
          outcome?.scope === coverage?.outcome.scope &&
          outcome?.node.in === 'pods',
      ),
    ).toEqual([]);
  });
});

test('denied cases that the floor leaves to the webhook, and why', () => {
  const left = readFixtures()
    .filter(({ decision, folder }) => decision === 'deny' && ['backup', 'scan'].includes(folder))
    .map((fixture) => ({ coverage: shownCoverage(coverageOfFixture(fixture)), name: fixture.name }))
    .filter(({ coverage }) => coverage !== 'covered');
  const byReason = Map.groupBy(left, ({ coverage }) => coverage);
  const names = [...byReason].map(([reason, cases]) => [reason, cases.map(({ name }) => name)]);
  expect(Object.fromEntries(names)).toEqual({
    'looked-up': [
      'backup/deny/cloudnative-pg-backup',
      'backup/deny/edb-postgres-backup',
      'backup/deny/k8up-backup',
      'backup/deny/longhorn-backup',
      'backup/deny/percona-mongodb-backup',
      'backup/deny/velero-pod-volume-restore',
    ],
    read: [
      'backup/deny/conventional-job-by-call-of-an-image',
      'backup/deny/conventional-job-by-call',
      'backup/deny/conventional-job-by-copier-image',
      'backup/deny/conventional-job-by-copier',
      'backup/deny/conventional-job-by-dump',
      'backup/deny/conventional-job-by-export',
      'backup/deny/conventional-job-by-fed-client',
      'backup/deny/conventional-job-by-image',
      'backup/deny/conventional-job-by-own-image',
      'backup/deny/conventional-job-by-program',
      'backup/deny/conventional-job-by-query',
      'backup/deny/conventional-job-by-settings',
      'backup/deny/conventional-job-by-snapshot-image',
      'backup/deny/conventional-job-by-subcommand',
      'backup/deny/conventional-job-by-two-names',
      'backup/deny/conventional-job-by-upload',
      'backup/deny/conventional-job-by-volume',
      'backup/deny/couchbase-job',
      'backup/deny/giantswarm-etcd-job',
      'backup/deny/kubegres-job',
      'backup/deny/longhorn-system-restore-pod',
      'backup/deny/neo4j-job',
      'backup/deny/other-operators-backup-job',
      'backup/deny/percona-mongodb-restore-job',
      'backup/deny/stash-restore-job-by-image',
      'backup/deny/talos-backup-job-by-program',
      'backup/deny/talos-backup-job',
      'backup/deny/volsync-mover-pod',
      'scan/deny/fairwinds-insights-job',
      'scan/deny/grype-job-by-program',
      'scan/deny/grype-job',
      'scan/deny/kube-bench-daemonset',
      'scan/deny/kube-bench-job-by-command',
      'scan/deny/kube-bench-job',
      'scan/deny/kube-hunter-job-by-program',
      'scan/deny/kube-hunter-job',
      'scan/deny/kubescape-job-by-image',
      'scan/deny/kubescape-job-by-program',
      'scan/deny/kubescape-scheduled-job',
      'scan/deny/other-operators-scan-pod',
      'scan/deny/other-scanners-job-by-image-and-name',
      'scan/deny/other-scanners-job-by-image-and-subcommand',
      'scan/deny/other-scanners-job-by-image',
      'scan/deny/other-scanners-job-by-program-and-name',
      'scan/deny/other-scanners-job-by-program',
      'scan/deny/other-scanners-job-by-two-names',
      'scan/deny/other-scanners-job-by-wrapped-scanner',
      'scan/deny/pod-with-the-owner-of-a-replicaset',
      'scan/deny/popeye-job-by-program',
      'scan/deny/popeye-job',
      'scan/deny/rancher-compliance-pod',
      'scan/deny/starboard-pod-by-name',
      'scan/deny/syft-job-by-program',
      'scan/deny/syft-job',
      'scan/deny/trivy-job-by-program',
      'scan/deny/trivy-job-of-an-image-by-program',
      'scan/deny/trivy-job-of-an-image',
      'scan/deny/trivy-job',
      'scan/deny/trivy-node-collector-pod',
      'scan/deny/trivy-operator-file-system-scan-pod',
      'scan/deny/trivy-operator-registry-credentials',
      'scan/deny/trivy-pod-for-the-cluster-by-program',
      'scan/deny/trivy-pod-for-the-cluster',
      'scan/deny/zora-job',
    ],
    placement: [
      'backup/deny/k8up-job-that-only-suits-nodes-in-maintenance',
      'backup/deny/mariadb-operator-physical-backup',
      'backup/deny/openshift-etcd-job',
      'scan/deny/pod-with-the-owner-of-a-backup',
    ],
    'no-work': [
      'backup/deny/pod-that-is-none-of-a-pipeline',
      'backup/deny/pod-with-the-owner-of-a-pipeline-by-a-person',
      'backup/deny/pod-with-the-owner-of-a-pipeline',
      'scan/deny/pod-with-the-owner-of-another-pipeline',
    ],
  });
});

function configured(rules: object, tools: readonly object[] = []): { tools: readonly Tool[]; config: PolicyConfig } {
  const value = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenancePolicy', rules, tools };
  const policy = policyFromValue(value);
  if (!policy.ok) throw new Error(JSON.stringify(policy.problems));
  return policy.value;
}

/** `NAME of N checks: ACTION` of each policy. */
function shown(rules: object, tools?: readonly object[]): readonly string[] {
  const policy = configured(rules, tools);
  const objects = floorObjects(policy.tools, policy.config);
  const bindings = objects.filter((object) => textAt(object, 'kind') === 'ValidatingAdmissionPolicyBinding');
  return bindings.map((binding) => {
    const name = textAt(binding, 'spec', 'policyName') ?? '';
    return `${name}: ${textsAt(binding, 'spec', 'validationActions').join()}`;
  });
}

describe('what is generated', () => {
  // 1.30.14: "incompatible type already exists for expression"; test/versions holds all of it against an API server of 1.30.
  test('has no macro that Kubernetes 1.30 cannot compile over what has no type', () => {
    const objects = floorObjects(TOOLS, DEFAULT_POLICY);
    expect(objects.length).toBeGreaterThan(0);
    expect(JSON.stringify(objects)).not.toMatch(/opt(Flat)?Map\(/);
  });

  test.each([
    [{}, ['scan.kubectl-maint.io: Deny', 'backup.kubectl-maint.io: Deny', 'record.kubectl-maint.io: Deny']],
    [
      { scan: { mode: 'warn' }, backup: { mode: 'audit' }, 'node-guard': { mode: 'warn' } },
      ['scan-warn.kubectl-maint.io: Warn', 'backup-audit.kubectl-maint.io: Audit', 'record.kubectl-maint.io: Warn'],
    ],
    [{ scan: { mode: 'off' }, backup: { mode: 'off' }, 'node-guard': { mode: 'off' } }, []],
    [
      { scan: { mode: 'off' }, backup: { tools: { velero: { mode: 'warn' } } } },
      ['backup.kubectl-maint.io: Deny', 'backup-warn.kubectl-maint.io: Warn', 'record.kubectl-maint.io: Deny'],
    ],
    [
      { scan: { mode: 'off', tools: { sonobuoy: { mode: 'enforce' } } }, backup: { mode: 'off' } },
      ['scan.kubectl-maint.io: Deny', 'record.kubectl-maint.io: Deny'],
    ],
  ])('%j: %j', (rules, expected) => {
    expect(shown(rules)).toEqual(expected);
  });

  test('a rule that changes with time has no floor', () => {
    expect(shown({ scan: { afterOverdue: 'warn' } })).toEqual([
      'backup.kubectl-maint.io: Deny',
      'record.kubectl-maint.io: Deny',
    ]);
  });

  test('a tool of the configuration is covered like any other; a kind that only the cluster knows is not', () => {
    const dumper = { work: 'backup', match: { kinds: ['batch/Job'], labels: { dumper: ['nightly'] } } };
    const copies = { work: 'backup', match: { kinds: ['example.com/Copy'] } };
    const { tools, config } = configured({}, [{ id: 'ours', title: 'Ours', patterns: [dumper, copies] }]);
    const own = judgedPatterns(tools, config).filter(({ tool }) => tool === 'ours');
    expect(own.map((entry) => shownCoverage(coverageOf(entry)))).toEqual(['unknown-resource', 'covered']);
    const [policy] = floorObjects(tools, config).filter((one) =>
      textAt(one, 'metadata', 'name')?.startsWith('backup.'),
    );
    expect(JSON.stringify(policy)).toContain('\\"dumper=nightly\\" in variables.labels');
  });

  test('a hundred patterns and more of one tool are asked about by several checks', () => {
    const labels = Array.from({ length: 90 }, (_, index) => ({ dumper: [String(index)] }));
    const patterns = labels.map((one) => ({ work: 'backup', match: { kinds: ['batch/Job'], labels: one } }));
    const many = ['one', 'two'].map((id) => ({ id, patterns }));
    const checksOf = ({ tools, config }: ReturnType<typeof configured>) =>
      floorObjects(tools, config).flatMap((object) => listAt(object, 'spec', 'validations')).length;
    expect(checksOf(configured({}, many))).toBe(checksOf(configured({}, many.slice(0, 1))) + 1);
  });

  const policies = floorObjects(TOOLS, DEFAULT_POLICY).filter(
    (one) => textAt(one, 'kind') === 'ValidatingAdmissionPolicy',
  );
  test.each(policies.map((policy) => ({ name: textAt(policy, 'metadata', 'name'), policy })))(
    '$name: no subresource but that of nodes, no lease, no wildcard; small enough for kubectl apply',
    ({ name, policy }) => {
      const rules = listAt(policy, 'spec', 'matchConstraints', 'resourceRules');
      const resources = rules.flatMap((rule) => textsAt(rule, 'resources'));
      expect(resources.join(' ')).not.toMatch(/\*|leases|events/);
      expect(resources.filter((resource) => resource.includes('/'))).toEqual(
        name === 'record.kubectl-maint.io' ? ['nodes/status'] : [],
      );
      expect(JSON.stringify(policy).length).toBeLessThan(MAX_ANNOTATIONS);
    },
  );

  test('nodes are those of the register, one object by its name; without it nothing is refused', () => {
    const bindings = floorObjects(TOOLS, DEFAULT_POLICY).filter((one) => at(one, 'spec', 'paramRef') !== undefined);
    expect(bindings.map((one) => [textAt(one, 'metadata', 'name'), at(one, 'spec', 'paramRef')])).toEqual(
      ['scan', 'backup'].map((rule) => [
        `${rule}.kubectl-maint.io`,
        {
          name: 'cluster',
          parameterNotFoundAction: 'Allow',
        },
      ]),
    );
  });
});

/** kubectl apply keeps the whole object in an annotation; all annotations together may have 256 KiB. */
const MAX_ANNOTATIONS = 256 * 1024;

describe('expressions', () => {
  test.each([
    ['a "quoted" name', '"a \\"quoted\\" name"'],
    ["it's \\ and\nmore", '"it\'s \\\\ and\\nmore"'],
    ['\u0000', '"\\u0000"'],
  ])('%j as a literal', (text, expected) => {
    expect(literal(text)).toBe(expected);
  });

  test.each([
    [['spec', 'node'], 'object.?spec.?node'],
    [['metadata', 'labels', 'a.b/c'], 'object.?metadata.?labels[?"a.b/c"]'],
  ])('%j as an optional field', (path, expected) => {
    expect(optional('object', path)).toBe(expected);
  });

  test('a sentence with values; what has none stays as it is written', () => {
    expect(sentence('{what} is for {node}, {unknown}', { what: 'w', node: 'n' })).toBe(
      'w + " is for " + n + ", " + "{unknown}"',
    );
  });
});
