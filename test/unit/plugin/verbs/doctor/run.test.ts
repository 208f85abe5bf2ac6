import { expect, test } from 'vitest';
import { askGuard } from '../../../../../plugin/verbs/doctor/guard-canary.ts';
import { runDoctor } from '../../../../../plugin/verbs/doctor/doctor.ts';
import type { DoctorOperation } from '../../../../../plugin/verbs/doctor/flags.ts';
import { like } from '../../../../support/like.ts';
import { answer, failure, nodeSnapshot, settle, toldSession } from '../../world.ts';

const OPERATION: DoctorOperation = { verb: 'doctor', cluster: {}, format: 'text', redact: false };

test('after a second of silence it is said what is still asked', async () => {
  const { session, cluster, clock, screen } = toldSession();
  const rules = Promise.withResolvers<ReturnType<typeof answer>>();
  cluster.say = ({ path }) => (path.includes('selfsubjectrulesreviews') ? rules.promise : answer(200));
  const running = runDoctor(OPERATION, { ...session, version: '1.2.3', colour: false });
  await settle();
  expect(screen.notes).toEqual([]);
  await clock.pass(1000);
  expect(screen.notes).toEqual(['still asking: rights ...']);
  rules.resolve(failure(403, 'no'));
  expect(await running).toBe(5);
  expect(screen.results).toEqual([like(/^fail +webhook .*is missing/m)]);
});

test('calls of a webhook that is slow are not timed for ever', async () => {
  const { cluster, clock } = toldSession();
  cluster.say = async () => {
    await clock.pass(900);
    return failure(403, 'admission webhook "node-guard.kubectl-maint.io" denied the request: node-guard: no');
  };
  const nodes = () => Promise.resolve([nodeSnapshot('n1')]);
  const canary = await askGuard({ cluster, nodes }, () => clock.now());
  expect(canary?.calls).toEqual([900, 900, 900]);
});
