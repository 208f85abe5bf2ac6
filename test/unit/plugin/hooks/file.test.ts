import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { hooksFromValue } from '../../../../plugin/hooks/file/parse.ts';
import { filled, filledText } from '../../../../plugin/hooks/template.ts';
import { valueFromText } from '../../../../plugin/policy/parse.ts';
import { renderProblem } from '../../../../shared/index.ts';

const HEAD = 'apiVersion: kubectl-maint.io/v1alpha1\nkind: MaintenanceHooks\n';

function problemsIn(text: string): readonly string[] {
  const value = valueFromText(HEAD + text);
  const file = value.ok ? hooksFromValue(value.value) : value;
  return file.ok ? [] : file.problems.map(renderProblem);
}

const oneStep = (step: string, hook = 'at: before-drain'): string =>
  `hooks: [{name: h, ${hook}, steps: [{name: s, ${step}}]}]`;

describe('a hook file', () => {
  test('says what is done, and when', () => {
    const value = valueFromText(`${HEAD}
hooks:
  - name: storage
    at: before-drain
    nodeSelector: { matchLabels: { storage: 'yes' } }
    steps:
      - name: no-new-replicas
        patch: { object: nodes.longhorn.io/$(NODE), namespace: longhorn-system, merge: { spec: { allowScheduling: false } } }
        timeout: 30s
        onFailure: warn
      - name: tell
        http: { url: 'https://chat.example/hook?node=$(NODE)', body: { text: '$(OWNER): $(REASON)' } }
        inverse: { http: { url: https://chat.example/hook, body: { text: over } } }
      - { name: quiet, label: { object: nodes/$(NODE), labels: { quiet: 'yes' } } }
      - { name: ready, wait: 'deployment/web -n shop --for=condition=Available' }
      - { name: move, job: { namespace: ops, spec: { template: { spec: {} } } } }
      - { name: local, command: [./prepare, $(NODE)] }
`);
    const file = value.ok ? hooksFromValue(value.value) : value;
    expect(file).toMatchObject({
      ok: true,
      value: {
        hooks: [
          {
            name: 'storage',
            at: 'before-drain',
            steps: [
              {
                name: 'no-new-replicas',
                timeoutMs: 30_000,
                onFailure: 'warn',
                action: {
                  kind: 'patch',
                  target: { type: 'nodes.longhorn.io', name: '$(NODE)', namespace: 'longhorn-system' },
                  patch: { type: 'merge', body: { spec: { allowScheduling: false } } },
                },
              },
              { action: { kind: 'call', call: { method: 'POST' } }, inverse: { kind: 'call' }, onFailure: 'stop' },
              { action: { kind: 'patch', patch: { body: { metadata: { labels: { quiet: 'yes' } } } } } },
              { action: { kind: 'wait' }, timeoutMs: 300_000 },
              { action: { kind: 'job', namespace: 'ops' } },
              { action: { kind: 'command', words: ['./prepare', '$(NODE)'] } },
            ],
          },
        ],
      },
    });
  });

  test.each([
    ['hooks: [{name: h, at: before-drain, steps: []}]', 'hooks[0].steps: is empty'],
    ['hook: []', 'hook: is not known here; known are apiVersion, kind, prepare, data, hooks'],
    [oneStep('wait: nodes --for=delete'), 'hooks[0].steps[0].wait: names no object'],
    [oneStep('command: [a], wait: b'), 'hooks[0].steps[0]: must do one thing'],
    [oneStep('timeout: 1s'), 'hooks[0].steps[0]: must do one thing'],
    [oneStep('patch: {object: web, merge: {}}'), 'hooks[0].steps[0].patch.object: must be TYPE/NAME'],
    [oneStep('patch: {object: a/b}'), 'hooks[0].steps[0].patch: must have one of apply, merge and json'],
    [oneStep('patch: {object: a/b, merge: {}, force: true}'), 'hooks[0].steps[0].patch.force: is about apply alone'],
    [
      oneStep('patch: {object: a/b, json: [{op: put, path: /a}]}'),
      'hooks[0].steps[0].patch.json[0].op: must be add or',
    ],
    [oneStep('command: [a], timeout: 5'), 'hooks[0].steps[0].timeout: must be text'],
    [oneStep('command: [a], timeout: 0s'), 'hooks[0].steps[0].timeout: is no time at all'],
    [oneStep('command: [a], onFailure: retry'), 'hooks[0].steps[0].onFailure: must be stop or warn'],
    [oneStep('command: [a]', 'at: during-drain'), 'hooks[0].at: must be before-drain or'],
    [oneStep('command: [a], inverse: {command: [b]}', 'at: after-return'), 'nothing undoes a return'],
    [oneStep('label: {object: a/b, labels: {}}, inverse: {command: [b]}'), 'what it changes is put back by itself'],
    [oneStep('restoreSatellite: {}'), 'hooks[0].steps[0].restoreSatellite: is for before-return and after-return'],
    [oneStep('safe: postgres'), 'hooks[0].steps[0].safe: must be longhorn or rook-ceph or linstor'],
    ['data: move', 'data: must be keep or ensure or evacuate'],
    [oneStep('silence: {matchers: []}'), 'hooks[0].steps[0].silence.matchers: is empty'],
    [
      oneStep('silence: {matchers: [{name: a, value: b}], for: 0s}'),
      'hooks[0].steps[0].silence.for: is no time at all',
    ],
    [
      oneStep("silence: {matchers: [{name: a, value: b}], server: 'https://ana:secret@am'}"),
      'hooks[0].steps[0].silence.server: must be NAMESPACE/SERVICE:PORT, or an address',
    ],
    [oneStep('silence: {matchers: [{name: a, value: b}]}, inverse: {command: [b]}'), 'is put back by itself'],
    [oneStep('command: [$(NODES)]'), '$(NODES) is no variable'],
    [oneStep('http: {url: ftp://a}'), 'must begin with http'],
    [oneStep('command: [a]', 'at: before-drain, nodeSelector: {rack: b7}'), 'hooks[0].nodeSelector.rack: is not known'],
    [
      'hooks: [{name: a, at: before-drain, steps: [{name: s, command: [a]}, {name: s, command: [a]}]}]',
      'hooks[0].steps: has "s" twice',
    ],
  ])('refuses %s', (text, problem) => {
    expect(problemsIn(text).join('\n')).toContain(problem);
  });
});

test('the one in docs/hooks.md is one', async () => {
  const page = await readFile('docs/hooks.md', 'utf8');
  const value = valueFromText(/```yaml\n([^]*?)```/.exec(page)?.[1] ?? '');
  expect(value.ok && hooksFromValue(value.value)).toMatchObject({ ok: true });
});

describe('variables', () => {
  const variables = { node: 'n1', owner: 'ana', reason: '', labels: new Map([['topology.kubernetes.io/zone', 'b']]) };

  test('stand for what is known of the node', () => {
    const text = "$(NODE) $(OWNER)[$(REASON)] $(LABELS['topology.kubernetes.io/zone']) $$(NODE) $NODE";
    expect(filledText(text, variables)).toBe('n1 ana[] b $(NODE) $NODE');
    expect(filled({ a: ['$(NODE)', 1, null], $key: '$(NODE)' }, variables)).toEqual({ a: ['n1', 1, null], $key: 'n1' });
  });

  test('what they stand for is not read again', () => {
    expect(filledText('$(OWNER)', { ...variables, owner: '$(NODE)$&' })).toBe('$(NODE)$&');
  });

  test('a label that the node does not have is an error', () => {
    expect(() => filledText("$(LABELS['rack'])", variables)).toThrow('node n1 has no label rack');
  });
});
