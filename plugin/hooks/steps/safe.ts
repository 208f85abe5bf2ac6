import { MaintError, renderDuration } from '../../../shared/index.ts';
import type { ActionOf } from '../hook.ts';
import type { Prepared, StepPorts } from './step.ts';

/** How often a system is asked, in ms: a replica is built in minutes, and all of its kinds are listed for it. */
const ASK_EVERY_MS = 5000;

/** Waits until a data system would lose nothing with the node; changes nothing, so that nothing is recorded. Throws MaintError. */
export function prepareSafe({ system }: ActionOf<'safe'>, ports: StepPorts): Prepared {
  const { clock, signal, atStake, variables, acceptedLoss } = ports;
  return {
    undo: [],
    carryOut: async () => {
      const began = clock.now();
      for (;;) {
        const asked = { node: variables.node, accepted: acceptedLoss, now: clock.now(), freshMs: ASK_EVERY_MS };
        const lost = await atStake.of(system, asked);
        if (lost.length === 0) return 'done';
        await clock.sleep(ASK_EVERY_MS, signal);
        if (signal.aborted)
          throw new MaintError('gave-up', `${lost.join('; ')} (waited for ${renderDuration(clock.now() - began)})`);
      }
    },
  };
}
