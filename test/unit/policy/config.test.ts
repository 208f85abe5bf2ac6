import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, PRESETS, ruleForTool, type ToolConfig } from '../../../shared/policy/config.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import { isRuleId, type RuleId } from '../../../shared/policy/registry.ts';
import { configWith } from '../../support/configs.ts';
import { creation, held, labelledJob, node, situation, volumeBackup } from './world.ts';

/** The default policy with one exception. */
function exceptionOf(rule: RuleId, tool: string, own: ToolConfig) {
  return configWith({ [rule]: { tools: new Map([[tool, own]]) } });
}

const nodes = [held('n1'), node('n2')];

describe('an exception of a tool', () => {
  const decision = (object: object, ...exception: Parameters<typeof exceptionOf>) =>
    evaluate(creation(object), situation(nodes, { config: exceptionOf(...exception) })).decision;

  test('changes the mode for the work of that tool alone', () => {
    expect(decision(volumeBackup('n1'), 'backup', 'openebs-zfs', { mode: 'warn' })).toBe('warn');
    expect(decision(volumeBackup('n1'), 'backup', 'openebs-zfs', { mode: 'off' })).toBe('allow');
    expect(decision(volumeBackup('n1'), 'backup', 'k8up', { mode: 'off' })).toBe('deny');
  });

  test('narrows the scope of a scanner, or widens that of a backup', () => {
    const scan = labelledJob('scan', { nodeName: 'n2' });
    expect(decision(scan, 'scan', 'labelled', { scope: 'node' })).toBe('allow');
    expect(decision(scan, 'scan', 'trivy', { scope: 'node' })).toBe('deny');
    expect(decision(volumeBackup('n2'), 'backup', 'openebs-zfs', { scope: 'cluster' })).toBe('deny');
  });
});

test('a tool without an exception, and work of no tool, are as the rule has it', () => {
  const config = exceptionOf('backup', 'velero', { mode: 'warn' });
  expect(ruleForTool(config, 'backup', 'velero')).toMatchObject({ mode: 'warn', scope: 'node', unknown: 'deny' });
  expect(ruleForTool(config, 'backup', 'k8up')).toBe(config.rules.backup);
  expect(ruleForTool(config, 'backup', null)).toBe(config.rules.backup);
});

test('the preset of the vendor judges backups, scans and add-on changes, guards our record as by default, and nothing else', () => {
  const { rules, ...rest } = PRESETS.palette;
  const on = Object.entries(rules).filter(([, { mode }]) => mode !== 'off');
  expect(on).toEqual(
    Object.entries(DEFAULT_POLICY.rules).filter(([id]) => ['backup', 'scan', 'addon', 'node-guard'].includes(id)),
  );
  expect({ ...rest, rules: DEFAULT_POLICY.rules }).toEqual(DEFAULT_POLICY);
});

test('what every object inherits is no rule', () => {
  expect(['backup', 'toString', '__proto__', ''].map(isRuleId)).toEqual([true, false, false, false]);
});
