import { expect, test } from 'vitest';
import { whyNoChartFloor } from '../../../../plugin/policy/chart-floor.ts';

test.each<[written: object | undefined, backup: string | undefined, scan: string | undefined]>([
  [undefined, undefined, undefined],
  [{ preset: 'default', tools: [], rules: { scan: { mode: 'warn' } } }, undefined, undefined],
  [{ preset: 'palette' }, 'policy.preset is palette', 'policy.preset is palette'],
  [{ tools: [{ id: 'ours' }] }, 'policy.tools adds tools', 'policy.tools adds tools'],
  [{ rules: { scan: { scope: 'node' } } }, undefined, 'policy.rules.scan.scope is set'],
  [
    { rules: { scan: { afterOverdue: 'warn' } } },
    undefined,
    'policy.rules.scan.afterOverdue is set, which the webhook alone goes by',
  ],
  [
    { rules: { backup: { tools: { velero: { mode: 'off' } } } } },
    'policy.rules.backup.tools makes exceptions',
    undefined,
  ],
])('%j', (written, backup, scan) => {
  expect([whyNoChartFloor(written, 'backup'), whyNoChartFloor(written, 'scan')]).toEqual([backup, scan]);
});
