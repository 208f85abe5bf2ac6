/** Nothing that is written on an object exempts it: owners, labels and annotations are written by whoever writes the object. */
import { describe, expect, test } from 'vitest';
import { NO_ANSWERS, type Answer } from '../../../shared/policy/needs.ts';
import { decide } from '../../../shared/policy/decide.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import type { Verdict } from '../../../shared/policy/verdict.ts';
import { creation, held, node, situation } from './world.ts';

const nodes = [held('n1'), node('n2')];
const said = ({ findings }: Verdict) => findings.map(({ rule, reason }) => `${rule}/${reason}`);
const ownedBy = (apiVersion: string, kind: string) => ({
  ownerReferences: [{ apiVersion, kind, name: 'o', uid: 'u', controller: true }],
});
const pod = (image: string, metadata: object, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'shop', ...metadata },
  spec: { containers: [{ name: 'c', image }], ...spec },
});
const by = (user: string) => ({ user: { name: user, groups: [] } });

const KEEPERS = [
  ['v1', 'ReplicationController', 'replication-controller'],
  ['apps/v1', 'DaemonSet', 'daemon-set-controller'],
  ['apps/v1', 'ReplicaSet', 'replicaset-controller'],
  ['apps/v1', 'StatefulSet', 'statefulset-controller'],
] as const;

describe.each(KEEPERS)('a pod with the owner %s %s', (apiVersion, kind, account) => {
  const scan = pod('aquasec/kube-bench:v1', ownedBy(apiVersion, kind));
  const tell = (user: string) => said(evaluate(creation(scan, by(user)), situation(nodes)));

  test('is a service where its controller writes it', () => {
    expect(tell(`system:serviceaccount:kube-system:${account}`)).toEqual([]);
    expect(tell('system:kube-controller-manager')).toEqual([]);
  });

  test.each(['ana', '', 'system:serviceaccount:shop:default', 'system:serviceaccount:shop:replicaset-controller'])(
    'is what it runs where %j writes it',
    (user) => {
      expect(tell(user)).toEqual(['scan/ClusterInMaintenance']);
    },
  );
});

test('one controller does not answer for the workload of another', () => {
  const scan = pod('kube-bench', ownedBy('apps/v1', 'StatefulSet'));
  const request = creation(scan, by('system:serviceaccount:kube-system:replicaset-controller'));
  expect(said(evaluate(request, situation(nodes)))).toEqual(['scan/ClusterInMaintenance']);
});

test.each([
  ['v1', 'Service'],
  ['v1', 'Node'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ControllerRevision'],
])('an owner that makes no pods keeps none up: %s %s', (apiVersion, kind) => {
  const request = creation(pod('kube-bench', ownedBy(apiVersion, kind)), by('system:kube-controller-manager'));
  expect(said(evaluate(request, situation(nodes)))).toEqual(['scan/ClusterInMaintenance']);
});

describe('a pod that names a node in maintenance', () => {
  const tell = (metadata: object, user = 'ana') =>
    said(evaluate(creation(pod('app', metadata, { nodeName: 'n1' }), by(user)), situation(nodes)));

  test.each<[what: string, metadata: object]>([
    ['nothing', {}],
    ['the label of an add-on', { labels: { 'kubectl-maint.io/work': 'addon' } }],
    ['the owner of a DaemonSet', ownedBy('apps/v1', 'DaemonSet')],
    ['both', { labels: { 'kubectl-maint.io/work': 'addon' }, ...ownedBy('apps/v1', 'DaemonSet') }],
  ])('is told with %s written on it', (_what, metadata) => {
    expect(tell(metadata)).toEqual(['placement/NodeInMaintenance']);
  });

  test("is the DaemonSet controller's own affair", () => {
    const metadata = ownedBy('apps/v1', 'DaemonSet');
    expect(tell(metadata, 'system:serviceaccount:kube-system:daemon-set-controller')).toEqual([]);
  });
});

describe('a scan that calls itself a backup', () => {
  test.each<[what: string, metadata: object, tool: string]>([
    ['by a label of a tool', { labels: { 'velero.io/repo-name': 'x' } }, 'velero'],
    ['by an owner', ownedBy('velero.io/v1', 'DataUpload'), 'velero'],
    ["by its user's own label", { labels: { 'kubectl-maint.io/work': 'backup' } }, 'kube-bench'],
    ['by the label of an add-on', { labels: { 'kubectl-maint.io/work': 'addon' } }, 'kube-bench'],
  ])('%s is still a scan', (_what, metadata, tool) => {
    const verdict = evaluate(creation(pod('kube-bench', metadata)), situation(nodes));
    expect([verdict.tool, said(verdict)]).toEqual([tool, ['scan/ClusterInMaintenance']]);
  });

  test('is both where it is placed like one', () => {
    const labels = { 'velero.io/repo-name': 'x' };
    const verdict = evaluate(creation(pod('kube-bench', { labels }, { nodeName: 'n1' })), situation(nodes));
    expect(said(verdict)).toEqual(['backup/NodeInMaintenance', 'scan/ClusterInMaintenance']);
  });
});

test('advice is not silenced by an owner that a person writes', () => {
  const labels = { 'kubectl-maint.io/work': 'backup' };
  const tolerant = pod('app', { labels, ...ownedBy('batch/v1', 'Job') }, { tolerations: [{ operator: 'Exists' }] });
  const tell = (user: string) => said(evaluate(creation(tolerant, by(user)), situation(nodes)));
  expect(tell('ana')).toEqual(['backup/MayLand']);
  expect(tell('system:serviceaccount:kube-system:job-controller')).toEqual([]);
});

describe('a backup that calls itself a step of a pipeline', () => {
  const owned = (apiVersion: string, kind: string, more: object = {}) => ({
    ownerReferences: [{ apiVersion, kind, name: 'backup', uid: 'u', controller: true, ...more }],
  });
  const OWNER = owned('tekton.dev/v1', 'TaskRun');
  const CONTROLLER = 'system:serviceaccount:tekton-pipelines:tekton-pipelines-controller';
  const backup = (metadata: object = OWNER) =>
    pod('restic/restic', { name: 'backup-pod', ...metadata }, { nodeName: 'n1', containers: [RESTIC] });
  const RESTIC = { name: 'c', image: 'tools', command: ['restic', 'backup', '/data'] };
  const there = (uid: string, status?: object): Answer => ({
    answer: 'object',
    object: { metadata: { name: 'backup', uid }, status },
  });
  const GONE: Answer = { answer: 'object', object: undefined };
  const NO_RIGHT: Answer = { answer: 'unknown', why: 'forbidden' };

  /** What is decided, and what is read for it where `answer` is all that is said. */
  async function tell(answer: Answer, user = CONTROLLER, metadata: object = OWNER) {
    const asked: string[] = [];
    const verdict = await decide(
      creation(backup(metadata), by(user)),
      situation(nodes, { live: true, answers: NO_ANSWERS }),
      (need) => {
        asked.push(need.need === 'object' ? `${need.resource} ${need.namespace}/${need.name}` : need.need);
        return Promise.resolve(answer);
      },
    );
    return { said: said(verdict).filter((one) => one.startsWith('backup/')), decision: verdict.decision, asked };
  }
  const READ = ['tekton.dev/v1/taskruns shop/backup'];

  test.each<[what: string, answer: Answer, found: readonly string[]]>([
    ['is one where the owner is there', there('u'), []],
    ['is a backup where another object has the name', there('v'), ['backup/NodeInMaintenance']],
    ['is a backup where nothing is there', GONE, ['backup/NodeInMaintenance']],
    ['takes the configured answer where the owner cannot be read', NO_RIGHT, ['backup/Unknown']],
  ])('%s', async (_what, answer, found) => {
    expect(await tell(answer)).toMatchObject({ said: found, asked: READ });
  });

  test('is denied by default where the owner cannot be read', async () => {
    expect((await tell(NO_RIGHT)).decision).toBe('deny');
  });

  test('is a backup where a person writes it, and nothing is read', async () => {
    expect(await tell(there('u'), 'ana')).toMatchObject({ said: ['backup/NodeInMaintenance'], asked: [] });
  });

  test.each<[what: string, owner: object]>([
    ['without a uid', { name: 'backup', uid: '' }],
    ['by a name that leads elsewhere', { name: '..', uid: 'u' }],
    ['that does not control it', { controller: false }],
  ])('is a backup with an owner %s', async (_what, owner) => {
    const answer = there('uid' in owner && owner.uid === '' ? '' : 'u');
    const metadata = owned('tekton.dev/v1', 'TaskRun', owner);
    expect((await tell(answer, CONTROLLER, metadata)).said).toEqual(['backup/NodeInMaintenance']);
  });

  const ANY_ACCOUNT = 'system:serviceaccount:shop:default';
  const RUNS: readonly (readonly [
    apiVersion: string,
    kind: string,
    ofIt: readonly string[],
    not: readonly string[],
  ])[] = [
    [
      'tekton.dev/v1',
      'TaskRun',
      ['backup-pod', 'backup-pod-retry2'],
      ['backup', 'backup-2', 'backup-x-pod', 'other-pod'],
    ],
    ['tekton.dev/v1beta1', 'CustomRun', ['backup', 'backup-pod'], ['other-backup']],
    ['argoproj.io/v1alpha1', 'Workflow', ['backup', 'backup-123', 'backup-dump-123'], ['backups-1', 'nightly-backup']],
    ['actions.github.com/v1alpha1', 'EphemeralRunner', ['backup'], ['backup-pod', 'nightly-backup']],
    ['tekton.dev/v1', 'PipelineRun', [], ['backup', 'backup-pod']],
  ];
  const pods = (which: 2 | 3) =>
    RUNS.flatMap((row) => row[which].map((name) => ({ apiVersion: row[0], kind: row[1], name })));

  test.each(pods(2))(
    'is a step of a $kind that goes on where its name is $name',
    async ({ apiVersion, kind, name }) => {
      const metadata = { name, ...owned(apiVersion, kind) };
      expect((await tell(there('u'), ANY_ACCOUNT, metadata)).said).toEqual([]);
    },
  );

  test.each(pods(3))('is none of a $kind that is there where its name is $name', async ({ apiVersion, kind, name }) => {
    const metadata = { name, ...owned(apiVersion, kind) };
    expect((await tell(there('u'), ANY_ACCOUNT, metadata)).said).toEqual(['backup/NodeInMaintenance']);
  });

  test.each<[what: string, status: object]>([
    ['is over', { completionTime: '2026-01-01T00:00:00Z' }],
    ['is over, as workflows say it', { finishedAt: '2026-01-01T00:00:00Z' }],
    ['has failed', { phase: 'Failed' }],
    ['has another pod', { podName: 'backup-pod-retry1' }],
  ])('is none of a run that %s', async (_what, status) => {
    expect((await tell(there('u', status), ANY_ACCOUNT)).said).toEqual(['backup/NodeInMaintenance']);
  });

  test('is one of a run that says so, whatever the name', async () => {
    const metadata = { name: 'backup-x', ...OWNER };
    expect((await tell(there('u', { podName: 'backup-x' }), CONTROLLER, metadata)).said).toEqual([]);
  });

  test('has a name that Tekton had to cut', async () => {
    const run = `backup-${'x'.repeat(60)}`;
    const name = `${run.slice(0, 27)}0123456789abcdef0123456789abcdef-pod`;
    const answer: Answer = { answer: 'object', object: { metadata: { name: run, uid: 'u' } } };
    const metadata = { name, ...owned('tekton.dev/v1', 'TaskRun', { name: run }) };
    expect((await tell(answer, CONTROLLER, metadata)).said).toEqual([]);
  });

  test('is a backup as a Job that a step made', () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'backup-pod', namespace: 'shop', ...OWNER },
      spec: { template: { spec: { nodeName: 'n1', containers: [RESTIC] } } },
    };
    const verdict = evaluate(creation(job, by(ANY_ACCOUNT)), situation(nodes));
    expect(said(verdict)).toEqual(['backup/NodeInMaintenance']);
  });

  test('is not known where nothing can be read', () => {
    expect(said(evaluate(creation(backup(), by('')), situation(nodes)))).toContain('backup/Unknown');
  });

  test('is a backup by its own label whatever its owner', async () => {
    const metadata = { ...OWNER, labels: { 'kubectl-maint.io/work': 'backup' } };
    expect(await tell(there('u'), CONTROLLER, metadata)).toMatchObject({
      said: ['backup/NodeInMaintenance'],
      asked: [],
    });
  });

  test('has nothing read for it where nothing would be refused', async () => {
    const request = creation(backup(), by(CONTROLLER));
    const asked: string[] = [];
    const verdict = await decide(request, situation([node('n1'), node('n2')], { live: true }), (need) => {
      asked.push(need.need);
      return Promise.resolve({ answer: 'node', node: node('n1') });
    });
    expect([verdict.decision, asked]).toEqual(['allow', ['node']]);
  });
});
