import { expect, test } from 'vitest';
import { HOOK_FLAGS } from '../../../../plugin/hooks/flags.ts';
import { PREPARATIONS, preparedHooks } from '../../../../plugin/hooks/preparations/registry.ts';

test.each(PREPARATIONS)('$id is a hook file like any other', ({ id }) => {
  expect(preparedHooks([id], '--prepare').length).toBeGreaterThan(0);
});

test('what becomes of data heeds --data, and it is kept where nobody says', () => {
  const steps = (data?: 'keep' | 'ensure' | 'evacuate'): readonly string[] =>
    preparedHooks(['longhorn'], '--prepare', data).flatMap((hook) => hook.steps.map(({ name }) => name));
  expect(steps()).toEqual(steps('keep'));
  expect(steps('ensure')).toEqual(['no-new-replicas', 'data-is-safe']);
  expect(steps('evacuate')).toEqual(['move-replicas', 'replicas-have-left', 'data-is-safe']);
});

test('a mode that a system cannot do is refused', () => {
  expect(() => preparedHooks(['linstor'], '--prepare', 'evacuate')).toThrow(
    '--data=evacuate is nothing that --prepare=linstor can do: keep or ensure',
  );
  expect(preparedHooks(['linstor'], '--prepare', 'ensure').map(({ name }) => name)).toEqual([
    'linstor',
    'linstor-return',
  ]);
});

test('the flag names them all, and no other is taken', () => {
  const ids = PREPARATIONS.map(({ id }) => id);
  expect(HOOK_FLAGS.prepare.completes.list).toEqual(ids);
  expect(HOOK_FLAGS.prepare.describe).toContain(`: ${ids.join(', ')} (`);
  expect(() => preparedHooks(['ceph'], '--prepare')).toThrow(
    '--prepare: "ceph" is no preparation; there are alertmanager, cnpg',
  );
});
