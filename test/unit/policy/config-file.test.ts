import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isObject } from '../../../shared/facts/json.ts';
import { DEFAULT_POLICY, PRESETS } from '../../../shared/policy/config.ts';
import { policyFromValue } from '../../../shared/policy/config-file.ts';
import { BUILT_IN_POLICY, type Policy } from '../../../shared/policy/policy.ts';
import { renderProblem } from '../../../shared/problem.ts';
import { TOOLS } from '../../../shared/targets/registry.ts';

const HEAD = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenancePolicy' };
const OWN = { id: 'our-dumper', patterns: [{ work: 'backup', match: { kinds: ['batch/Job'], images: ['dumper'] } }] };
const RULE_IDS = Object.keys(DEFAULT_POLICY.rules);

function read(rest: object): Policy {
  const policy = policyFromValue({ ...HEAD, ...rest });
  if (!policy.ok) throw new Error(policy.problems.map(renderProblem).join('\n'));
  return policy.value;
}

function problemsOf(value: unknown): readonly string[] {
  const policy = policyFromValue(value);
  return policy.ok ? [] : policy.problems.map(renderProblem);
}

describe('a configuration', () => {
  test('that says nothing is the default', () => {
    expect(read({})).toMatchObject(BUILT_IN_POLICY);
    expect(read({ preset: 'default', rules: {}, tools: [] })).toMatchObject(BUILT_IN_POLICY);
  });

  test.each(RULE_IDS)('sets mode and answer of the rule %s, and leaves the others alone', (id) => {
    const { rules } = read({ rules: { [id]: { mode: 'audit', unknown: 'deny' } } }).config;
    expect(rules).toEqual({
      ...DEFAULT_POLICY.rules,
      [id]: {
        ...Object.entries(DEFAULT_POLICY.rules).find(([key]) => key === id)?.[1],
        mode: 'audit',
        unknown: 'deny',
      },
    });
  });

  test('sets scopes, exceptions of tools, and what add-ons do', () => {
    const { config } = read({
      rules: {
        backup: { scope: 'cluster' },
        scan: { tools: { 'trivy-operator': { scope: 'node' }, labelled: { mode: 'off' } } },
        addon: { change: 'deny', brokenAfter: '1h30m', tools: { helm: { mode: 'warn' }, daemonset: {} } },
      },
    });
    expect(config.rules.backup.scope).toBe('cluster');
    expect([...config.rules.scan.tools]).toEqual([
      ['trivy-operator', { scope: 'node' }],
      ['labelled', { mode: 'off' }],
    ]);
    expect([...config.rules.addon.tools]).toEqual([
      ['helm', { mode: 'warn' }],
      ['daemonset', {}],
    ]);
    expect([config.addonChange, config.brokenAfterMs]).toEqual(['deny', 5_400_000]);
  });

  test('adds tools, whose work may be an exception at once', () => {
    const { tools, catalogue, config } = read({
      rules: { backup: { tools: { 'our-dumper': { mode: 'warn' } } } },
      tools: [OWN],
    });
    expect(tools.map(({ id }) => id)).toEqual([...TOOLS.map(({ id }) => id), 'our-dumper']);
    expect(catalogue.patterns.filter(({ tool }) => tool === 'our-dumper')).toHaveLength(1);
    expect(config.rules.backup.tools.get('our-dumper')).toEqual({ mode: 'warn' });
  });

  test('lets scans pass after a span once maintenances are overdue, a day by default', () => {
    const { scan } = read({ rules: { scan: { afterOverdue: 'warn' } } }).config.rules;
    expect(scan).toMatchObject({ mode: 'enforce', afterOverdue: { mode: 'warn', forMs: 86_400_000 } });
    const own = read({ rules: { scan: { afterOverdue: 'audit', overdueFor: '3d' } } }).config.rules.scan;
    expect(own.afterOverdue).toEqual({ mode: 'audit', forMs: 3 * 86_400_000 });
    expect(read({ rules: { scan: { overdueFor: '3d' } } }).config.rules.scan.afterOverdue).toBeUndefined();
  });

  test('starts from a preset', () => {
    const { config } = read({ preset: 'palette', rules: { scan: { mode: 'warn' } } });
    expect(config.rules.scan).toEqual({ ...DEFAULT_POLICY.rules.scan, mode: 'warn' });
    expect(config.rules.placement.mode).toBe('off');
    expect(read({ preset: 'palette' }).config).toEqual(PRESETS.palette);
  });
});

describe('problems have path, value and what would be right', () => {
  const KNOWN = RULE_IDS.join(', ');
  test.each<[what: string, value: unknown, expected: readonly (string | RegExp)[]]>([
    ['nothing', null, ['must be a mapping (found null)']],
    ['a list', [1], ['must be a mapping (found [1])']],
    [
      'no head',
      {},
      [
        'apiVersion: must be kubectl-maint.io/v1alpha1 (found nothing)',
        'kind: must be MaintenancePolicy (found nothing)',
      ],
    ],
    [
      'an unknown key',
      { ...HEAD, presets: 'x' },
      ['presets: is not known here; known are apiVersion, kind, preset, rules, tools (found "x")'],
    ],
    ['an unknown preset', { ...HEAD, preset: 'p' }, ['preset: must be default or palette (found "p")']],
    [
      'an unknown rule',
      { ...HEAD, rules: { backups: { mode: 'off' } } },
      [`rules.backups: is not known here; known are ${KNOWN} (found {"mode":"off"})`],
    ],
    [
      'a mode that YAML 1.1 made of `off`',
      { ...HEAD, rules: { scan: { mode: false } } },
      ['rules.scan.mode: must be enforce or warn or audit or off (found false)'],
    ],
    [
      'a scope for a rule that has none',
      { ...HEAD, rules: { addon: { scope: 'node' } } },
      ['rules.addon.scope: is not known here; known are mode, unknown, change, brokenAfter, tools (found "node")'],
    ],
    [
      'a rule that is a word',
      { ...HEAD, rules: { placement: 'off' } },
      ['rules.placement: must be a mapping (found "off")'],
    ],
    [
      'a span without unit',
      { ...HEAD, rules: { addon: { brokenAfter: '10' } } },
      ['rules.addon.brokenAfter: is no duration: write it like 30s, 10m, 1h30m or 2d (found "10")'],
    ],
    [
      'a span as number',
      { ...HEAD, rules: { addon: { brokenAfter: 10 } } },
      ['rules.addon.brokenAfter: must be text (found 10)'],
    ],
    [
      'a tool that nobody knows',
      { ...HEAD, rules: { addon: { tools: { nobody: { mode: 'off' } } } } },
      [/^rules\.addon\.tools\.nobody: is no tool that this rule meets: .*velero.*labelled \(found \{"mode":"off"\}\)$/],
    ],
    [
      'a tool that does other work',
      { ...HEAD, rules: { scan: { tools: { velero: { mode: 'off' } } } } },
      [/^rules\.scan\.tools\.velero: is no tool that this rule meets: (?!.*velero,).*trivy/],
    ],
    [
      'an unknown key of an exception',
      { ...HEAD, rules: { scan: { tools: { trivy: { unknown: 'deny' } } } } },
      ['rules.scan.tools.trivy.unknown: is not known here; known are mode, scope (found "deny")'],
    ],
    ['a key with control characters', { ...HEAD, 'a\u001b[31m\n': 1 }, [/^a \[31m: is not known here/]],
    ['a tool of the user', { ...HEAD, tools: {} }, ['tools: must be a list (found {})']],
  ])('%s', (_, value, expected) => {
    const found = problemsOf(value);
    expect(found).toHaveLength(expected.length);
    expected.forEach((one, index) => {
      if (typeof one === 'string') expect(found[index]).toBe(one);
      else expect(found[index]).toMatch(one);
    });
  });

  test('all at once, of every part', () => {
    const found = problemsOf({
      kind: 'MaintenancePolicy',
      rules: { scan: { mode: 'of', tools: { velero: {} } }, backup: { tools: { mine: { mode: 1 } } } },
      tools: [
        { ...OWN, id: 'velero' },
        { ...OWN, id: 'mine' },
        { ...OWN, id: 'mine' },
      ],
    });
    expect(found.map((line) => line.slice(0, line.indexOf(': '))).sort()).toEqual([
      'apiVersion',
      'rules.backup.tools.mine.mode',
      'rules.scan.mode',
      'tools[0].id',
      'tools[2].id',
    ]);
  });
});

test('the examples of the documentation are valid', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
  const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']): unknown => parse(text));
  const policies = examples.filter(isObject).filter((one) => 'kind' in one || 'tools' in one);
  expect(policies.length).toBeGreaterThan(1);
  for (const policy of policies) expect(problemsOf({ ...HEAD, ...policy })).toEqual([]);
});
