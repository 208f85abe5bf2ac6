import { describe, expect, test } from 'vitest';
import { workFromObject } from '../../../shared/facts/work.ts';
import { catalogueFromTools, classify } from '../../../shared/targets/classify.ts';
import { confidenceOf } from '../../../shared/targets/matcher.ts';
import { CATALOGUE, TOOLS } from '../../../shared/targets/registry.ts';
import type { Tool, WorkPattern } from '../../../shared/targets/tool.ts';
import { kindsNamed } from '../../support/kinds.ts';

function toolOf(id: string, ...matchers: WorkPattern['match'][]): Tool {
  const patterns = matchers.map((match) => ({
    work: 'backup' as const,
    what: id,
    role: 'leaf' as const,
    match,
    node: { in: 'pods' as const },
    afterDenial: 'lost' as const,
  }));
  return { id, title: id, source: '', known: 'configuration', patterns };
}

const pod = (metadata: object, spec: object = {}) => workFromObject({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
const toolIn = (catalogue: ReturnType<typeof catalogueFromTools>, object: ReturnType<typeof pod>) =>
  classify(object, catalogue).tool;

describe('the strongest evidence wins', () => {
  const everything = pod(
    { name: 'x-1', labels: { a: '1' }, ownerReferences: [{ apiVersion: 'tool.io/v1', kind: 'Run' }] },
    { containers: [{ image: 'img', command: ['cmd'] }] },
  );
  const byStrength: readonly Tool[] = [
    toolOf('owner', { owners: kindsNamed('tool.io/Run') }),
    toolOf('label', { labels: { a: [] } }),
    toolOf('image', { images: ['img'] }),
    toolOf('name', { names: ['x-'] }),
  ];

  test.each(byStrength.map((tool, index) => [tool.id, byStrength.slice(index)] as const))(
    '%s, in whichever order the tools stand',
    (id, tools) => {
      expect(toolIn(catalogueFromTools(tools), everything)).toBe(id);
      expect(toolIn(catalogueFromTools([...tools].reverse()), everything)).toBe(id);
    },
  );

  test('an own kind is stronger than any owner', () => {
    const run = workFromObject({
      apiVersion: 'tool.io/v1',
      kind: 'Run',
      metadata: { ownerReferences: [{ apiVersion: 'tool.io/v1', kind: 'Run' }] },
    });
    const tools = [
      toolOf('owner', { owners: kindsNamed('tool.io/Run') }),
      toolOf('kind', { kinds: kindsNamed('tool.io/Run') }),
    ];
    expect(toolIn(catalogueFromTools(tools), run)).toBe('kind');
  });

  test('of equal evidence the first counts', () => {
    const tools = [toolOf('first', { images: ['img'] }), toolOf('second', { commands: ['cmd'] })];
    expect(toolIn(catalogueFromTools(tools), everything)).toBe('first');
  });
});

const WORK = 'kubectl-maint.io/work';

describe('how sure it is', () => {
  const backup = { kind: 'Job', apiVersion: 'batch/v1' };
  const running = (name: string, image: string, command: readonly string[], more: object = {}) => ({
    ...backup,
    metadata: { name, ...more },
    spec: { template: { spec: { containers: [{ name: 'c', image, command }] } } },
  });

  test.each<[what: string, object: object, tool: string | null, confidence: string | null]>([
    ["a tool's own kind", { apiVersion: 'velero.io/v1', kind: 'PodVolumeBackup' }, 'velero', 'certain'],
    ['a DaemonSet', { apiVersion: 'apps/v1', kind: 'DaemonSet' }, 'daemonset', 'certain'],
    ["the user's label", { ...backup, metadata: { labels: { [WORK]: 'backup' } } }, 'labelled', 'stated'],
    ["a tool's program", running('x', 'registry.example/anything', ['kube-bench', 'run']), 'kube-bench', 'likely'],
    ['a program and a name', running('nightly-backup', 'postgres', ['pg_dump']), 'conventional', 'guess'],
    ['nothing', running('x', 'nginx', ['nginx']), null, null],
  ])('by %s', (_what, object, tool, confidence) => {
    expect(classify(workFromObject(object), CATALOGUE)).toMatchObject({ tool, confidence });
  });

  test.each<[confidence: string, matcher: WorkPattern['match']]>([
    ['certain', { kinds: kindsNamed('/Pod'), owners: kindsNamed('tool.io/Run') }],
    ['stated', { annotations: { a: [] }, nameWords: ['backup'] }],
    ['stated', { writers: ['tool'] }],
    ['likely', { kinds: kindsNamed('/Pod'), images: ['tool'] }],
    ['guess', { images: ['tool'], names: ['backup-'] }],
    ['guess', { ownerWords: ['Backup'], says: ['backup'] }],
    ['guess', { runWords: ['backup'] }],
  ])('%s: %o', (confidence, matcher) => {
    expect(confidenceOf(matcher)).toBe(confidence);
  });
});

describe("the user's own label", () => {
  test.each([
    ['the object', { metadata: { labels: { [WORK]: 'scan' } } }],
    ['the template', { spec: { template: { metadata: { labels: { [WORK]: 'scan' } } } } }],
  ])('is read on %s', (_where, body) => {
    const job = workFromObject({ apiVersion: 'batch/v1', kind: 'Job', ...body });
    expect(classify(job, CATALOGUE)).toMatchObject({
      work: 'scan',
      tool: 'labelled',
      pattern: { what: `work labelled ${WORK}: scan` },
    });
  });

  test.each<[what: string, object: object, work: string]>([
    ['a Deployment', { apiVersion: 'apps/v1', kind: 'Deployment' }, 'none'],
    ['a ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap' }, 'none'],
    ['a DaemonSet', { apiVersion: 'apps/v1', kind: 'DaemonSet' }, 'addon'],
  ])('does not count on %s: it makes work, and is none', (_what, object, work) => {
    const labels = { [WORK]: 'backup' };
    const labelled = { ...object, metadata: { labels }, spec: { jobTemplate: { metadata: { labels } } } };
    expect(classify(workFromObject(labelled), CATALOGUE).work).toBe(work);
  });

  test.each([
    ['a CronJob', { metadata: { labels: { [WORK]: 'backup' } } }],
    ['its Jobs', { spec: { jobTemplate: { metadata: { labels: { [WORK]: 'backup' } } } } }],
    ['its pods', { spec: { jobTemplate: { spec: { template: { metadata: { labels: { [WORK]: 'backup' } } } } } } }],
  ])('makes a schedule of a CronJob, on %s', (_where, body) => {
    const cronJob = workFromObject({ apiVersion: 'batch/v1', kind: 'CronJob', ...body });
    expect(classify(cronJob, CATALOGUE)).toMatchObject({
      work: 'backup',
      tool: 'labelled',
      pattern: { role: 'schedule' },
    });
  });

  test.each(['', 'none', 'constructor', 'Backup'])('%j says nothing', (label) => {
    expect(classify(pod({ labels: { [WORK]: label } }), CATALOGUE)).toEqual({
      work: 'none',
      tool: null,
      pattern: undefined,
      confidence: null,
    });
  });

  test('does not talk a tool away', () => {
    const labels = { [WORK]: 'none', 'velero.io/pod-volume-backup': 'x' };
    expect(classify(pod({ labels }), CATALOGUE)).toMatchObject({ work: 'backup', tool: 'velero' });
  });
});

describe('add-ons', () => {
  const owner = (apiVersion: string, kind: string, controller: boolean) => ({
    ownerReferences: [{ apiVersion, kind, name: 'd', uid: 'u', controller }],
  });

  test.each<[string, object, string]>([
    ['a DaemonSet', { apiVersion: 'apps/v1', kind: 'DaemonSet' }, 'addon'],
    ['its pod', { apiVersion: 'v1', kind: 'Pod', metadata: owner('apps/v1', 'DaemonSet', true) }, 'addon'],
    [
      'a pod that it only owns',
      { apiVersion: 'v1', kind: 'Pod', metadata: owner('apps/v1', 'DaemonSet', false) },
      'none',
    ],
    [
      'a pod of a ReplicaSet',
      { apiVersion: 'v1', kind: 'Pod', metadata: owner('apps/v1', 'ReplicaSet', true) },
      'none',
    ],
    ['another DaemonSet', { apiVersion: 'apps.kruise.io/v1', kind: 'DaemonSet' }, 'none'],
    [
      'its ControllerRevision',
      { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: owner('apps/v1', 'DaemonSet', true) },
      'none',
    ],
    ['a Deployment', { apiVersion: 'apps/v1', kind: 'Deployment' }, 'none'],
  ])('%s', (_name, object, work) => {
    expect(classify(workFromObject(object), CATALOGUE).work).toBe(work);
  });
});

test('tools are sorted by an id of their own, the general ones last, and name their source', () => {
  const ids = TOOLS.map(({ id }) => id);
  const last = ['other-operators', 'other-scanners', 'helm'];
  expect(ids).toEqual([...[...new Set(ids)].filter((id) => !last.includes(id)).sort(), ...last]);
  for (const { id, source, patterns } of TOOLS) {
    expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(source).toMatch(/^https:/);
    expect(patterns.map(({ match }) => match).filter((match) => Object.keys(match).length === 0)).toEqual([]);
  }
});

test('no pattern rests on a name alone', () => {
  expect(CATALOGUE.patterns.filter(({ strength }) => strength < 2)).toEqual([]);
});
