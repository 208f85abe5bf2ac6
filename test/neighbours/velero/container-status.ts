import { listAt, textAt } from '../../../shared/index.ts';

/** Statuses of pods, as a kubelet writes them. */

/** Of a pod whose only container has ended with a code and last words. */
export function endedStatus(container: unknown, code: number | null, message: string): object {
  const exitCode = code ?? 137;
  const terminated = { exitCode, message, reason: exitCode === 0 ? 'Completed' : 'Error' };
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [{ ...statusOf(container), ready: false, state: { terminated } }],
  };
}

/** Of a pod of which an init container waits for something. */
export function waitingStatus(container: unknown): object {
  return {
    phase: 'Pending',
    conditions: conditionsOf('False'),
    initContainerStatuses: [{ ...statusOf(container), ready: false, state: { running: startedNow() } }],
  };
}

/** Of a pod that runs. */
export function runningStatus(pod: unknown): object {
  const terminated = { exitCode: 0, reason: 'Completed' };
  return {
    phase: 'Running',
    conditions: conditionsOf('True'),
    initContainerStatuses: listAt(pod, 'spec', 'initContainers').map((container) => ({
      ...statusOf(container),
      ready: true,
      state: { terminated },
    })),
    containerStatuses: listAt(pod, 'spec', 'containers').map((container) => ({
      ...statusOf(container),
      ready: true,
      state: { running: startedNow() },
    })),
  };
}

function statusOf(container: unknown): object {
  return { name: textAt(container, 'name'), image: textAt(container, 'image'), imageID: '', restartCount: 0 };
}

function startedNow(): object {
  return { startedAt: new Date().toISOString() };
}

function conditionsOf(ready: 'True' | 'False'): readonly object[] {
  return [
    { type: 'PodScheduled', status: 'True' },
    ...['Initialized', 'Ready', 'ContainersReady'].map((type) => ({ type, status: ready })),
  ];
}
