/** Policies that every type lets pass and that no replica would start with: Helm refuses them before it changes anything. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policyFromValue } from '../../../shared/index.ts';
import { CHART, helmFor, type Helm } from '../../support/helm.ts';

let helm: Helm;

beforeAll(async () => {
  helm = await helmFor();
});
afterAll(() => helm.end());

const DUMPER = { work: 'backup', match: { kinds: ['batch/Job'], images: ['dumper'] } };
const toolFor = (id: string, match: object) => ({ tools: [{ id, patterns: [{ work: 'backup', match }] }] });
const BAD_POLICIES: readonly (readonly [what: string, policy: object, says: string])[] = [
  ['a span without unit', { rules: { addon: { brokenAfter: '10' } } }, '/policy/rules/addon/brokenAfter'],
  ['the id of a built-in tool', toolFor('velero', DUMPER.match), 'policy.tools[0].id: velero is the id of a built-in'],
  ['an id that means something else', toolFor('labelled', DUMPER.match), 'policy.tools[0].id: labelled is the id'],
  [
    'an id twice',
    { tools: ['one', 'one'].map((id) => ({ id, patterns: [DUMPER] })) },
    'policy.tools[1].id: one is already the id of a tool before it',
  ],
  [
    'an exception of a tool that nobody knows',
    { rules: { backup: { tools: { nobody: { mode: 'off' } } } } },
    'policy.rules.backup.tools.nobody: is no tool that this rule meets: ',
  ],
  [
    'an exception of a tool that does other work',
    { rules: { scan: { tools: { 'our-dumper': { mode: 'off' } } } }, ...toolFor('our-dumper', DUMPER.match) },
    'policy.rules.scan.tools.our-dumper: is no tool that this rule meets: ',
  ],
  [
    'a kind of Kubernetes itself',
    toolFor('ingress', { kinds: ['networking.k8s.io/Ingress'] }),
    'networking.k8s.io/Ingress is a kind of Kubernetes itself',
  ],
  ['a kind that runs nothing', toolFor('map', { kinds: ['/ConfigMap'], images: ['x'] }), 'match/kinds/0'],
  ["a built-in tool's kind", toolFor('mine', { kinds: ['velero.io/Backup'] }), 'velero.io/Backup is already known'],
  [
    'a name as only evidence',
    toolFor('named', { kinds: ['batch/Job'], names: ['dump-'] }),
    'policy.tools[0].patterns[0].match: is no evidence but a name',
  ],
  [
    'the own name of what runs as the only sign',
    toolFor('named', { kinds: ['batch/Job'], runWords: ['dump'] }),
    'policy.tools[0].patterns[0].match.runWords: counts only together with names or nameWords or ',
  ],
  [
    'what must not be said where nothing is asked',
    toolFor('silent', { ...DUMPER.match, without: ['--help'] }),
    'policy.tools[0].patterns[0].match.without: counts only together with entrypoints or commands or ',
  ],
  [
    'words that must not stand in a name that is not asked',
    toolFor('unnamed', { ...DUMPER.match, unlessWords: ['test'] }),
    'policy.tools[0].patterns[0].match.unlessWords: counts only together with nameWords',
  ],
  [
    'an entry point with its registry',
    toolFor('far', { kinds: ['batch/Job'], entrypoints: ['registry.example.com/dumper'] }),
    '/policy/tools/0/patterns/0/match/entrypoints/0',
  ],
  [
    'a program with its path',
    toolFor('deep', { kinds: ['batch/Job'], commands: ['/usr/bin/dump'] }),
    '/policy/tools/0/patterns/0/match/commands/0',
  ],
  [
    'an owner that nobody looks up',
    toolFor('owned', { ...DUMPER.match, notOwners: ['example.com/Run'] }),
    '/policy/tools/0/patterns/0/match/notOwners/0',
  ],
  [
    'work inside pods without what says that it runs',
    {
      tools: [{ id: 'inner', patterns: [{ ...DUMPER, inside: { resource: 'example.com/v1/dumps', pods: ['pod'] } }] }],
    },
    '/policy/tools/0/patterns/0/inside',
  ],
  ['no evidence at all', toolFor('all', { kinds: ['batch/Job'] }), 'match: is no evidence but a name'],
];

describe('a policy that no replica would start with', () => {
  test.each(BAD_POLICIES)('%s', async (_, policy, says) => {
    const head = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenancePolicy' };
    expect(policyFromValue({ ...head, ...policy }).ok).toBe(false);
    const values = Object.entries(policy).map(([key, value]) => `policy.${key}=${JSON.stringify(value)}`);
    const flags = values.flatMap((value) => ['--set-json', value]);
    const { code, stderr } = await helm.run('template', 'guard', CHART, ...flags);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
  });

  test('is told whole, not its first problem alone', async () => {
    const tools = JSON.stringify([{ id: 'velero', patterns: [{ work: 'backup', match: { kinds: ['batch/Job'] } }] }]);
    const { stderr } = await helm.run('template', 'guard', CHART, '--set-json', `policy.tools=${tools}`);
    expect(stderr).toContain('policy.tools[0].id: velero is the id of a built-in tool');
    expect(stderr).toContain('policy.tools[0].patterns[0].match: is no evidence');
  });
});
