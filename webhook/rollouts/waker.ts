import {
  controllerOf,
  daemonSetFromObjects,
  daemonSetPath,
  GENERATION_LABEL,
  isAlive,
  messageOf,
  podFromObject,
  podsPath,
  refusalFromAnswer,
  wakeRequest,
  type ClusterReader,
  type ClusterSender,
  type DaemonSetFacts,
  type NodeField,
} from '../../shared/index.ts';
import type { Judged } from '../admission/admit.ts';
import type { Log } from '../log.ts';

/**
 * How long after a refusal the controller is woken, in ms, up to half as much more by chance, so that replicas do not
 * do it together. By itself it is back sooner only for the first seven refusals (5 ms, doubled each time: 0.6 s).
 */
const WAKE_AFTER_MS = 1000;

/** What waking needs. */
export interface WakerPorts {
  readonly cluster: ClusterReader & ClusterSender;
  /** The nodes as known now. */
  readonly field: () => NodeField;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Wakes the DaemonSet controller while a rollout is held on some nodes and others are still to be served: it picks nodes
 * at random and comes back later and later after a refusal, so that a node in service may be left out for minutes.
 */
export class Waker {
  readonly #ports: WakerPorts;
  readonly #afterMs: number;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(ports: WakerPorts, afterMs = WAKE_AFTER_MS) {
    this.#ports = ports;
    this.#afterMs = afterMs;
  }

  /** Takes note of a decision; a refused step of a rollout is followed up. */
  decided({ request, verdict }: Judged): void {
    const object = request.object ?? request.oldObject;
    const owner = object && controllerOf(object);
    if (object === undefined || owner === undefined || request.dryRun) return;
    const isHeld = verdict.decision === 'deny' && verdict.findings.some(({ reason }) => reason === 'RolloutHeld');
    if (isHeld) this.#wakeLater(object.namespace, owner.name);
  }

  /** Nobody is woken any more. */
  end(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #wakeLater(namespace: string, name: string): void {
    const key = `${namespace}/${name}`;
    if (this.#timers.has(key)) return;
    const wake = (): void => {
      this.#timers.delete(key);
      void this.#wake(namespace, name).catch((thrown: unknown) => {
        this.#ports.log.warn({ daemonSet: key, error: messageOf(thrown) }, 'its controller was not woken');
      });
    };
    this.#timers.set(key, setTimeout(wake, this.#afterMs * (1 + Math.random() / 2)).unref());
  }

  async #wake(namespace: string, name: string): Promise<void> {
    const { cluster, field, now } = this.#ports;
    const daemonSet = daemonSetFromObjects(await cluster.get(daemonSetPath(namespace, name)), []);
    if (daemonSet === undefined || !(await this.#hasNodesLeft(daemonSet, field()))) return;
    const message = 'its rollout waits on nodes in maintenance, and was told to go on with the others';
    const waking = { reason: 'RolloutHeld', message, now: new Date(now()).toISOString() } as const;
    const answer = await cluster.send(wakeRequest(daemonSet, waking));
    if (answer.status >= 300) throw refusalFromAnswer(answer);
  }

  /** Whether more nodes are behind than those in maintenance; which of these are is looked up where it matters. */
  async #hasNodesLeft(daemonSet: DaemonSetFacts, { held }: NodeField): Promise<boolean> {
    const behind = daemonSet.scheduled - daemonSet.updated;
    if (behind <= 0 || behind > held.length) return behind > 0;
    const lists = await Promise.all(held.map(({ name }) => this.#hasOldPod(daemonSet, name)));
    return behind > lists.filter((isBehind) => isBehind).length;
  }

  async #hasOldPod({ namespace, uid, templateGeneration }: DaemonSetFacts, node: string): Promise<boolean> {
    const query = { fieldSelector: `spec.nodeName=${node}` };
    for await (const { items } of this.#ports.cluster.pages(podsPath(namespace), { query })) {
      const pods = items.map(podFromObject).filter((pod) => pod?.controller?.uid === uid && isAlive(pod));
      if (pods.some((pod) => pod?.labels.get(GENERATION_LABEL) !== templateGeneration)) return true;
    }
    return false;
  }
}
