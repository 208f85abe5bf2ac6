import { expect, test } from 'vitest';
import { sortFindings, worst, type Finding } from '../../../shared/policy/verdict.ts';

function finding(decision: Finding['decision'], rule: Finding['rule'], detail = ''): Finding {
  return { rule, decision, reason: 'Unknown', detail, nodes: [] };
}

test('the worst finding decides; without any it is allowed', () => {
  expect(worst([])).toBe('allow');
  expect(worst([finding('allow', 'scan')])).toBe('allow');
  expect(worst([finding('warn', 'scan'), finding('allow', 'scan')])).toBe('warn');
  expect(worst([finding('warn', 'scan'), finding('deny', 'scan'), finding('allow', 'scan')])).toBe('deny');
});

test('worst first, then by rule, then by text', () => {
  const sorted = [
    finding('deny', 'backup', 'a'),
    finding('deny', 'backup', 'b'),
    finding('deny', 'scan', 'a'),
    finding('warn', 'addon', 'a'),
    finding('warn', 'addon', 'a'),
    finding('allow', 'addon', 'a'),
  ];
  expect(sortFindings([...sorted].reverse())).toEqual(sorted);
  expect(sortFindings(sorted)).toEqual(sorted);
});
