import { describe, expect, test } from 'vitest';
import { jobFacts, jobPod } from '../../../../plugin/detached/jobs.ts';
import { renderJobs } from '../../../../plugin/verbs/attach/text.ts';

const job = (conditions: readonly object[] = [], spec: object = {}): object => ({
  metadata: {
    name: 'maint-on-1',
    namespace: 'ops',
    uid: 'u1',
    creationTimestamp: '2026-01-05T22:10:00Z',
    labels: { 'kubectl-maint.io/detached': 'on' },
    annotations: {
      'kubectl-maint.io/requested-by': 'ana',
      'kubectl-maint.io/command-line': 'kubectl maint on \u001b[2Jw1',
    },
  },
  spec,
  status: { conditions },
});

describe('how far a Job has come', () => {
  test.each([
    ['runs', job()],
    ['paused', job([], { suspend: true })],
    ['runs', job([{ type: 'Complete', status: 'False' }])],
    // Its pods are still on their way to their end.
    ['runs', job([{ type: 'FailureTarget', status: 'True' }])],
    ['done', job([{ type: 'Complete', status: 'True' }], { suspend: true })],
    ['failed', job([{ type: 'Failed', status: 'True', message: 'exit code 5' }])],
  ])('%s', (state, object) => {
    expect(jobFacts(object)?.state).toBe(state);
  });

  test('another Job is none of ours', () => {
    expect(jobFacts({ metadata: { name: 'nightly', labels: { app: 'x' } } })).toBeUndefined();
  });
});

describe('a pod of it', () => {
  const pod = (state: object, status: object = {}): object => ({
    metadata: { uid: 'p1', name: 'maint-on-1-x', creationTimestamp: '2026-01-05T22:10:01Z' },
    spec: { nodeName: 'w2' },
    status: { containerStatuses: [{ name: 'other' }, { name: 'maint', state }], ...status },
  });

  test.each([
    ['waits', pod({ waiting: { reason: 'ContainerCreating' } }), { hasBegun: false, exitCode: undefined }],
    ['runs', pod({ running: { startedAt: '2026-01-05T22:10:02Z' } }), { hasBegun: true, exitCode: undefined }],
    ['has ended', pod({ terminated: { exitCode: 130 } }), { hasBegun: true, exitCode: 130 }],
    ['was lost', pod({}, { phase: 'Failed', containerStatuses: [] }), { hasBegun: false, exitCode: 'lost' }],
  ])('%s', (_, object, facts) => {
    expect(jobPod(object)).toMatchObject({ ...facts, node: 'w2', moved: undefined });
  });

  test('says why it was taken away', () => {
    const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }];
    expect(jobPod(pod({ terminated: { exitCode: 130 } }, { conditions }))?.moved).toBe('EvictionByEvictionAPI');
  });
});

test('the table says who has asked for what, without what moves a cursor', () => {
  const jobs = [job(), job([{ type: 'Complete', status: 'True' }])].flatMap((one) => jobFacts(one) ?? []);
  expect(renderJobs(jobs, true, Date.parse('2026-01-05T22:40:00Z')).split('\n')).toEqual([
    'NAMESPACE   NAME         STATE      AGE   REQUESTED BY   COMMAND',
    'ops         maint-on-1   Running    30m   ana            kubectl maint on [2Jw1',
    'ops         maint-on-1   Complete   30m   ana            kubectl maint on [2Jw1',
  ]);
});
