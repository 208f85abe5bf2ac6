import { expect, test } from 'vitest';
import type { ClusterReader } from '../../../shared/index.ts';
import { sharedReads } from '../../../webhook/admission/shared-reads.ts';

/** A reader whose answers come when the test says so. */
function toldReader() {
  const asked: string[] = [];
  const open: (() => void)[] = [];
  const reader: ClusterReader = {
    get: async (path) => {
      const turn = asked.push(path);
      await new Promise<void>((resolve) => open.push(resolve));
      if (path === '/broken') throw new Error('broken');
      return `${path} ${turn}`;
    },
    async *pages(path, options) {
      asked.push(`${path} ${JSON.stringify(options?.query ?? {})}`);
      yield { items: [1], resourceVersion: '1' };
      await Promise.resolve();
      yield { items: [2], resourceVersion: '1' };
    },
  };
  const answer = async (): Promise<void> => {
    for (const resolve of open.splice(0)) resolve();
    await settled();
  };
  return { reader, asked, answer };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('what several ask at the same moment is read once', async () => {
  const { reader, asked, answer } = toldReader();
  const shared = sharedReads(reader);
  const answers = Promise.all([shared.get('/a'), shared.get('/a'), shared.get('/b')]);
  await settled();
  expect(asked).toEqual(['/a', '/b']);
  await answer();
  expect(await answers).toEqual(['/a 1', '/a 1', '/b 2']);
});

test('who asks while a read is under way gets a newer one: what it has seen may be younger than that read', async () => {
  const { reader, asked, answer } = toldReader();
  const shared = sharedReads(reader);
  const first = shared.get('/a');
  await settled();
  const second = shared.get('/a');
  await settled();
  expect(asked).toEqual(['/a', '/a']);
  await answer();
  expect([await first, await second]).toEqual(['/a 1', '/a 2']);
});

test('only so many are read at once; who waits for the same waits together', async () => {
  const { reader, asked, answer } = toldReader();
  const shared = sharedReads(reader, 1);
  const all = Promise.all(['/a', '/b', '/b', '/c'].map((path) => shared.get(path)));
  await settled();
  expect(asked).toEqual(['/a']);
  for (let turn = 0; turn < 3; turn += 1) await answer();
  expect(await all).toEqual(['/a 1', '/b 2', '/b 2', '/c 3']);
});

test('a read that fails fails for all who wait for it, and leaves its place', async () => {
  const { reader, answer } = toldReader();
  const shared = sharedReads(reader, 1);
  const broken = Promise.allSettled([shared.get('/broken'), shared.get('/broken')]);
  const fine = shared.get('/a');
  await settled();
  await answer();
  expect((await broken).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await answer();
  expect(await fine).toBe('/a 2');
});

test('lists are told apart by their queries, and come whole', async () => {
  const { reader, asked } = toldReader();
  const shared = sharedReads(reader);
  const read = async (labelSelector: string): Promise<readonly unknown[]> => {
    const items: unknown[] = [];
    for await (const page of shared.pages('/pods', { query: { labelSelector } })) items.push(...page.items);
    return items;
  };
  expect(await Promise.all([read('a'), read('a'), read('b')])).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  expect(asked).toEqual(['/pods {"labelSelector":"a"}', '/pods {"labelSelector":"b"}']);
});
