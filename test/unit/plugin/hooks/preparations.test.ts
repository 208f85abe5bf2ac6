import { expect, test } from 'vitest';
import { HOOK_FLAGS } from '../../../../plugin/hooks/flags.ts';
import { PREPARATIONS, preparedHooks } from '../../../../plugin/hooks/preparations/registry.ts';

test.each(PREPARATIONS)('$id is a hook file like any other', ({ id }) => {
  expect(preparedHooks([id], '--prepare').length).toBeGreaterThan(0);
});

test('the flag names them all, and no other is taken', () => {
  const ids = PREPARATIONS.map(({ id }) => id);
  expect(HOOK_FLAGS.prepare.completes.list).toEqual(ids);
  expect(HOOK_FLAGS.prepare.describe).toContain(`: ${ids.join(', ')} (`);
  expect(() => preparedHooks(['ceph'], '--prepare')).toThrow(
    '--prepare: "ceph" is no preparation; there are alertmanager, cnpg',
  );
});
