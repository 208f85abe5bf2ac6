import { describe, expect, test } from 'vitest';
import { flagsByWhichDetached } from '../../../../plugin/detached/inside.ts';
import { jobFrom, type JobPlan } from '../../../../plugin/detached/job.ts';
import { isBindingOf } from '../../../../plugin/detached/service-account.ts';
import { catalogueFromTools, classify, listAt, textAt, TOOLS } from '../../../../shared/index.ts';
import { workFromObject } from '../../../../shared/facts/work.ts';

const PLAN: JobPlan = {
  name: 'maint-run-1',
  namespace: 'ops',
  verb: 'run',
  words: ['run', 'w1', '--owner=ana', '--', 'true'],
  serviceAccount: 'maint',
  requestedBy: 'ana',
  image: { name: 'r/i:1', pullPolicy: 'IfNotPresent', pullSecrets: ['pull'], isOwn: false },
  hostnames: ['w1'],
  detachedBy: ['--detach', '--namespace=ops'],
};

const CATALOGUE = catalogueFromTools(TOOLS);

function workOf(words: readonly string[]): string {
  return classify(workFromObject(jobFrom({ ...PLAN, words })), CATALOGUE).work;
}

describe('the Job', () => {
  const job = jobFrom(PLAN);
  const { template, ...spec } = job.spec ?? { template: {} };
  const pod = template.spec;

  test('an eviction counts for nothing, the words of the program end it, and there is never a second pod', () => {
    expect(spec).toMatchObject({ completions: 1, parallelism: 1, podReplacementPolicy: 'Failed', backoffLimit: 6 });
    expect(spec.podFailurePolicy?.rules).toEqual([
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action: 'FailJob', onExitCodes: { containerName: 'maint', operator: 'In', values: [1, 2, 3, 4, 5] } },
    ]);
    expect(pod?.restartPolicy).toBe('Never');
  });

  test('it would rather stand elsewhere, and brings no volume that would keep it there', () => {
    expect(pod?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toBeUndefined();
    expect(JSON.stringify(pod?.affinity)).toContain(
      '"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"NotIn","values":["w1"]}]',
    );
    expect(pod?.volumes).toBeUndefined();
    expect(jobFrom({ ...PLAN, hostnames: [] }).spec?.template.spec?.affinity).toBeUndefined();
  });

  test('Pod Security lets it run where it is strictest', () => {
    expect(pod?.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod?.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('an image of the caller may write where its programs do', () => {
    const own = jobFrom({ ...PLAN, image: { name: 'x', pullPolicy: undefined, pullSecrets: [], isOwn: true } });
    expect(own.spec?.template.spec?.containers[0]?.securityContext?.readOnlyRootFilesystem).toBe(false);
    expect(own.spec?.template.spec).not.toHaveProperty('imagePullSecrets');
  });

  test('people read who asked for what', () => {
    expect(job.metadata?.annotations).toEqual({
      'kubectl-maint.io/requested-by': 'ana',
      'kubectl-maint.io/command-line': 'kubectl maint run w1 --owner=ana -- true',
    });
  });

  test('the flags by which it came are known inside', () => {
    const env = Object.fromEntries(
      listAt(job, 'spec', 'template', 'spec', 'containers', '0', 'env').map((one) => [
        textAt(one, 'name') ?? '',
        textAt(one, 'value'),
      ]),
    );
    expect(flagsByWhichDetached(env)).toEqual(PLAN.detachedBy);
    expect(flagsByWhichDetached({})).toEqual([]);
    expect(flagsByWhichDetached({ MAINT_DETACHED_BY: 'no JSON' })).toEqual([]);
  });

  test('is no backup and no scan, whatever it runs elsewhere', () => {
    for (const command of ['kube-bench', 'velero backup create nightly', 'pg_dump shop', '/backup.sh'])
      expect(workOf(['run', 'w1', '--', ...command.split(' ')])).toBe('none');
  });
});

describe('whether a service account is bound', () => {
  const account = { namespace: 'ops', name: 'maint' };
  const binding = (subject: object, name = 'kubectl-maint-operator', kind = 'ClusterRole') => ({
    roleRef: { kind, name },
    subjects: [{ kind: 'User', name: 'ana' }, subject],
  });
  const isBound = (one: object): boolean => isBindingOf(one, 'kubectl-maint-operator', account);

  test.each([
    { kind: 'ServiceAccount', name: 'maint', namespace: 'ops' },
    { kind: 'User', name: 'system:serviceaccount:ops:maint' },
    { kind: 'Group', name: 'system:serviceaccounts:ops' },
    { kind: 'Group', name: 'system:serviceaccounts' },
    { kind: 'Group', name: 'system:authenticated' },
  ])('by $kind $name', (subject) => {
    expect(isBound(binding(subject))).toBe(true);
  });

  test.each([
    binding({ kind: 'ServiceAccount', name: 'maint', namespace: 'other' }),
    binding({ kind: 'ServiceAccount', name: 'other', namespace: 'ops' }),
    binding({ kind: 'Group', name: 'system:serviceaccounts:other' }),
    binding({ kind: 'ServiceAccount', name: 'maint', namespace: 'ops' }, 'kubectl-maint-viewer'),
    binding({ kind: 'ServiceAccount', name: 'maint', namespace: 'ops' }, 'kubectl-maint-operator', 'Role'),
    { roleRef: { kind: 'ClusterRole', name: 'kubectl-maint-operator' } },
  ])('not by %j', (one) => {
    expect(isBound(one)).toBe(false);
  });
});
