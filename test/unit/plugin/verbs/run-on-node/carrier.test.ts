import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import { podPath, podsPath, textAt, type ApiAnswer } from '../../../../../shared/index.ts';
import { snapshotFromObject } from '../../../../../plugin/nodes/snapshot.ts';
import { SignalRelay } from '../../../../../plugin/command/signals.ts';
import type { CarriedOut } from '../../../../../plugin/verbs/run/carrier.ts';
import { onNodeCarrier } from '../../../../../plugin/verbs/run/on-node/carrier.ts';
import { HeardScreen, settle, ToldClock, ToldCluster } from '../../world.ts';

const ON_NODE = { image: 'tools:1', profile: 'sysadmin', namespace: 'runs', script: undefined } as const;
const PODS = podsPath('runs');
const POD = podPath('runs', 'run-n1');

/** A pod of the command in a state. */
function pod(state: object = {}, phase = 'Running'): object {
  return {
    metadata: { name: 'run-n1', uid: 'p1' },
    status: { phase, containerStatuses: [{ name: 'command', state }] },
  };
}

async function* logOf(...parts: readonly string[]): AsyncIterable<Buffer> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}

let cluster: ToldCluster;
let clock: ToldClock;
let screen: HeardScreen;
let told: string[];
let text: string;
let signals: EventEmitter;
let interrupt: AbortController;
let down: AbortController;

beforeEach(() => {
  [cluster, clock, screen] = [new ToldCluster(), new ToldClock(), new HeardScreen()];
  [told, text, signals] = [[], '', new EventEmitter()];
  [interrupt, down] = [new AbortController(), new AbortController()];
  cluster.lists.set(PODS, [pod()]);
  cluster.say = ({ method }): ApiAnswer => ({ status: method === 'POST' ? 201 : 200, headers: {}, body: pod() });
});

function begin(commandTimeoutMs = 0): Promise<CarriedOut> {
  const node = snapshotFromObject({ metadata: { name: 'n1', uid: 'u1' } });
  if (node === undefined) throw new Error('no node');
  const session = { cluster, clock, screen, signal: interrupt.signal };
  const command = { program: 'true', args: [] };
  const carrier = onNodeCarrier({ onNode: ON_NODE, command, commandTimeoutMs }, session);
  return carrier.carryOut(
    { node, claim: { owner: 'ana', id: 'c1' } },
    {
      sink: { write: (_, bytes) => void (text += bytes.toString()), isQuiet: () => false, end: () => undefined },
      relay: new SignalRelay(signals),
      tell: (said) => void told.push(said),
      down: down.signal,
    },
  );
}

/** What was asked for about pods, as `METHOD grace`. */
function removals(): readonly unknown[] {
  return cluster.requests
    .filter(({ method, path }) => method === 'DELETE' && path === POD)
    .map(({ body }) => (body as { gracePeriodSeconds?: number }).gracePeriodSeconds);
}

/** Lets time pass until something ends. */
async function through(ended: Promise<CarriedOut>, ms: number): Promise<CarriedOut> {
  const over = new AbortController();
  const end = (): void => {
    over.abort();
  };
  ended.then(end, end);
  for (let turn = 0; turn < 20 && !over.signal.aborted; turn += 1) await clock.pass(ms);
  return ended;
}

describe('a command on the node', () => {
  test('is heard to its end, though its log breaks off and its last lines come late', async () => {
    const stamp = (second: number): string => `2026-11-29T10:00:0${second}.000000000Z`;
    cluster.streams = [
      logOf(`${stamp(1)} one\n${stamp(2)} tw`),
      logOf(`${stamp(2)} two\n`),
      logOf(`${stamp(2)} two\n${stamp(3)} three\n`),
    ];
    cluster.say = ({ method }) => {
      if (method === 'DELETE') cluster.tell(PODS, 'removed', pod());
      return { status: 201, headers: {}, body: pod() };
    };
    const ended = begin();
    await settle();
    cluster.tell(PODS, 'changed', pod({ running: {} }));
    await settle();
    expect(text).toBe('one\ntw');
    await clock.pass(1000);
    expect(text).toBe('one\ntwo\n');
    cluster.tell(PODS, 'changed', pod({ terminated: { exitCode: 0 } }, 'Succeeded'));
    // No time has to pass for it.
    expect(await ended).toMatchObject({ code: 0, isWell: true, words: 'ended well' });
    expect(text).toBe('one\ntwo\nthree\n');
    const logs = cluster.requests.filter(({ path }) => path === `${POD}/log`).map(({ query }) => query?.['sinceTime']);
    expect(logs).toEqual([undefined, stamp(2), stamp(2)]);
    expect(removals()).toEqual([undefined]);
    expect(signals.eventNames()).toEqual([]);
  });

  test('an image that cannot be had is told, and given up in the end', async () => {
    const ended = begin();
    await settle();
    cluster.tell(PODS, 'changed', pod({ waiting: { reason: 'ErrImagePull', message: 'no such image' } }, 'Pending'));
    await settle();
    expect(told).toEqual(['does not begin yet: ErrImagePull: no such image']);
    await expect(through(ended, 300_000)).rejects.toMatchObject({
      code: 'gave-up',
      message: 'the command was not begun within 5m: ErrImagePull: no such image',
      hint: 'kubectl describe pod -n runs run-n1',
    });
    expect(removals()).toEqual([undefined]);
  });

  test('a first signal asks for its end with grace, a second one at once', async () => {
    const ended = begin();
    await settle();
    cluster.tell(PODS, 'changed', pod({ running: {} }));
    await settle();
    signals.emit('SIGINT', 'SIGINT');
    await settle();
    expect(removals()).toEqual([30]);
    signals.emit('SIGINT', 'SIGINT');
    await settle();
    expect(removals()).toEqual([30, 1]);
    cluster.tell(PODS, 'changed', pod({ terminated: { exitCode: 137 } }, 'Failed'));
    expect(await through(ended, 2000)).toMatchObject({ code: 137, words: 'exited with code 137 (SIGKILL)' });
  });

  test('an interruption while it is made ends it as well', async () => {
    interrupt.abort();
    const ended = begin();
    await settle();
    expect(removals()).toEqual([30]);
    cluster.tell(PODS, 'removed', pod());
    expect(await through(ended, 2000)).toMatchObject({ isWell: false, words: 'was ended' });
  });

  test('somebody who deletes its pod has ended it, and nobody knows how', async () => {
    const ended = begin();
    await settle();
    cluster.tell(PODS, 'changed', pod({ running: {} }));
    await settle();
    cluster.tell(PODS, 'removed', pod());
    expect(await through(ended, 2000)).toMatchObject({
      code: null,
      mayBeDown: false,
      words: 'was ended by somebody who deleted pod run-n1 in namespace runs',
    });
    expect(removals()).toEqual([]);
  });

  test('a node that has gone down takes it along, where its kubelet does not say so in time', async () => {
    const ended = begin();
    await settle();
    cluster.tell(PODS, 'changed', pod({ running: {} }));
    await settle();
    down.abort();
    await settle();
    expect(await through(ended, 20_000)).toMatchObject({ mayBeDown: true, words: 'went down with its node' });
    expect(screen.warnings).toEqual(['pod run-n1 in namespace runs is still there, and goes when its kubelet says so']);
  });

  test('what runs on its node already is not disturbed', async () => {
    cluster.objects.set(POD, {
      metadata: {
        name: 'run-n1',
        uid: 'p0',
        creationTimestamp: '2026-11-29T09:00:00Z',
        annotations: { 'kubectl-maint.io/owner': 'bob' },
      },
      spec: { nodeName: 'n1' },
      status: { phase: 'Running' },
    });
    await expect(begin()).rejects.toMatchObject({
      code: 'denied',
      message: 'node n1 runs the command of a run of bob since 2026-11-29T09:00:00Z: pod run-n1 in namespace runs',
    });
    expect(cluster.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('what the API server says to a pod that it refuses is passed on', async () => {
    cluster.say = () => ({ status: 403, headers: {}, body: { message: 'exceeded quota: runs' } });
    await expect(begin()).rejects.toMatchObject({
      code: 'denied',
      message: 'the pod of the command is refused: exceeded quota: runs',
    });
    expect(textAt(cluster.requests.at(-1)?.body, 'spec', 'nodeName')).toBe('n1');
  });
});
