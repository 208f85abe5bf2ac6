import { expect, test } from 'vitest';
import { renderState, stateFromLabel } from '../../../shared/record/state.ts';

test.each(['initiated', 'complete', 'returning'] as const)('the label %s is read as it stands', (state) => {
  expect(stateFromLabel(state)).toBe(state);
});

test.each([undefined, '', 'Complete', 'done', '__proto__'])('the label %j says nothing: initiated', (label) => {
  expect(stateFromLabel(label)).toBe('initiated');
});

test('people see it with a capital', () => {
  expect((['initiated', 'complete', 'returning'] as const).map(renderState)).toEqual([
    'Initiated',
    'Complete',
    'Returning',
  ]);
});
