import { expect, test } from 'vitest';
import { rightsFor } from '../../../../plugin/preflight/required-rights.ts';
import { renderRight } from '../../../../plugin/preflight/rights.ts';
import { parse } from '../../../support/parsed.ts';
import { nodeFacts, podFacts } from '../world.ts';

test('what comes after the evictions is asked for before them', async () => {
  const plan = {
    node: 'n1',
    evict: [podFacts('web', { namespace: 'shop', owner: { kind: 'ReplicaSet' } })],
    waitFor: [],
    leave: [],
    refused: [],
    warnings: [],
    refusals: [],
  };
  const asked = async (...flags: readonly string[]) => {
    const operation = await parse(['on', 'n1', ...flags]);
    if (operation.verb !== 'on') throw new Error('it is an on');
    return rightsFor(operation, [nodeFacts('n1')], [plan]).map(renderRight);
  };
  const always = ['patch nodes/n1', 'create pods/eviction in namespace shop'];
  expect(await asked()).toEqual(always);
  expect(await asked('--wait-ready')).toEqual([...always, 'list replicasets in namespace shop']);
  expect(await asked('--wait-volumes')).toEqual([...always, 'list volumeattachments']);
  expect(await asked('--wait-volumes', '--pod-selector=app=web')).toEqual([
    ...always,
    'list volumeattachments',
    'get persistentvolumeclaims',
  ]);
});
