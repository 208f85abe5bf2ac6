import { expect, test } from 'vitest';
import { RUN_SIGN_MS } from '../../../../plugin/nodes/conditions.ts';
import { giveSigns } from '../../../../plugin/verbs/run/step.ts';
import { at, listAt, nodePath, nodeStatusPath, RECORD_ANNOTATION, STATE_LABEL } from '../../../../shared/index.ts';
import { answer, failure, nodeObject, nodeSnapshot, START, toldSession, type NodeShape } from '../world.ts';

const CLAIM = { owner: 'ana', id: 'one' };
const TOLD = { type: 'MaintenanceInProgress', status: 'True', reason: 'AdminRequested', message: 'drain for ana' };

function held(claim: object): NodeShape {
  const claims = [{ ...claim, mode: 'drain', since: '2026-01-05T22:00:00Z' }];
  const record = { version: 1, claims, before: { cordoned: false }, initiatedAt: '2026-01-05T22:00:00Z' };
  return {
    labels: { [STATE_LABEL]: 'complete' },
    annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) },
    conditions: [{ type: 'Ready', status: 'True' }, TOLD],
  };
}

/** A run that goes on with a node, which is in maintenance by that claim. */
function begin(claim: object = CLAIM) {
  const world = toldSession();
  const { cluster, session } = world;
  cluster.objects.set(nodePath('n1'), nodeObject('n1', held(claim)));
  cluster.say = () => answer(200, nodeObject('n1', held(claim)));
  const over = new AbortController();
  const signs = giveSigns({ node: nodeSnapshot('n1'), claim: CLAIM }, { session }, over.signal);
  return { ...world, over, signs };
}

test('a node hears once a minute that its run goes on, and nothing more when it is over', async () => {
  const { cluster, clock, over, signs } = begin();
  await clock.pass(RUN_SIGN_MS - 1);
  expect(cluster.requests).toEqual([]);
  await clock.pass(1);
  const [sign] = cluster.requests;
  expect(sign).toMatchObject({ method: 'PATCH', path: nodeStatusPath('n1') });
  const now = new Date(START + RUN_SIGN_MS).toISOString().replace('.000Z', 'Z');
  expect(listAt(at(sign?.body, 'status'), 'conditions')).toEqual([{ ...TOLD, lastHeartbeatTime: now }]);
  await clock.pass(RUN_SIGN_MS);
  expect(cluster.requests).toHaveLength(2);
  over.abort();
  await signs;
  await clock.pass(RUN_SIGN_MS);
  expect(cluster.requests).toHaveLength(2);
});

test('a node that another run has taken hears nothing; a server that fails hears the next sign', async () => {
  const other = begin({ owner: 'ana', id: 'another' });
  await other.clock.pass(RUN_SIGN_MS);
  expect(other.cluster.requests).toEqual([]);
  const { cluster, clock } = begin();
  cluster.say = () => failure(403, 'no');
  await clock.pass(RUN_SIGN_MS);
  await clock.pass(RUN_SIGN_MS);
  expect(cluster.requests).toHaveLength(2);
});
