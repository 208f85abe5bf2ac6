import { describe, expect, test } from 'vitest';
import { commandEnvironment } from '../../../../plugin/command/environment.ts';
import type { NodeSnapshot } from '../../../../plugin/nodes/snapshot.ts';
import { nodeSnapshot } from '../world.ts';

function nodeWith(...addresses: readonly (readonly [type: string, address: string])[]): NodeSnapshot {
  const status = { addresses: addresses.map(([type, address]) => ({ type, address })) };
  return { ...nodeSnapshot('n1'), raw: { metadata: { name: 'n1' }, status } };
}

describe('the address of a node', () => {
  test.each<[string, readonly (readonly [string, string])[], string]>([
    [
      'internal before external',
      [
        ['ExternalIP', '203.0.113.7'],
        ['InternalIP', '10.0.0.7'],
      ],
      '10.0.0.7',
    ],
    [
      'the first of two families',
      [
        ['InternalIP', '10.0.0.7'],
        ['InternalIP', 'fd00::7'],
      ],
      '10.0.0.7',
    ],
    [
      'external, where there is no other',
      [
        ['Hostname', 'n1'],
        ['ExternalIP', '203.0.113.7'],
      ],
      '203.0.113.7',
    ],
    ['none', [['Hostname', 'n1']], ''],
    [
      'no flag for ssh',
      [
        ['InternalIP', '-oProxyCommand=reboot'],
        ['ExternalIP', '203.0.113.7'],
      ],
      '203.0.113.7',
    ],
  ])('%s', (_, addresses, ip) => {
    expect(commandEnvironment({}, nodeWith(...addresses), {})).toMatchObject({ NODE: 'n1', NODE_IP: ip });
  });
});

test('what is not set is empty, and nothing is inherited in its place; control characters go', () => {
  const outer = { PATH: '/bin', NODE: 'x', MAINT_TICKET: 'old', MAINT_REASON: 'old' };
  expect(commandEnvironment(outer, nodeWith(), { owner: 'ana', reason: 'new\u0000\nkernel' })).toEqual({
    PATH: '/bin',
    NODE: 'n1',
    NODE_IP: '',
    MAINT_OWNER: 'ana',
    MAINT_REASON: 'new kernel',
    MAINT_TICKET: '',
  });
});
