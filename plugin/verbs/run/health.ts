import { withinTime } from '../../session/deadline.ts';
import { passGate } from '../../health/gate.ts';
import { tellOffInWords } from '../off/index.ts';
import type { Screen } from '../../terminal/screen.ts';
import type { NodesRun } from './nodes-run.ts';

/** Waits until a node without a record is healthy, as `off` would with one. Throws MaintError('gave-up'). */
export async function waitForHealth(name: string, { operation, session, view }: NodesRun): Promise<void> {
  const { skipHealthCheck, healthyForMs, timeoutMs } = operation.off;
  if (skipHealthCheck) return;
  const screen: Screen = { ...session.screen, live: undefined };
  const waiting = { timeoutMs, waitsFor: `node ${name} to be healthy`, hint: `kubectl get node ${name}` };
  const pods = await view.pods();
  let told: string | undefined;
  await withinTime(waiting, session, (signal) =>
    passGate({
      node: name,
      healthyForMs,
      session,
      signal,
      note: (text) => {
        screen.note(text);
      },
      tell: (state) => {
        const problems = state.problems.join(', ');
        if (problems !== told) tellOffInWords({ type: 'progress', ...state }, screen);
        told = problems;
      },
      isOver: () => false,
      pods,
    }),
  );
}
