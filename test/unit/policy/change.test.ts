import { describe, expect, test } from 'vitest';
import { changeOf, templateChanges, type Begun } from '../../../shared/policy/change.ts';
import type { ReviewRequest } from '../../../shared/policy/request.ts';
import { workFromObject } from '../../../shared/facts/work.ts';
import type { Beginning, NodeSource } from '../../../shared/targets/tool.ts';
import { creation, deletion, update } from './world.ts';

const PODS: NodeSource = { in: 'pods' };
/** Work of which nothing is said but where it names its node: in its pods. */
const WORK: Begun = { source: PODS, begins: undefined, isNewWork: () => false };
const FIELD: NodeSource = { in: 'field', path: ['spec', 'node'] };
const LABEL: NodeSource = { in: 'label', key: 'node' };

interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly template?: object;
}

const pod = ({ metadata = {}, spec = {} }: Parts = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
const job = ({ metadata = {}, spec = {}, template = {} }: Parts = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata,
  spec: { ...spec, template },
});
const cronJob = (labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { labels },
});
const custom = ({ metadata = {}, spec = {} }: Parts = {}) => ({
  apiVersion: 'tool.io/v1',
  kind: 'Run',
  metadata,
  spec,
});

test.each<[operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT', subresource: string, change: string]>([
  ['CREATE', '', 'start'],
  ['CREATE', 'eviction', 'none'],
  ['DELETE', '', 'delete'],
  ['CONNECT', '', 'none'],
  ['UPDATE', 'status', 'none'],
])('%s %j is %s', (operation, subresource, change) => {
  expect(changeOf(creation(pod(), { operation, subresource }), WORK)).toBe(change);
});

test('a DELETE has no new object', () => {
  expect(changeOf(deletion(pod()), WORK)).toBe('delete');
});

describe('an UPDATE starts work when it', () => {
  test.each<[what: string, before: object, after: object, source?: NodeSource]>([
    [
      "changes a pod's image",
      pod({ spec: { containers: [{ image: 'a' }] } }),
      pod({ spec: { containers: [{ image: 'b' }] } }),
    ],
    ['changes the template', job({ template: { spec: { a: 1 } } }), job({ template: { spec: { a: 2 } } })],
    ["changes the template's labels", job(), job({ template: { metadata: { labels: { a: '1' } } } })],
    ["changes the template's annotations", job(), job({ template: { metadata: { annotations: { a: '1' } } } })],
    ['resumes', job({ spec: { suspend: true } }), job({ spec: { suspend: false } })],
    ['takes suspend away', job({ spec: { suspend: true } }), job()],
    ['labels a CronJob as work', cronJob(), cronJob({ 'kubectl-maint.io/work': 'backup' })],
    ['names another node in a field', custom({ spec: { node: 'a' } }), custom({ spec: { node: 'b' } }), FIELD],
    ['names another node in a label', custom(), custom({ metadata: { labels: { node: 'b' } } }), LABEL],
    ['makes it another kind', custom(), pod()],
    ['makes it a kind with a template', custom(), job()],
  ])('%s', (_what, before, after, source = PODS) => {
    expect(changeOf(update(before, after), { ...WORK, source })).toBe('start');
  });
});

describe('an UPDATE starts nothing when it', () => {
  const deletionTimestamp = '2026-01-06T08:00:00Z';
  test.each<[what: string, before: object, after: object, source?: NodeSource]>([
    ['changes nothing', pod(), pod()],
    ['annotates a pod', pod(), pod({ metadata: { annotations: { a: '1' } } })],
    ['scales', job({ spec: { parallelism: 1 } }), job({ spec: { parallelism: 5 } })],
    ['adds a label to a pod', pod(), pod({ metadata: { labels: { a: '1' } } })],
    ["changes a pod's label", pod({ metadata: { labels: { a: '1' } } }), pod({ metadata: { labels: { a: '2' } } })],
    ['renames a label', pod({ metadata: { labels: { a: '1' } } }), pod({ metadata: { labels: { b: '1' } } })],
    ['labels a Job', job(), job({ metadata: { labels: { a: '1' } } })],
    ['labels a CronJob otherwise', cronJob(), cronJob({ team: 'data' })],
    ['suspends', job({ spec: { suspend: false } }), job({ spec: { suspend: true } })],
    ['stays suspended', job({ spec: { suspend: true } }), job({ spec: { suspend: true } })],
    [
      'removes a finalizer of what is being deleted',
      job(),
      job({ metadata: { deletionTimestamp }, template: { spec: { a: 1 } } }),
    ],
    [
      'changes the rest of a custom object',
      custom({ spec: { node: 'a' } }),
      custom({ spec: { node: 'a', x: 1 } }),
      FIELD,
    ],
    [
      'keeps the label',
      custom({ metadata: { labels: { node: 'a' } } }),
      custom({ metadata: { labels: { node: 'a', b: '1' } } }),
      LABEL,
    ],
    ['changes a custom object that has no pods', custom({ spec: { a: 1 } }), custom({ spec: { a: 2 } })],
  ])('%s', (_what, before, after, source = PODS) => {
    expect(changeOf(update(before, after), { ...WORK, source })).toBe('none');
  });

  test('lacks one of its two objects', () => {
    expect(changeOf(update(pod(), pod({ spec: { a: 1 } }), { oldObject: undefined }), WORK)).toBe('none');
    expect(changeOf(update(pod(), pod({ spec: { a: 1 } }), { object: undefined }), WORK)).toBe('none');
  });
});

describe('work that begins by an update', () => {
  const begins: Beginning = { path: ['status', 'phase'], from: ['', 'New'], to: 'InProgress' };
  const work: Begun = { ...WORK, source: FIELD, begins };
  const run = (phase: string, rest: object = {}) => ({
    ...custom({ spec: { node: 'a' } }),
    status: { phase },
    ...rest,
  });

  test.each<[what: string, request: ReviewRequest, change: string]>([
    ['is not begun by making it', creation(run('')), 'none'],
    ['begins', update(run('New'), run('InProgress')), 'start'],
    ['begins where nothing was written before', update(custom(), run('InProgress')), 'start'],
    ['is begun once', update(run('InProgress'), run('InProgress', { spec: { progress: 1 } })), 'none'],
    ['is not begun by who prepared it', update(run('Prepared'), run('InProgress')), 'none'],
    ['is not begun by naming another node', update(run('New'), run('New', { spec: { node: 'b' } })), 'none'],
    ['ends', update(run('InProgress'), run('Failed')), 'none'],
  ])('%s', (_what, request, change) => {
    expect(changeOf(request, work)).toBe(change);
  });
});

test('a template that appears or goes is a change', () => {
  const [withPods, without] = [workFromObject(job()), workFromObject(custom())];
  expect([templateChanges(withPods, without), templateChanges(without, without)]).toEqual([true, false]);
});

test('a label starts what was other work before', () => {
  const request = update(pod(), pod({ metadata: { labels: { a: '1' } } }));
  expect([changeOf(request, { ...WORK, isNewWork: () => true }), changeOf(request, WORK)]).toEqual(['start', 'none']);
});
