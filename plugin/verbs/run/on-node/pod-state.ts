import { at, clean, listAt, MAX_TEXT, numberAt, renderDuration, textAt } from '../../../../shared/index.ts';
import type { CarriedOut } from '../carrier.ts';
import { CONTAINER } from './pod.ts';

/** A pod of ours as it is now. */
export interface PodState {
  readonly uid: string;
  readonly isDeleting: boolean;
  /** `running` and `ended` say what they mean; `starting` with what keeps it, in the kubelet's words, where something does. */
  readonly step: 'starting' | 'running' | 'ended';
  readonly kept: string | undefined;
  readonly end: ContainerEnd | undefined;
  /** The pod's own reason, where the kubelet has ended it as a whole or never took it: `Evicted`, `DeadlineExceeded`, `OutOfcpu`. */
  readonly podReason: string;
  readonly podMessage: string;
}

/** How its container ended. */
interface ContainerEnd {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** Reads a Pod object. */
export function podState(object: unknown): PodState {
  const state = at(
    listAt(object, 'status', 'containerStatuses').find((one) => textAt(one, 'name') === CONTAINER),
    'state',
  );
  const phase = textAt(object, 'status', 'phase') ?? '';
  const terminated = at(state, 'terminated');
  const isOver = terminated != null || phase === 'Succeeded' || phase === 'Failed';
  return {
    uid: textAt(object, 'metadata', 'uid') ?? '',
    isDeleting: at(object, 'metadata', 'deletionTimestamp') != null,
    step: isOver ? 'ended' : at(state, 'running') != null ? 'running' : 'starting',
    kept: keptBy(at(state, 'waiting')),
    end: terminated == null ? undefined : containerEnd(terminated),
    podReason: textAt(object, 'status', 'reason') ?? '',
    podMessage: said(textAt(object, 'status', 'message')),
  };
}

function containerEnd(terminated: unknown): ContainerEnd {
  return {
    code: numberAt(terminated, 'exitCode') ?? UNKNOWN_CODE,
    reason: textAt(terminated, 'reason') ?? '',
    message: said(textAt(terminated, 'message')),
  };
}

/** What a kubelet reports that has lost sight of a container (k8s pkg/kubelet, ContainerStatusUnknown). */
const UNKNOWN_CODE = 137;

/** What every pod waits for at first. */
const ORDINARY = ['ContainerCreating', 'PodInitializing'];

function keptBy(waiting: unknown): string | undefined {
  const reason = textAt(waiting, 'reason') ?? '';
  if (reason === '' || ORDINARY.includes(reason)) return undefined;
  const message = said(textAt(waiting, 'message'));
  return message === '' ? clean(reason, MAX_TEXT) : `${clean(reason, MAX_TEXT)}: ${message}`;
}

function said(text = ''): string {
  return clean(text.replaceAll('\n', ' ').trim(), MAX_TEXT);
}

/** The first exit code of those that shells give to what a signal has ended: the signal's number is added. */
const SIGNALLED = 128;
/** Signals by which programs are ended. */
const SIGNALS: Readonly<Record<number, string>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  134: 'SIGABRT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  141: 'SIGPIPE',
  143: 'SIGTERM',
};

/** The container never ran (containerd, CRI-O and cri-dockerd; k8s pkg/kubelet). */
const NEVER_RAN = ['StartError', 'ContainerCannotRun', 'CreateContainerError'];

/** How a command ended, by the last that was seen of its pod. Undefined: it was never begun, and `podWhy` says why. */
export function endOf({ end, podReason }: PodState, timedOutMs: number | undefined): CarriedOut | undefined {
  if (end === undefined || NEVER_RAN.includes(end.reason)) return undefined;
  const { code } = end;
  if (timedOutMs !== undefined)
    return {
      code,
      isWell: false,
      mayBeDown: false,
      words: `was stopped after ${renderDuration(timedOutMs)} (--command-timeout)`,
    };
  const words = code === 0 ? 'ended well' : `exited with code ${code}${whyCode(code, end.reason, podReason)}`;
  // A pod that its kubelet ends because the machine goes down may still end well.
  return { code, isWell: code === 0, mayBeDown: code >= SIGNALLED, words };
}

function whyCode(code: number, reason: string, podReason: string): string {
  const signal = SIGNALS[code];
  const parts = [
    ...(signal === undefined ? [] : [signal]),
    ...(reason === 'OOMKilled' ? ['out of memory'] : []),
    ...(reason === 'ContainerStatusUnknown' ? ['the kubelet has lost sight of it'] : []),
    ...(podReason === '' ? [] : [`the pod: ${clean(podReason, MAX_TEXT)}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** Why a command was never begun, in the kubelet's words. */
export function whyNotBegun({ kept, end, podReason, podMessage }: PodState): string {
  if (end !== undefined && end.message !== '') return end.message;
  const pod = [clean(podReason, MAX_TEXT), podMessage].filter((part) => part !== '').join(': ');
  return pod === '' ? (kept ?? 'its kubelet has not started it') : pod;
}
