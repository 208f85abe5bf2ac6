import { afterDenialByController, type AfterDenial } from '../../shared/index.ts';
import { isOurDenial } from '../policy/dry-run.ts';
import type { OwnEvent } from '../nodes/own-events.ts';

/** A node that is out of maintenance, and since when (RFC 3339) it was in it. */
export interface Ended {
  readonly node: string;
  readonly since: string;
}

/** Work of one kind that was kept off a node; part of the contract of `off -o json`. */
export interface KeptOff {
  readonly node: string;
  /** What it is and whose: `CronJob shop/nightly`, or what the webhook wrote of it. */
  readonly what: string;
  readonly times: number;
  /** RFC 3339. */
  readonly lastAt: string;
  /** Null where nobody tells: an Event of another version. */
  readonly afterDenial: AfterDenial | null;
}

/** That a controller could not make something, as its Event tells or, for a Backup of Velero, one of its pieces. */
export interface MakerEvent {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly message: string;
  readonly count: number;
  readonly lastAt: string;
}

/**
 * What was kept off nodes during their maintenance, by node and then the last first. What the webhook refused is in its own
 * Events about the node; what the API server's policies refused is nowhere but with the controllers that were refused, who
 * quote our denial, which names the node.
 */
export function keptOffIn(
  ended: readonly Ended[],
  own: readonly OwnEvent[],
  makers: readonly MakerEvent[],
): readonly KeptOff[] {
  const found = ended.flatMap(({ node, since }) => {
    const begun = Date.parse(since);
    const later = ({ lastAt }: { readonly lastAt: string }): boolean => Date.parse(lastAt) >= begun;
    const byWebhook = own.filter((event) => event.node === node && event.reason === 'WorkDenied' && later(event));
    const byPolicy = makers.filter(
      (event) => isPolicysDenial(event.message) && namesNode(event.message, node) && later(event),
    );
    return [...byWebhook.map(fromOwn), ...byPolicy.map((event) => fromMaker(node, event))];
  });
  const order = new Map(ended.map(({ node }, index) => [node, index]));
  return merged(found).sort(
    (a, b) => (order.get(a.node) ?? 0) - (order.get(b.node) ?? 0) || Date.parse(b.lastAt) - Date.parse(a.lastAt),
  );
}

function fromOwn({ node, message, count, lastAt, afterDenial }: OwnEvent): KeptOff {
  return { node, what: message, times: count, lastAt, afterDenial: FATES.find((one) => one === afterDenial) ?? null };
}

const FATES: readonly AfterDenial[] = ['retried', 'resumed', 'lost', 'failed'];

function fromMaker(node: string, { kind, namespace, name, count, lastAt }: MakerEvent): KeptOff {
  const what = `${kind} ${namespace}/${name}`;
  const afterDenial = kind === 'Backup' ? 'lost' : afterDenialByController(kind);
  return { node, what, times: count, lastAt, afterDenial };
}

/** What the webhook refuses it writes down itself; a policy's refusal has these words (k8s apiserver policy/validating plugin.go). */
function isPolicysDenial(message: string): boolean {
  return isOurDenial(message) && message.includes('ValidatingAdmissionPolicy');
}

/** Whether a text names a node, and not only one whose name begins or ends with it. */
export function namesNode(text: string, node: string): boolean {
  const escaped = node.replaceAll('.', '\\.');
  return new RegExp(`(?<![a-z0-9.-])${escaped}(?![a-z0-9-]|\\.[a-z0-9])`).test(text);
}

/** Each replica of the webhook counts for itself, and a controller writes more than one Event: the same work is one. */
function merged(found: readonly KeptOff[]): KeptOff[] {
  const same = Map.groupBy(found, ({ node, what, afterDenial }) => JSON.stringify([node, what, afterDenial]));
  return [...same.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [more.reduce((sum, one) => together(sum, one), first)],
  );
}

function together(one: KeptOff, other: KeptOff): KeptOff {
  const lastAt = Date.parse(one.lastAt) > Date.parse(other.lastAt) ? one.lastAt : other.lastAt;
  return { ...one, times: one.times + other.times, lastAt };
}
