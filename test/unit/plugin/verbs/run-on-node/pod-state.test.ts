import { describe, expect, test } from 'vitest';
import { endOf, podState, whyNotBegun } from '../../../../../plugin/verbs/run/on-node/pod-state.ts';

function pod(state: object, status: object = {}): unknown {
  return { metadata: { uid: 'p1' }, status: { containerStatuses: [{ name: 'command', state }], ...status } };
}

describe('the step of a pod', () => {
  test.each<[string, unknown, object]>([
    ['new', { metadata: { uid: 'p1' } }, { uid: 'p1', step: 'starting', kept: undefined }],
    ['being made', pod({ waiting: { reason: 'ContainerCreating' } }), { step: 'starting', kept: undefined }],
    [
      'without its image',
      pod({ waiting: { reason: 'ErrImagePull', message: 'no\nsuch' } }),
      { step: 'starting', kept: 'ErrImagePull: no such' },
    ],
    ['running', pod({ running: {} }, { phase: 'Running' }), { step: 'running' }],
    ['ended', pod({ terminated: { exitCode: 3 } }, { phase: 'Running' }), { step: 'ended' }],
    ['never taken', { status: { phase: 'Failed', reason: 'OutOfpods' } }, { step: 'ended', end: undefined }],
    ['about to go', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, { isDeleting: true }],
  ])('%s', (_, object, seen) => {
    expect(podState(object)).toMatchObject(seen);
  });
});

describe('the end of a command', () => {
  test.each<[string, object, object, object]>([
    ['well', { exitCode: 0 }, {}, { code: 0, isWell: true, words: 'ended well' }],
    [
      'a failure of its own',
      { exitCode: 3 },
      {},
      { code: 3, isWell: false, mayBeDown: false, words: 'exited with code 3' },
    ],
    ['a signal', { exitCode: 143 }, {}, { isWell: false, mayBeDown: true, words: 'exited with code 143 (SIGTERM)' }],
    ['a connection that broke', { exitCode: 255 }, {}, { mayBeDown: true, words: 'exited with code 255' }],
    ['memory', { exitCode: 137, reason: 'OOMKilled' }, {}, { words: 'exited with code 137 (SIGKILL, out of memory)' }],
    [
      'the node ends its pods',
      { exitCode: 137, reason: 'ContainerStatusUnknown' },
      { reason: 'Terminated' },
      {
        mayBeDown: true,
        words: 'exited with code 137 (SIGKILL, the kubelet has lost sight of it, the pod: Terminated)',
      },
    ],
  ])('%s', (_, terminated, status, end) => {
    expect(endOf(podState(pod({ terminated }, status)), undefined)).toMatchObject(end);
  });

  test('one that had to be stopped has failed, whatever it says', () => {
    const state = podState(pod({ terminated: { exitCode: 0 } }));
    expect(endOf(state, 5000)).toMatchObject({
      isWell: false,
      mayBeDown: false,
      words: 'was stopped after 5s (--command-timeout)',
    });
  });

  test.each<[string, unknown, string]>([
    [
      'a program that is not there',
      pod({ terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "chroot": not found' } }),
      'exec: "chroot": not found',
    ],
    [
      'a full node',
      { status: { phase: 'Failed', reason: 'OutOfpods', message: 'too many pods' } },
      'OutOfpods: too many pods',
    ],
    ['an image', pod({ waiting: { reason: 'ImagePullBackOff' } }), 'ImagePullBackOff'],
    ['a kubelet that says nothing', {}, 'its kubelet has not started it'],
  ])('never begun: %s', (_, object, why) => {
    const state = podState(object);
    expect(endOf(state, undefined)).toBeUndefined();
    expect(whyNotBegun(state)).toBe(why);
  });
});
