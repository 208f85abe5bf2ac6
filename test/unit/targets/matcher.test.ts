import { describe, expect, test } from 'vitest';
import { workFromObject } from '../../../shared/facts/work.ts';
import { catalogueFromTools, classify } from '../../../shared/targets/classify.ts';
import { imageBasename } from '../../../shared/targets/image-names.ts';
import { matches } from '../../../shared/targets/inspection.ts';
import { strengthOf, type Matcher } from '../../../shared/targets/matcher.ts';
import { backupLeaf } from '../../../shared/targets/patterns.ts';
import { kindsNamed } from '../../support/kinds.ts';

test.each([
  ['kube-bench', 'kube-bench'],
  ['kube-bench:v1', 'kube-bench'],
  ['aquasec/kube-bench', 'kube-bench'],
  ['docker.io/aquasec/kube-bench:v0.15.0', 'kube-bench'],
  ['registry:5000/kube-bench', 'kube-bench'],
  ['registry:5000/a/b/kube-bench:v1@sha256:abc', 'kube-bench'],
  ['kube-bench@sha256:abc', 'kube-bench'],
  ['[::1]:5000/kube-bench', 'kube-bench'],
  ['not-kube-bench', 'not-kube-bench'],
  ['kube-bench/other', 'other'],
  ['kube-bench/', ''],
  ['', ''],
])('the image %j is %j', (image, basename) => {
  expect(imageBasename(image)).toBe(basename);
});

test.each<[Matcher, number]>([
  [{ kinds: kindsNamed('velero.io/Backup') }, 5],
  [{ kinds: kindsNamed('/Pod', 'velero.io/Backup'), names: ['x'] }, 5],
  [{ kinds: kindsNamed('/Pod'), owners: kindsNamed('velero.io/Backup'), labels: {} }, 4],
  [{ kinds: kindsNamed('batch/Job', 'apps/DaemonSet'), labels: {} }, 3],
  [{ images: ['x'], names: ['x'] }, 2],
  [{ commands: ['x'] }, 2],
  [{ names: ['x'] }, 1],
  [{ kinds: kindsNamed('/Pod') }, 0],
  [{}, 0],
])('%j has the strength %d', (matcher, strength) => {
  expect(strengthOf(matcher)).toBe(strength);
});

const job = workFromObject({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'dump-orders',
    labels: { app: 'dump' },
    ownerReferences: [{ apiVersion: 'k8up.io/v1', kind: 'Backup', name: 'b' }],
  },
  spec: {
    template: {
      metadata: { labels: { tier: 'data' } },
      spec: {
        initContainers: [{ image: 'registry:5000/wait:1' }],
        containers: [{ image: 'postgres:18', command: ['/usr/bin/pg_dump'], args: ['orders', '--to', 's3://x/y'] }],
      },
    },
  },
});

describe('every part that is given must hold; within a part one entry is enough', () => {
  test.each<[Matcher, boolean]>([
    [{}, true],
    [{ kinds: kindsNamed('/Pod', 'batch/Job') }, true],
    [{ kinds: kindsNamed('batch/CronJob') }, false],
    [{ owners: kindsNamed('velero.io/Backup', 'k8up.io/Backup') }, true],
    [{ owners: kindsNamed('velero.io/Backup') }, false],
    [{ labels: { app: ['x', 'dump'] } }, true],
    [{ labels: { app: [] } }, true],
    [{ labels: { app: ['dump'], tier: [] } }, true],
    [{ labels: { app: ['x'] } }, false],
    [{ labels: { app: ['dump'], missing: [] } }, false],
    [{ labels: { constructor: [] } }, false],
    [{ labels: {} }, true],
    [{ images: ['wait'] }, true],
    [{ images: ['postgres:18'] }, false],
    [{ commands: ['pg_dump'] }, true],
    [{ commands: ['y'] }, false],
    [{ commands: ['orders'] }, false],
    [{ commands: ['pg'] }, false],
    [{ arguments: ['orders'] }, true],
    [{ arguments: ['y'] }, false],
    [{ commands: ['pg_dump'], arguments: ['orders'] }, true],
    [{ commands: ['pg_dump'], arguments: ['customers'] }, false],
    [{ names: ['x', 'dump-'] }, true],
    [{ names: ['orders'] }, false],
    [{ kinds: kindsNamed('batch/Job'), images: ['postgres'], commands: ['pg_dump'] }, true],
    [{ kinds: kindsNamed('batch/Job'), images: ['postgres'], commands: ['psql'] }, false],
    [{ kinds: kindsNamed() }, false],
  ])('%j: %s', (matcher, expected) => {
    expect(matches(matcher, job)).toBe(expected);
  });

  test('what has no pods runs no image and no command, and has its own labels only', () => {
    const secret = workFromObject({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', labels: { a: '1' } } });
    expect(matches({ labels: { a: ['1'] } }, secret)).toBe(true);
    expect([matches({ images: [''] }, secret), matches({ commands: [''] }, secret)]).toEqual([false, false]);
  });

  test('a CronJob is known by the labels of the Jobs that it makes', () => {
    const jobTemplate = { metadata: { labels: { a: '1' } } };
    const cron = workFromObject({ apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate } });
    expect(matches({ labels: { a: [] } }, cron)).toBe(true);
  });
});

describe('an image counts with as much of its path and registry as is named', () => {
  test.each<[name: string, image: string, expected: boolean]>([
    ['registry.example.com/dumper', 'registry.example.com/dumper', true],
    ['registry.example.com/dumper', 'registry.example.com/dumper:v1', true],
    ['registry.example.com/dumper', 'registry.example.com/dumper:v1@sha256:abc', true],
    ['registry.example.com/dumper', 'registry.example.com/dumper@sha256:abc', true],
    ['registry.example.com/dumper', 'mirror.example.org/registry.example.com/dumper:v1', true],
    ['registry.example.com/dumper', 'other.example.com/dumper', false],
    ['registry.example.com/dumper', 'registryXexample.com/dumper', false],
    ['registry.example.com/dumper', 'registry.example.com/dumper/tools', false],
    ['registry.example.com/dumper', 'registry.example.com/dumper-tools:v1', false],
    ['registry.example.com/dumper', 'my-registry.example.com/dumper', false],
    ['registry.example.com/dumper', 'dumper', false],
    ['registry.example.com:5000/team/dumper', 'registry.example.com:5000/team/dumper:v1', true],
    ['registry.example.com:5000/team/dumper', 'registry.example.com/team/dumper:v1', false],
    ['aquasec/kube-bench', 'aquasec/kube-bench:v0.11.1', true],
    ['aquasec/kube-bench', 'docker.io/aquasec/kube-bench', true],
    ['aquasec/kube-bench', 'ours/kube-bench', false],
    ['docker.io/aquasec/kube-bench', 'aquasec/kube-bench:v0.11.1', true],
    ['docker.io/aquasec/kube-bench', 'quay.io/aquasec/kube-bench:v0.11.1', false],
    ['docker.io/library/postgres', 'postgres:18', true],
    ['docker.io/library/postgres', 'docker.io/postgres:18', true],
    ['docker.io/library/postgres', 'library/postgres', true],
    ['docker.io/library/postgres', 'ours/postgres', false],
    ['postgres', 'ours/postgres:18', true],
  ])('%s, and %s runs: %s', (name, image, expected) => {
    const pod = workFromObject({ apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ image }] } });
    expect(matches({ images: [name] }, pod)).toBe(expected);
    const tool = {
      id: 'x',
      title: 'x',
      source: '',
      known: 'configuration' as const,
      patterns: [backupLeaf({ what: 'x', match: { images: [name] }, afterDenial: 'lost' })],
    };
    expect(classify(pod, catalogueFromTools([tool])).work).toBe(expected ? 'backup' : 'none');
  });
});
