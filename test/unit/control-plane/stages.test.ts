import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { stageWithDelay } from '../../control-plane/stages.ts';

const times = { readyMs: 11, goneMs: 22, jobMs: 33 };

it.each([
  ['pod-ready', 11],
  ['pod-delete', 22],
  ['pod-complete', 33],
])('delays %s, unless the pod says otherwise', (name, durationMilliseconds) => {
  const stage: unknown = parse(stageWithDelay(`metadata:\n  name: ${name}\nspec:\n  next:\n    delete: true\n`, times));
  const expressionFrom = `.metadata.annotations["${name}.stage.kwok.x-k8s.io/delay"]`;
  expect(stage).toEqual({
    metadata: { name },
    spec: { next: { delete: true }, delay: { durationMilliseconds, durationFrom: { expressionFrom } } },
  });
});

it('leaves the stages of nodes alone', () => {
  const stage = 'metadata:\n  name: node-heartbeat-with-lease\nspec:\n  delay:\n    durationMilliseconds: 600000\n';
  expect(stageWithDelay(stage, times)).toBe(stage);
});
