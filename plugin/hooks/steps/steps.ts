import { MaintError } from '../../../shared/index.ts';
import type { ActionOf, Inverse, Step } from '../hook.ts';
import type { Undo } from '../record/undo.ts';
import { filledText } from '../template.ts';
import { filledCall, makeCall } from './call.ts';
import { deleteObject, deletionOf, jobFor, runJob } from './job.ts';
import { preparePatch, undoFields } from './patch.ts';
import { prepareRestore } from './satellite.ts';
import { prepareSafe } from './safe.ts';
import { prepareSilence, undoSilence } from './silence.ts';
import { UNDONE, type Prepared, type StepPorts, type Undone } from './step.ts';

/** Prepares a step for a node; nothing is written. Undefined where everything is so already. Throws MaintError. */
export async function prepare({ action, inverse }: Step, ports: StepPorts): Promise<Prepared | undefined> {
  switch (action.kind) {
    case 'patch':
      return preparePatch(action, ports);
    case 'wait': {
      // With what reads JSONPath, which no other step needs.
      const { prepareWait } = await import('./wait.ts');
      return prepareWait(action, ports);
    }
    case 'safe':
      return prepareSafe(action, ports);
    case 'satellite':
      return prepareRestore(action, ports);
    case 'silence':
      return prepareSilence(action, ports);
    case 'call':
    case 'command':
    case 'job':
      return {
        undo: [
          ...undoBy(inverse, ports),
          ...(action.kind === 'job' ? [deletionOf(jobFor(action, 'step', ports))] : []),
        ],
        carryOut: async () => {
          await carryOut(action, ports);
          return 'done';
        },
      };
  }
}

async function carryOut(action: ActionOf<'call' | 'command' | 'job'>, ports: StepPorts): Promise<void> {
  switch (action.kind) {
    case 'call':
      return makeCall(filledCall(action, ports.variables), ports.signal);
    case 'command':
      return runProgram(wordsFor(action, ports), ports);
    case 'job':
      return runJob(jobFor(action, 'step', ports), ports);
  }
}

/** What an inverse comes to, with everything filled in by now: nobody knows what the labels of the node are then. */
function undoBy(inverse: Inverse | undefined, ports: StepPorts): readonly Undo[] {
  switch (inverse?.kind) {
    case 'call':
      return [{ kind: 'call', call: filledCall(inverse, ports.variables) }];
    case 'command':
      return [{ kind: 'command', words: [...wordsFor(inverse, ports)] }];
    case 'job': {
      const made = jobFor(inverse, 'inverse', ports);
      return [{ kind: 'job', ...made }, deletionOf(made)];
    }
    case undefined:
      return [];
  }
}

function wordsFor({ words }: ActionOf<'command'>, { variables }: StepPorts): readonly string[] {
  return words.map((word) => filledText(word, variables));
}

/** Does one thing that undoes a step. Throws MaintError. */
export async function undo(one: Undo, ports: StepPorts): Promise<Undone> {
  switch (one.kind) {
    case 'fields':
      return undoFields(one, ports);
    case 'silence':
      return undoSilence(one, ports);
    case 'call':
      await makeCall(one.call, ports.signal);
      return UNDONE;
    case 'command':
      await runProgram(one.words, ports);
      return UNDONE;
    case 'job':
      await runJob({ namespace: one.namespace, job: one.job }, ports);
      return UNDONE;
    case 'delete':
      await deleteObject(one.path, ports);
      return UNDONE;
  }
}

async function runProgram(words: readonly string[], { runProgram, variables, signal }: StepPorts): Promise<void> {
  if (runProgram === undefined)
    throw new MaintError('denied', `it is a command of this machine: ${words.join(' ')}`, {
      hint: 'run the same command again with --allow-commands',
    });
  await runProgram(words, variables, signal);
}
