import { clean, MaintError, MAX_TEXT, podsPath, type Cluster } from '../../../../shared/index.ts';
import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import { followCollection, type LiveCollection } from '../../../session/live-collection.ts';
import type { Session } from '../../../session/session.ts';
import { firstOf } from '../../../session/wait.ts';
import { shellLine } from '../../../terminal/shell-line.ts';
import type { CarriedOut, Carrier, CarrierPorts, Turn } from '../carrier.ts';
import { KILL_AFTER_MS } from '../../../command/ending.ts';
import type { NodeCommand } from '../../../command/child.ts';
import { PodLog } from '../../../logs/pod-log.ts';
import { refuseBusy, refuseNotAdmitted, refuseRightless, refuseUnable } from './admitted.ts';
import type { OnNode } from './flags.ts';
import { makeConfigMap, makePod, podOn, refuseRunning, removeConfigMap, removePod } from './objects.ts';
import { PodEnding } from './pod-ending.ts';
import { endOf, podState, whyNotBegun, type PodState } from './pod-state.ts';
import { CONTAINER, podFor, podNameFor, START_MS, type PodPlan } from './pod.ts';
import { configMapFor, readScript, type Script } from './script.ts';
import { scriptName } from './script-place.ts';

/** How often a caller who may not watch pods reads the one pod, in ms. */
const POLL_MS = 2000;

/** How long a log may take to end by itself when its container has, in ms; what is missing then is read anew. */
const LOG_END_MS = 2000;

/** How long a kubelet may take to report the end of a pod whose node has gone down and come back, in ms. */
const REPORT_MS = 20_000;

/** How long the pod of a command that has ended may take to go, in ms. */
const GONE_MS = 10_000;

/** What a run says of a command on the node. */
interface OnNodeCommand {
  readonly onNode: OnNode;
  readonly command: NodeCommand;
  readonly commandTimeoutMs: number;
}

/** Carries the command out on the node itself, in a pod there. */
export function onNodeCarrier(
  { onNode, command, commandTimeoutMs: timeoutMs }: OnNodeCommand,
  session: Session,
): Carrier {
  const { script: path } = onNode;
  let script: Script | undefined;
  const planFor = ({ node, claim }: Turn): PodPlan => ({
    node,
    claim,
    onNode,
    command,
    timeoutMs,
    killAfterMs: KILL_AFTER_MS,
  });
  return {
    line: `${shellLine([path === undefined ? command.program : scriptName(path), ...command.args])} (on the node)`,
    refuseAhead: async (nodes) => {
      refuseUnable(nodes);
      if (path !== undefined) script = await readScript(path);
      await refuseRightless(onNode, session);
      await refuseBusy(nodes, onNode, session);
      const [first] = nodes;
      if (first !== undefined) await refuseNotAdmitted(podFor(planFor(trial(first))), onNode, session);
    },
    carryOut: (turn, ports) => new PodRun(planFor(turn), script, session, ports).carryOut(),
  };
}

/** A turn as it will be, for finding out whether its pod would be let in. */
function trial(node: NodeSnapshot): Turn {
  return { node, claim: { owner: 'trial', id: 'trial' } };
}

/** One command on one node. */
class PodRun {
  readonly #plan: PodPlan;
  readonly #script: Script | undefined;
  readonly #session: Session;
  readonly #ports: CarrierPorts;
  readonly #over = new AbortController();
  readonly #node: string;
  readonly #namespace: string;
  readonly #cluster: Cluster;

  constructor(plan: PodPlan, script: Script | undefined, session: Session, ports: CarrierPorts) {
    this.#plan = plan;
    this.#script = script;
    this.#session = session;
    this.#ports = ports;
    this.#node = plan.node.facts.name;
    this.#namespace = plan.onNode.namespace;
    this.#cluster = session.cluster;
  }

  async carryOut(): Promise<CarriedOut> {
    const { uid } = await this.#make();
    const remove = async (graceS: number): Promise<void> => {
      await this.#remove(uid, graceS);
    };
    const ending = new PodEnding({ timeoutMs: this.#plan.timeoutMs, remove });
    const stopRelay = this.#ports.relay.add(ending.hear);
    // Somebody may have interrupted while it was made.
    if (this.#session.signal.aborted) ending.hear();
    try {
      return await this.#watch(uid, ending);
    } finally {
      ending.over();
      stopRelay();
      this.#over.abort();
      this.#ports.sink.end();
    }
  }

  /** What an earlier run has left, as was told, is removed; what still runs is not disturbed. */
  async #make(): Promise<PodState> {
    const pod = podFor(this.#plan);
    const left = await podOn(this.#node, this.#namespace, this.#cluster);
    if (left !== undefined) {
      refuseRunning(left, this.#namespace);
      await this.#remove(left.state.uid, 0);
    }
    if (this.#script !== undefined) await makeConfigMap(configMapFor(this.#script, this.#plan), this.#cluster);
    const made = await makePod(pod, this.#namespace, this.#cluster);
    if (made !== undefined) return made;
    const other = await podOn(this.#node, this.#namespace, this.#cluster);
    if (other !== undefined) refuseRunning(other, this.#namespace);
    throw new MaintError('gave-up', `another run has made and ended pod ${this.#name} meanwhile`);
  }

  async #watch(uid: string, ending: PodEnding): Promise<CarriedOut> {
    const { signal } = this.#over;
    const { clock } = this.#session;
    const pods = followCollection(
      {
        path: podsPath(this.#namespace),
        query: { fieldSelector: `metadata.name=${this.#name}` },
        project: podState,
        pollMs: POLL_MS,
        signal,
      },
      this.#session,
    );
    const container = { namespace: this.#namespace, pod: this.#name, container: CONTAINER };
    const log = new PodLog(container, {
      cluster: this.#cluster,
      clock,
      take: (bytes) => {
        this.#ports.sink.write('stdout', bytes);
      },
      interrupted: (why) => {
        this.#ports.tell(`cannot be heard at the moment, and runs on: ${clean(why, MAX_TEXT)}`);
      },
    });
    const logOver = new AbortController();
    await pods.first;
    try {
      const begun = await this.#untilBegun(uid, pods, ending);
      if (begun === undefined) return this.#unseen(ending);
      if (begun.step === 'starting') return this.#neverBegun(begun, ending);
      ending.begun();
      const containerOver = new AbortController();
      const following = log.follow(containerOver.signal, AbortSignal.any([signal, logOver.signal]));
      const last = await this.#untilEnded(uid, pods, ending);
      containerOver.abort();
      await firstOf([() => following, (stop) => clock.sleep(last === undefined ? 0 : LOG_END_MS, stop)], signal);
      logOver.abort();
      await following;
      if (last !== undefined) await this.#finish(log);
      return this.#outcome(last, ending);
    } finally {
      logOver.abort();
      await this.#clear(uid, pods);
    }
  }

  /** The pod as soon as its command runs or has ended; as it was last where that takes too long; undefined where it is gone. */
  async #untilBegun(uid: string, pods: Pods, ending: PodEnding): Promise<PodState | undefined> {
    const { clock } = this.#session;
    const until = clock.now() + START_MS;
    let told: string | undefined;
    for (;;) {
      const pod = pods.get(uid);
      if (pod === undefined || pod.step !== 'starting' || clock.now() >= until || ending.isGivenUp || this.#isDown)
        return pod;
      if (pod.kept !== undefined && pod.kept !== told) this.#ports.tell(`does not begin yet: ${pod.kept}`);
      told = pod.kept ?? told;
      await this.#news(uid, pods, ending, until - clock.now());
    }
  }

  /** The pod when its container has ended; undefined where nobody knows, or ever will. */
  async #untilEnded(uid: string, pods: Pods, ending: PodEnding): Promise<PodState | undefined> {
    const { clock } = this.#session;
    let downUntil: number | undefined;
    for (;;) {
      const pod = pods.get(uid);
      if (pod === undefined || pod.step === 'ended') return pod;
      if (this.#isDown) downUntil ??= clock.now() + REPORT_MS;
      if (ending.isGivenUp || (downUntil !== undefined && clock.now() >= downUntil)) return undefined;
      await this.#news(uid, pods, ending, downUntil === undefined ? undefined : downUntil - clock.now());
    }
  }

  #news(uid: string, pods: Pods, ending: PodEnding, withinMs: number | undefined): Promise<void> {
    const { clock } = this.#session;
    const { down } = this.#ports;
    return firstOf(
      [
        (stop) => pods.changed(stop, uid),
        (stop) => ending.changed(stop),
        ...(withinMs === undefined ? [] : [(stop: AbortSignal) => clock.sleep(withinMs, stop)]),
      ],
      down === undefined || down.aborted ? this.#over.signal : AbortSignal.any([this.#over.signal, down]),
    );
  }

  get #isDown(): boolean {
    return this.#ports.down?.aborted === true;
  }

  async #finish(log: PodLog): Promise<void> {
    const why = await log.finish();
    if (why !== undefined && !this.#isDown)
      this.#session.screen.warn(
        `the last lines of the output of node ${this.#node} could not be read: ${clean(why, MAX_TEXT)}`,
      );
  }

  #outcome(last: PodState | undefined, ending: PodEnding): CarriedOut {
    if (last === undefined) return this.#unseen(ending);
    const end = endOf(last, ending.isTimedOut ? this.#plan.timeoutMs : undefined);
    if (end !== undefined) return end;
    if (ending.isAsked || last.isDeleting) return { ...UNKNOWN, words: 'was ended before it had begun' };
    throw new MaintError('gave-up', `the command could not be started: ${whyNotBegun(last)}`);
  }

  #neverBegun(pod: PodState, ending: PodEnding): CarriedOut {
    if (ending.isAsked || this.#isDown) return { ...UNKNOWN, words: 'was ended before it had begun' };
    throw new MaintError('gave-up', `the command was not begun within ${START_MS / 60_000}m: ${whyNotBegun(pod)}`, {
      hint: `kubectl describe pod -n ${this.#namespace} ${this.#name}`,
    });
  }

  /** What is told of a command whose end nobody has seen. */
  #unseen(ending: PodEnding): CarriedOut {
    const where = `pod ${this.#name} in namespace ${this.#namespace}`;
    if (ending.isGivenUp)
      return {
        ...UNKNOWN,
        words: `was to be ended, but the kubelet has not confirmed it (${where}): see to it before you go on`,
      };
    if (this.#isDown) return { ...UNKNOWN, mayBeDown: true, words: 'went down with its node' };
    if (ending.isTimedOut) return { ...UNKNOWN, words: 'was stopped (--command-timeout)' };
    if (ending.isAsked) return { ...UNKNOWN, words: 'was ended' };
    return { ...UNKNOWN, words: `was ended by somebody who deleted ${where}` };
  }

  /** Nothing stays; a pod whose kubelet does not answer is told of. */
  async #clear(uid: string, pods: Pods): Promise<void> {
    const { clock, screen } = this.#session;
    if (this.#script !== undefined)
      await removeConfigMap(this.#namespace, this.#name, this.#cluster).catch(() => undefined);
    if (!pods.has(uid)) return;
    await this.#remove(uid, undefined);
    const until = clock.now() + GONE_MS;
    while (pods.has(uid) && clock.now() < until)
      await firstOf(
        [(stop) => pods.changed(stop, uid), (stop) => clock.sleep(until - clock.now(), stop)],
        this.#over.signal,
      );
    if (pods.has(uid))
      screen.warn(
        `pod ${this.#name} in namespace ${this.#namespace} is still there, and goes when its kubelet says so`,
      );
  }

  /** A pod that has gone meanwhile is as wanted; a server that does not answer is asked again by whoever waits. */
  async #remove(uid: string, graceS: number | undefined): Promise<void> {
    await removePod({ namespace: this.#namespace, node: this.#node, uid }, graceS, this.#cluster).catch(
      () => undefined,
    );
  }

  get #name(): string {
    return podNameFor(this.#node);
  }
}

type Pods = LiveCollection<PodState>;

const UNKNOWN = { code: null, isWell: false, mayBeDown: false };
