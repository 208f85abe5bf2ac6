import { MaintError, renderDuration } from '../../../shared/index.ts';
import { expectationIn } from '../../expectations/expectation.ts';
import { resolved, unmet } from '../../expectations/unmet.ts';
import { shellLine } from '../../terminal/shell-line.ts';
import type { ActionOf } from '../hook.ts';
import { filledText } from '../template.ts';
import type { Prepared, StepPorts } from './step.ts';

/** How often objects are looked at, in ms: as often as kubectl wait tells of them would be a watch for each. */
const LOOK_EVERY_MS = 1000;

/** Waits until objects are as they have to be; changes nothing, so that nothing is recorded. Throws MaintError. */
export async function prepareWait({ line }: ActionOf<'wait'>, ports: StepPorts): Promise<Prepared> {
  const { cluster, clock, signal, resources, variables } = ports;
  const text = filledText(line, variables, (value) => shellLine([value]));
  const expectation = await resolved(expectationIn(text, 0), resources);
  return {
    undo: [],
    carryOut: async () => {
      const began = clock.now();
      for (;;) {
        const why = await unmet(expectation, cluster);
        if (why.length === 0) return 'done';
        await clock.sleep(LOOK_EVERY_MS, signal);
        if (signal.aborted)
          throw new MaintError('gave-up', `${why.join('; ')} (waited for ${renderDuration(clock.now() - began)})`);
      }
    },
  };
}
