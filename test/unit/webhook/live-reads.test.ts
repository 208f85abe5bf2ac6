import { expect, test } from 'vitest';
import type { ClusterReader, Need } from '../../../shared/index.ts';
import { LiveReads, MAX_KEPT, RAW_WEIGHT, type Asker } from '../../../webhook/admission/live-reads.ts';

/** A reader whose answers come when the test says so. */
function toldReader() {
  const asked: string[] = [];
  const ended: string[] = [];
  let open: (() => void)[] = [];
  const reader: ClusterReader = {
    get: async (path, options) => {
      const name = path.split('/').at(-1) ?? '';
      const turn = asked.push(name);
      await new Promise<void>((resolve, reject) => {
        open.push(resolve);
        options?.signal?.addEventListener('abort', () => {
          ended.push(name);
          reject(new Error('aborted'));
        });
      });
      if (name === 'broken') throw new Error('broken');
      return { turn };
    },
    pages: () => {
      throw new Error('no list is read');
    },
  };
  const answer = async (): Promise<void> => {
    const answered = open;
    open = [];
    for (const resolve of answered) resolve();
    await settled();
  };
  return { reader, asked, ended, answer };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const need = (name: string): Need => ({ need: 'object', resource: 'v1/pods', namespace: 'shop', name });
const turn = (number: number) => ({ answer: 'object', object: { turn: number } });

test('what several ask at the same moment is read once', async () => {
  const { reader, asked, answer } = toldReader();
  const reads = new LiveReads(reader);
  const answers = Promise.all(['a', 'a', 'b'].map((name) => reads.asker().ask(need(name))));
  await settled();
  expect(asked).toEqual(['a', 'b']);
  await answer();
  expect(await answers).toEqual([turn(1), turn(1), turn(2)]);
});

test('who asks while a read is under way gets a newer one: what it has seen may be younger than that read', async () => {
  const { reader, asked, answer } = toldReader();
  const reads = new LiveReads(reader);
  const first = reads.asker().ask(need('a'));
  await settled();
  const second = reads.asker().ask(need('a'));
  await settled();
  expect(asked).toEqual(['a', 'a']);
  await answer();
  expect([await first, await second]).toEqual([turn(1), turn(2)]);
});

test('only so many are read at once, in turn between those who ask, however much one of them wants', async () => {
  const { reader, asked, answer } = toldReader();
  const reads = new LiveReads(reader, 1);
  const greedy = reads.asker();
  const all = ['g1', 'g2', 'g3', 'g4'].map((name) => greedy.ask(need(name)));
  await settled();
  const others = ['a', 'b', 'b'].map((name) => reads.asker().ask(need(name)));
  for (let turns = 0; turns < 6; turns += 1) await answer();
  expect(asked).toEqual(['g1', 'g2', 'a', 'b', 'g3', 'g4']);
  await Promise.all([...all, ...others]);
});

test('a read that fails fails for all who wait for it, and leaves its place', async () => {
  const { reader, answer } = toldReader();
  const reads = new LiveReads(reader, 1);
  const broken = Promise.allSettled([reads.asker().ask(need('broken')), reads.asker().ask(need('broken'))]);
  const fine = reads.asker().ask(need('a'));
  await settled();
  await answer();
  expect((await broken).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await answer();
  expect(await fine).toEqual(turn(2));
});

test('with the asker its reads end, begun or not, but for what others wait for too', async () => {
  const { reader, asked, ended, answer } = toldReader();
  const reads = new LiveReads(reader, 2);
  const [leaving, staying] = [reads.asker(), reads.asker()];
  const left = Promise.allSettled(['mine', 'shared', 'never'].map((name) => leaving.ask(need(name))));
  const shared = staying.ask(need('shared'));
  await settled();
  leaving.end();
  expect((await left).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await settled();
  expect([asked, ended]).toEqual([['mine', 'shared'], ['mine']]);
  await answer();
  expect(await shared).toEqual(turn(2));
  const next = reads.asker().ask(need('never'));
  await settled();
  await answer();
  expect(await next).toEqual(turn(3));
});

test('no more objects are kept than may be, for one asker and for all; who ends lets go of them', async () => {
  const { reader, answer } = toldReader();
  const reads = new LiveReads(reader, 100);
  const names = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `object-${from + index}`);
  const ask = async (asker: Asker, wanted: readonly string[]) => {
    const answers = Promise.allSettled(wanted.map((name) => asker.ask(need(name))));
    await settled();
    await answer();
    return (await answers).filter(({ status }) => status === 'fulfilled').length;
  };
  const askers = Array.from({ length: 5 }, () => reads.asker());
  const each = MAX_KEPT / askers.length / RAW_WEIGHT;
  for (const asker of askers) expect(await ask(asker, names(each + 1))).toBe(each);
  const late = reads.asker();
  expect(await ask(late, names(1))).toBe(0);
  askers[0]?.end();
  expect(await ask(late, names(each + 1))).toBe(each);
});
