import { expect, test } from 'vitest';
import { FirstAnswer } from '../../../webhook/controller/registration/first-answer.ts';

const SERVICE = { namespace: 'ops', name: 'maint', failurePolicy: 'Fail', failClosed: [] } as const;
const slice = (...ready: readonly boolean[]) => ({ endpoints: ready.map((one) => ({ conditions: { ready: one } })) });

function answering(items: readonly object[] | Error, service: typeof SERVICE | object = SERVICE) {
  const asked: unknown[] = [];
  let heard = 0;
  const first = new FirstAnswer({
    service: { ...SERVICE, ...service },
    cluster: {
      // eslint-disable-next-line @typescript-eslint/require-await
      async *pages(path, options) {
        asked.push([path, options?.query]);
        if (items instanceof Error) throw items;
        yield { items, resourceVersion: '1' };
      },
    },
    heard: () => (heard += 1),
  });
  return { first, asked, heard: () => heard };
}

test('a ready endpoint is an answer, told once', async () => {
  const { first, asked, heard } = answering([slice(false), slice(false, true)]);
  expect(first.isHeard).toBe(false);
  await first.wait(new AbortController().signal);
  expect([first.isHeard, heard()]).toEqual([true, 1]);
  expect(asked).toEqual([
    ['/apis/discovery.k8s.io/v1/namespaces/ops/endpointslices', { labelSelector: 'kubernetes.io/service-name=maint' }],
  ]);
});

test.each<[string, readonly object[] | Error]>([
  ['no endpoint', []],
  ['none that is ready', [slice(false)]],
  ['a list that fails', new Error('no right')],
])('%s is none, until the term ends', async (_what, items) => {
  const { first, asked, heard } = answering(items);
  const term = new AbortController();
  const waited = first.wait(term.signal);
  await expect.poll(() => asked.length).toBe(1);
  term.abort();
  await waited;
  expect([first.isHeard, heard()]).toEqual([false, 0]);
});

test('where nothing fails closed nobody is looked for', async () => {
  const { first, asked } = answering([slice(true)], { failurePolicy: 'Ignore' });
  await first.wait(new AbortController().signal);
  expect(asked).toEqual([]);
});
