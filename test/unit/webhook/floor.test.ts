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
  ['conventional', 'backup job', 'program'],
  ['edb-postgres', 'EDB Postgres backup', 'looked-up'],
  ['fairwinds-insights', 'Fairwinds Insights scan', 'program'],
  ['giantswarm-etcd', 'request for an etcd backup', 'program'],
  ['grype', 'Grype scan', 'program'],
  ['k8up', 'K8up backup of a namespace', 'looked-up'],
  ['kube-bench', 'kube-bench run', 'program'],
  ['kube-hunter', 'kube-hunter run', 'program'],
  ['kubegres', 'Kubegres backup job', 'program'],
  ['kubescape', 'Kubescape scan', 'program'],
  ['longhorn', 'Longhorn backup of a volume', 'looked-up'],
  ['other-operators', "backup or restore by an operator's own request", 'words'],
  ['other-operators', "scan by an operator's own request", 'words'],
  ['other-scanners', 'scan', 'program'],
  ['percona-mongodb', 'Percona MongoDB backup or restore', 'looked-up'],
  ['percona-mongodb', 'Percona MongoDB restore job', 'program'],
  ['popeye', 'Popeye scan', 'program'],
  ['syft', 'Syft scan', 'program'],
  ['talos-backup', 'Talos etcd backup', 'program'],
  ['trivy', 'Trivy scan of the cluster', 'program'],
  ['trivy', 'Trivy scan', 'program'],
  ['trivy-operator', 'Trivy scan of a workload', 'program'],
  ['velero', 'Velero file-system restore of a pod volume', 'looked-up'],
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
    .map((fixture) => [shownCoverage(coverageOfFixture(fixture)), fixture.name])
    .filter(([coverage]) => coverage !== 'covered');
  expect(left).toEqual([
    ['looked-up', 'backup/deny/cloudnative-pg-backup'],
    ['program', 'backup/deny/conventional-job-by-call-of-an-image'],
    ['program', 'backup/deny/conventional-job-by-call'],
    ['program', 'backup/deny/conventional-job-by-copier-image'],
    ['program', 'backup/deny/conventional-job-by-copier'],
    ['program', 'backup/deny/conventional-job-by-dump'],
    ['program', 'backup/deny/conventional-job-by-export'],
    ['program', 'backup/deny/conventional-job-by-fed-client'],
    ['program', 'backup/deny/conventional-job-by-image'],
    ['program', 'backup/deny/conventional-job-by-program'],
    ['program', 'backup/deny/conventional-job-by-query'],
    ['program', 'backup/deny/conventional-job-by-settings'],
    ['program', 'backup/deny/conventional-job-by-snapshot-image'],
    ['program', 'backup/deny/conventional-job-by-subcommand'],
    ['program', 'backup/deny/conventional-job-by-two-names'],
    ['program', 'backup/deny/conventional-job-by-upload'],
    ['program', 'backup/deny/conventional-job-by-volume'],
    ['looked-up', 'backup/deny/edb-postgres-backup'],
    ['program', 'backup/deny/giantswarm-etcd-job'],
    ['looked-up', 'backup/deny/k8up-backup'],
    ['placement', 'backup/deny/k8up-job-that-only-suits-nodes-in-maintenance'],
    ['program', 'backup/deny/kubegres-job'],
    ['looked-up', 'backup/deny/longhorn-backup'],
    ['placement', 'backup/deny/mariadb-operator-physical-backup'],
    ['placement', 'backup/deny/openshift-etcd-job'],
    ['words', 'backup/deny/other-operators-backup-job'],
    ['looked-up', 'backup/deny/percona-mongodb-backup'],
    ['program', 'backup/deny/percona-mongodb-restore-job'],
    ['no-work', 'backup/deny/pod-that-is-none-of-a-pipeline'],
    ['no-work', 'backup/deny/pod-with-the-owner-of-a-pipeline-by-a-person'],
    ['no-work', 'backup/deny/pod-with-the-owner-of-a-pipeline'],
    ['program', 'backup/deny/talos-backup-job-by-program'],
    ['looked-up', 'backup/deny/velero-pod-volume-restore'],
    ['program', 'scan/deny/fairwinds-insights-job'],
    ['program', 'scan/deny/grype-job-by-program'],
    ['program', 'scan/deny/kube-bench-daemonset'],
    ['program', 'scan/deny/kube-bench-job-by-command'],
    ['program', 'scan/deny/kube-hunter-job-by-program'],
    ['program', 'scan/deny/kubescape-job-by-image'],
    ['program', 'scan/deny/kubescape-job-by-program'],
    ['words', 'scan/deny/other-operators-scan-pod'],
    ['program', 'scan/deny/other-scanners-job-by-image-and-subcommand'],
    ['program', 'scan/deny/other-scanners-job-by-program-and-name'],
    ['program', 'scan/deny/other-scanners-job-by-program'],
    ['program', 'scan/deny/other-scanners-job-by-two-names'],
    ['program', 'scan/deny/other-scanners-job-by-wrapped-scanner'],
    ['no-work', 'scan/deny/pod-with-the-owner-of-another-pipeline'],
    ['program', 'scan/deny/popeye-job-by-program'],
    ['program', 'scan/deny/syft-job-by-program'],
    ['program', 'scan/deny/trivy-job-by-program'],
    ['program', 'scan/deny/trivy-job-of-an-image-by-program'],
    ['program', 'scan/deny/trivy-job'],
    ['program', 'scan/deny/trivy-operator-file-system-scan-pod'],
    ['program', 'scan/deny/trivy-pod-for-the-cluster-by-program'],
    ['program', 'scan/deny/trivy-pod-for-the-cluster'],
  ]);
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
      { scan: { mode: 'off', tools: { 'kube-bench': { mode: 'enforce' } } }, backup: { mode: 'off' } },
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
    const dumper = { work: 'backup', match: { kinds: ['batch/Job'], images: ['dumper'] } };
    const copies = { work: 'backup', match: { kinds: ['example.com/Copy'] } };
    const { tools, config } = configured({}, [{ id: 'ours', title: 'Ours', patterns: [dumper, copies] }]);
    const own = judgedPatterns(tools, config).filter(({ tool }) => tool === 'ours');
    expect(own.map((entry) => shownCoverage(coverageOf(entry)))).toEqual(['unknown-resource', 'covered']);
    const [policy] = floorObjects(tools, config).filter((one) =>
      textAt(one, 'metadata', 'name')?.startsWith('backup.'),
    );
    expect(JSON.stringify(policy)).toContain('i in [\\"dumper\\"]');
  });

  test('a hundred patterns and more of one tool are asked about by several checks', () => {
    const images = Array.from({ length: 90 }, (_, index) => `dumper-${index}`);
    const patterns = images.map((image) => ({ work: 'backup', match: { kinds: ['batch/Job'], images: [image] } }));
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

  test('nodes are taken by our label, without those that are excepted from the rule', () => {
    const bindings = floorObjects(TOOLS, DEFAULT_POLICY).filter((one) => at(one, 'spec', 'paramRef') !== undefined);
    expect(bindings.map((one) => [textAt(one, 'metadata', 'name'), at(one, 'spec', 'paramRef')])).toEqual(
      ['scan', 'backup'].map((rule) => [
        `${rule}.kubectl-maint.io`,
        {
          selector: {
            matchExpressions: [
              { key: 'kubectl-maint.io/maintenance', operator: 'Exists' },
              { key: `kubectl-maint.io/allow-${rule}`, operator: 'DoesNotExist' },
            ],
          },
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
