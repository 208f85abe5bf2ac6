import {
  controllerOf,
  eventAboutNode,
  eventPath,
  eventsPath,
  messageOf,
  NODE_EVENT_NAMESPACE,
  refusalFromAnswer,
  textAt,
  type AfterDenial,
  type ClusterSender,
  type Finding,
  type NodeEvent,
  type NodeFactsIndex,
} from '../../shared/index.ts';
import type { AdmittedReview } from '../admission/admit.ts';
import type { Log } from '../log.ts';
import { OneAtATime } from '../one-at-a-time.ts';

/** How often what was refused is written down, in ms: a refusal is seen soon, and a loop of them is one write. */
const WRITE_EVERY_MS = 10_000;
/** For one write, in ms: an API server that hangs must not keep the others from being tried. */
const WRITE_MS = 3000;
/**
 * Different refusals that are kept apart: what each CronJob or tool was refused on each node, half a kilobyte each. More
 * than this within half an hour is a flood, which whoever reaches the port can make by inventing owners. The rest is one Event
 * for each node and rule, of which there are no more than there are nodes: no refusal is without one.
 */
const MAX_APART = 1000;
/** An Event that had no refusal for so long, in ms, is over; the next one is a new Event. The API server keeps them for an hour. */
const OVER_AFTER_MS = 30 * 60_000;
/** Nodes of one refusal that get an Event: a scan is refused because of all of them. */
const MAX_NODES = 5;

/** What writing needs. */
export interface RecorderPorts {
  readonly cluster: ClusterSender;
  /** The nodes as known now. */
  readonly nodeIndex: () => NodeFactsIndex;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One refusal, as far as refusals are told apart. */
interface Refused {
  readonly finding: Finding;
  readonly tool: string | null;
  readonly afterDenial: AfterDenial | undefined;
  /** Whose work it is: what has to be started again. */
  readonly origin: string;
}

/** The controller that made the object, by name; objects that nobody made, of which each has a name of its own, by kind. */
function originOf({ object, oldObject }: AdmittedReview['request']): string {
  const refused = object ?? oldObject;
  if (refused === undefined) return 'unknown';
  const controller = controllerOf(refused);
  const { kind, namespace } = refused;
  if (controller !== undefined) return [controller.kind, [namespace, controller.name].join('/')].join(' ');
  return namespace === '' ? kind : `${kind} in ${namespace}`;
}

/** `AddonReleased`: whether a pod is to be held could not be found out, and it was let go. */
type TallyReason = 'WorkDenied' | 'AddonHeld' | 'AddonReleased';

/** What an Event about the finding says; undefined where it is none to write down. A write of the node itself is its caller's to know. */
function reasonOf({ rule, decision, reason }: Finding): TallyReason | undefined {
  if (rule === 'node-guard') return undefined;
  if (decision === 'deny') return reason === 'RolloutHeld' ? 'AddonHeld' : 'WorkDenied';
  return rule === 'addon' && reason === 'Unknown' ? 'AddonReleased' : undefined;
}

/** Refusals of one kind on one node. */
interface Tally {
  readonly node: string;
  readonly reason: TallyReason;
  /** What was refused first, for people. */
  readonly message: string;
  readonly afterDenial: AfterDenial | undefined;
  readonly firstAt: number;
  lastAt: number;
  count: number;
  /** Name of its Event, once it is written. */
  event: string | undefined;
  /** How often the Event says that it was. */
  written: number;
}

/**
 * Writes down what was refused as Events on the nodes because of which it was: nobody should find out from a missing
 * backup. Refusals of one kind are one Event with a count. A write that fails is tried again with the next.
 */
export class DenialRecorder {
  readonly #ports: RecorderPorts;
  readonly #apart = new Map<string, Tally>();
  /** What comes while those are too many, by node and rule. */
  readonly #together = new Map<string, Tally>();
  readonly #writing = new OneAtATime(() => this.#writeOnce());
  readonly #ticker: NodeJS.Timeout;
  #notApart = 0;

  constructor(ports: RecorderPorts, everyMs = WRITE_EVERY_MS) {
    this.#ports = ports;
    this.#ticker = setInterval(() => {
      void this.write();
    }, everyMs).unref();
  }

  /** Takes note of a decision. Dry runs refuse nothing. */
  decided({ request, verdict, nodeIndex }: AdmittedReview): void {
    if (request.dryRun) return;
    for (const finding of verdict.findings) {
      if (reasonOf(finding) === undefined) continue;
      const nodes = finding.nodes.length > 0 ? finding.nodes : verdict.nodes;
      const refused = {
        finding,
        tool: verdict.tool,
        afterDenial: verdict.afterDenial,
        origin: originOf(request),
      };
      // A pod may name any node, also some that nobody has.
      const real = nodes.filter((name) => nodeIndex.node(name) !== undefined);
      for (const node of real.slice(0, MAX_NODES)) this.#count(node, refused);
    }
  }

  /** Writes what has come since the last time. Never rejects. */
  write(): Promise<void> {
    return this.#writing.run();
  }

  async #writeOnce(): Promise<void> {
    // In a flood of invented refusals the true ones are among those that are told together: they wait for nobody.
    await this.#writeAll(this.#together);
    await this.#writeAll(this.#apart);
    if (this.#notApart > 0)
      this.#ports.log.warn({ refusals: this.#notApart }, 'too many kinds of refusals for an Event of each');
    this.#notApart = 0;
  }

  async #writeAll(tallies: Map<string, Tally>): Promise<void> {
    const now = this.#ports.now();
    for (const [key, tally] of tallies) {
      const isOver = now - tally.lastAt > OVER_AFTER_MS;
      if (tally.count > tally.written) await this.#try(tally);
      // One that cannot be written takes no place for good.
      if (isOver) tallies.delete(key);
    }
  }

  /** Writes for the last time. */
  async end(): Promise<void> {
    clearInterval(this.#ticker);
    await this.write();
  }

  /** When the node's maintenance began, RFC 3339: what the next one refuses is told of it alone. */
  #begun(node: string): string | undefined {
    const record = this.#ports.nodeIndex().node(node)?.record;
    return record?.kind === 'record' ? record.record.initiatedAt : undefined;
  }

  #count(node: string, { finding, tool, afterDenial, origin }: Refused): void {
    const { rule, detail } = finding;
    const reason = reasonOf(finding) ?? 'WorkDenied';
    const kind = [node, this.#begun(node), rule, reason];
    const key = JSON.stringify([...kind, tool, afterDenial, origin]);
    if (this.#apart.has(key) || this.#apart.size < MAX_APART) {
      const whose = reason === 'AddonHeld' ? '' : ` (${origin})`;
      const message = `${rule}${tool === null ? '' : ` (${tool})`}: ${detail}${whose}`;
      this.#add(this.#apart, key, { node, reason, message, afterDenial });
    } else {
      this.#notApart += 1;
      const message = `${rule}: more kinds of work than are told apart`;
      this.#add(this.#together, JSON.stringify(kind), { node, reason, message, afterDenial: undefined });
    }
  }

  #add(
    tallies: Map<string, Tally>,
    key: string,
    first: Pick<Tally, 'node' | 'reason' | 'message' | 'afterDenial'>,
  ): void {
    const now = this.#ports.now();
    const tally = tallies.get(key) ?? { ...first, firstAt: now, lastAt: now, count: 0, event: undefined, written: 0 };
    tally.count += 1;
    tally.lastAt = now;
    tallies.set(key, tally);
  }

  async #try(tally: Tally): Promise<void> {
    const { count } = tally;
    try {
      if (tally.event === undefined) tally.event = await this.#create(tally);
      else await this.#update(tally, tally.event);
      tally.written = count;
    } catch (thrown) {
      this.#ports.log.warn({ node: tally.node, error: messageOf(thrown) }, 'refusals not written as an Event');
    }
  }

  async #create(tally: Tally): Promise<string | undefined> {
    const uid = this.#ports.nodeIndex().node(tally.node)?.uid ?? '';
    const event: NodeEvent = {
      type: tally.reason === 'AddonHeld' ? 'Normal' : 'Warning',
      reason: tally.reason,
      message: tally.message,
      count: tally.count,
      first: new Date(tally.firstAt).toISOString(),
      last: new Date(tally.lastAt).toISOString(),
      afterDenial: tally.afterDenial,
    };
    const answer = await this.#ports.cluster.send({
      method: 'POST',
      path: eventsPath(NODE_EVENT_NAMESPACE),
      body: eventAboutNode({ name: tally.node, uid }, event),
      signal: AbortSignal.timeout(WRITE_MS),
    });
    if (answer.status >= 300) throw refusalFromAnswer(answer);
    return textAt(answer.body, 'metadata', 'name');
  }

  async #update(tally: Tally, name: string): Promise<void> {
    const answer = await this.#ports.cluster.send({
      method: 'PATCH',
      path: eventPath(NODE_EVENT_NAMESPACE, name),
      contentType: 'application/merge-patch+json',
      body: { count: tally.count, lastTimestamp: new Date(tally.lastAt).toISOString() },
      signal: AbortSignal.timeout(WRITE_MS),
    });
    // It has expired: what comes is a new one.
    if (answer.status === 404) tally.event = await this.#create(tally);
    else if (answer.status >= 300) throw refusalFromAnswer(answer);
  }
}
