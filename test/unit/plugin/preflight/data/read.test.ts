/** What is asked of which systems, and what is made of answers that are none. */
import { expect, test } from 'vitest';
import { pickerOf, readDataSystems } from '../../../../../plugin/preflight/data/read.ts';
import { DATA_SYSTEMS } from '../../../../../plugin/preflight/data/registry.ts';
import type { DataSystem } from '../../../../../plugin/preflight/data/system.ts';
import { ClusterRefusal, type ClusterReader, type ListPage } from '../../../../../shared/index.ts';

const GROUP = 'disks.example.com';

const DISKS: DataSystem = {
  name: 'disks',
  title: 'Disks',
  group: GROUP,
  kinds: {
    disks: { group: GROUP, versions: ['v2', 'v1'], plural: 'disks', fields: ['metadata.name', 'spec.node'] },
    policy: { group: GROUP, versions: ['v1'], plural: 'settings', name: 'policy', fields: ['value'] },
    pods: {
      group: '',
      versions: ['v1'],
      plural: 'pods',
      labels: 'app=disk',
      where: 'status.phase!=Failed',
      fields: ['metadata.name'],
    },
  },
  refuses: '',
  warns: '',
  find: () => [],
};

interface Asked {
  readonly path: string;
  readonly query: unknown;
}

/** A reader that lists what it is told for a path, and keeps what is asked. */
function reading(lists: Readonly<Record<string, readonly unknown[] | Error>>): ClusterReader & { asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    get: () => Promise.reject(new Error('lists are asked for')),
    async *pages(path, options = {}): AsyncIterable<ListPage> {
      asked.push({ path, query: options.query });
      const said = await Promise.resolve(lists[path] ?? []);
      if (said instanceof Error) throw said;
      yield { items: said, resourceVersion: '1' };
    },
  };
}

const refused = (status: number, message = 'no') => new ClusterRefusal({ status, reason: '', message, body: {} });
const [DISK_LIST, SETTING_LIST] = [`/apis/${GROUP}/v1/disks`, `/apis/${GROUP}/v1/settings`];

test('each kind is listed once, in a version that is served and known, and of it only what is needed is kept', async () => {
  const disk = { metadata: { name: 'a', labels: { big: 'x' } }, spec: { node: 'n1', secret: 's' } };
  const reader = reading({ [DISK_LIST]: [disk], '/api/v1/pods': [{ metadata: { name: 'p' } }] });
  const answers = await readDataSystems([DISKS], new Set([`${GROUP}/v1`, `${GROUP}/v3`]), reader);
  expect(reader.asked).toEqual([
    { path: DISK_LIST, query: { labelSelector: undefined, fieldSelector: undefined } },
    { path: SETTING_LIST, query: { labelSelector: undefined, fieldSelector: 'metadata.name=policy' } },
    { path: '/api/v1/pods', query: { labelSelector: 'app=disk', fieldSelector: 'status.phase!=Failed' } },
  ]);
  expect(answers).toEqual([
    {
      system: DISKS,
      objects: {
        disks: [{ metadata: { name: 'a' }, spec: { node: 'n1' } }],
        policy: [],
        pods: [{ metadata: { name: 'p' } }],
      },
      unread: [],
    },
  ]);
});

test('no call is made about systems that are not installed', async () => {
  const reader = reading({});
  expect(await readDataSystems(DATA_SYSTEMS, new Set(['apps/v1', 'longhorn.io.example.com/v1beta2']), reader)).toEqual(
    [],
  );
  expect(reader.asked).toEqual([]);
});

test('where nobody knows what is served nothing is asked, and that is the answer', async () => {
  const reader = reading({});
  expect(await readDataSystems([DISKS], undefined, reader)).toBeUndefined();
  expect(reader.asked).toEqual([]);
});

test.each([
  ['may not be read', refused(403), 'you may not list disks.disks.example.com'],
  [
    'is converted by a webhook that is down',
    refused(500, 'conversion webhook failed'),
    'disks.disks.example.com could not be listed (conversion webhook failed)',
  ],
])('a kind that %s is said, and the others are read', async (_what, failure, why) => {
  const reader = reading({ [DISK_LIST]: failure, [SETTING_LIST]: [{ value: 'x' }] });
  const [answer] = (await readDataSystems([DISKS], new Set([`${GROUP}/v1`]), reader)) ?? [];
  expect(answer?.unread).toEqual([why]);
  expect(answer?.objects).toEqual({ policy: [{ value: 'x' }], pods: [] });
});

test('a version without a kind has none of it', async () => {
  const reader = reading({ [DISK_LIST]: refused(404) });
  const [answer] = (await readDataSystems([DISKS], new Set([`${GROUP}/v1`]), reader)) ?? [];
  expect(answer).toMatchObject({ objects: { disks: [] }, unread: [] });
});

test('a version that nobody has seen the schema of is not read', async () => {
  const reader = reading({});
  const [answer] = (await readDataSystems([DISKS], new Set([`${GROUP}/v9`]), reader)) ?? [];
  expect(answer?.unread).toEqual([
    'the API server serves disks.disks.example.com in no version that is known here',
    'the API server serves settings.disks.example.com in no version that is known here',
  ]);
  expect(reader.asked.map(({ path }) => path)).toEqual(['/api/v1/pods']);
});

test('more objects than are kept are not judged', async () => {
  const reader = reading({ [DISK_LIST]: Array.from({ length: 50_001 }, () => ({})) });
  const [answer] = (await readDataSystems([DISKS], new Set([`${GROUP}/v1`]), reader)) ?? [];
  expect(answer?.unread).toEqual([
    `disks.disks.example.com could not be listed (more than 50000 objects are listed at ${DISK_LIST})`,
  ]);
});

test('a bug is no answer', async () => {
  const reader = reading({ [DISK_LIST]: new TypeError('a bug') });
  await expect(readDataSystems([DISKS], new Set([`${GROUP}/v1`]), reader)).rejects.toThrow('a bug');
});

test('what is kept of an object is there where the object has none of it', () => {
  const pick = pickerOf(['metadata.labels', 'spec.a.b', 'spec.c']);
  const object = { metadata: { labels: { x: 'y' }, name: 'n' }, spec: { a: { b: 1, d: 2 }, c: [3] } };
  expect(pick(object)).toEqual({ metadata: { labels: { x: 'y' } }, spec: { a: { b: 1 }, c: [3] } });
  expect(pick({})).toEqual({ metadata: { labels: undefined }, spec: { a: { b: undefined }, c: undefined } });
});
