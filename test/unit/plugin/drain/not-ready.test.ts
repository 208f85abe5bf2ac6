import { describe, expect, test } from 'vitest';
import { readNotReady } from '../../../../plugin/drain/not-ready.ts';
import { budgetFromObject, type ClusterReader } from '../../../../shared/index.ts';
import { budgetObject, podObject } from '../world.ts';

type Asked = readonly [path: string, options: Parameters<ClusterReader['pages']>[1]];

/** A reader that gives these pages, then fails. */
function readerOf(...pages: readonly (readonly unknown[])[]) {
  const asked: Asked[] = [];
  const reader: ClusterReader = {
    get: () => Promise.reject(new Error('nobody asks for one pod')),
    async *pages(path, options) {
      asked.push([path, options]);
      for (const items of pages) yield await Promise.resolve({ items, resourceVersion: '1' });
      throw new Error('the API server is away');
    },
  };
  return { reader, asked };
}

const { signal } = new AbortController();
const BUDGET = budgetFromObject(budgetObject('web', { namespace: 'shop', allowed: 0 }));
const WAITS = { ready: false };

describe('the pods of a budget that are not Ready', () => {
  test.each<[what: string, items: readonly unknown[], names: readonly string[]]>([
    ['by name', [podObject('c', WAITS), podObject('b'), podObject('a', WAITS)], ['a', 'c']],
    ['none', [podObject('a')], []],
    ['nor those that have ended', [podObject('a', { ...WAITS, phase: 'Succeeded' })], []],
    ['nor those that are deleted', [podObject('a', { ...WAITS, deletionTimestamp: '2026-01-05T22:09:00Z' })], []],
    ['nor what is no pod', [null, {}, podObject('', WAITS)], []],
  ])('%s', async (_what, items, names) => {
    expect(await readNotReady(BUDGET, readerOf(items).reader, signal)).toEqual(names);
  });

  test('are those of the first page', async () => {
    const { reader } = readerOf([podObject('a', WAITS)], [podObject('b', WAITS)]);
    expect(await readNotReady(BUDGET, reader, signal)).toEqual(['a']);
  });

  test('are none where they cannot be read', async () => {
    expect(await readNotReady(BUDGET, readerOf().reader, signal)).toEqual([]);
  });

  test('are none where there is no page', async () => {
    const pages = (): AsyncIterable<never> => ({ [Symbol.asyncIterator]: () => ({ next: noMore }) });
    const noMore = () => Promise.resolve({ done: true as const, value: undefined });
    expect(await readNotReady(BUDGET, { ...readerOf().reader, pages }, signal)).toEqual([]);
  });
});

describe('is asked', () => {
  const path = '/api/v1/namespaces/shop/pods';

  test.each([
    ['by the selector', BUDGET, [[path, { query: { limit: '100', labelSelector: 'app in (web)' }, signal }]]],
    ['without one where it selects all', { ...BUDGET, selector: [] }, [[path, { query: { limit: '100' }, signal }]]],
    ['not at all where it selects none', { ...BUDGET, selector: undefined }, []],
  ])('%s', async (_what, budget, requests) => {
    const { reader, asked } = readerOf([]);
    expect(await readNotReady(budget, reader, signal)).toEqual([]);
    expect(asked).toEqual(requests);
  });
});
