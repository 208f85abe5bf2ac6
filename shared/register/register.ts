import { fieldsAt } from '../facts/json.ts';
import { hostnameOf, type NodeFacts } from '../facts/node.ts';
import { explainRecord } from '../policy/explain.ts';
import { FLOOR_RULES } from '../policy/exceptions.ts';
import type { RecordReading } from '../record/record.ts';
import { PASSING_TAINTS } from '../scheduling/reach.ts';
import { PLACEMENT_EFFECTS, type Taint } from '../scheduling/taints.ts';

/** Name of the one object that lists the nodes in maintenance for the API server's own policies. */
export const REGISTER_NAME = 'cluster';

/** Its API group, by which policies and rights name it. */
export const REGISTER_GROUP = 'kubectl-maint.io';

/** Its `apiVersion`. */
export const REGISTER_VERSION = `${REGISTER_GROUP}/v1alpha1`;

/** Its `kind`. */
export const REGISTER_KIND = 'MaintenanceRegister';

/** The plural of its kind, as in URLs, policies and rights. */
export const REGISTER_PLURAL = 'maintenanceregisters';

/** What the policies decide by, and say of a node. */
export interface RegisterEntry {
  /** Whose maintenance it is, why and until when, in one line. Left out where all of them together would be too long. */
  readonly why?: string;
  /** By rule: when the exception from it ends (RFC 3339, UTC). The policies compare it with the clock of the API server. */
  readonly exceptions?: Readonly<Record<string, string>>;
  /** Taints that last, and keep pods off that do not tolerate them: such pods never run there. */
  readonly taints?: readonly Taint[];
}

/** The `spec` of the register. */
export interface RegisterSpec {
  /** By name. */
  readonly nodes: Readonly<Record<string, RegisterEntry>>;
  /** Names of nodes by their hostname label, where the two differ: tools write either. */
  readonly hostnames: Readonly<Record<string, string>>;
  /** How many nodes in maintenance are not listed: there is room for so many only. */
  readonly unlisted: number;
}

/** What nothing in maintenance comes to. */
export const EMPTY_REGISTER: RegisterSpec = { nodes: {}, hostnames: {}, unlisted: 0 };

/**
 * Most nodes that are listed: what Kubernetes supports in a cluster. A policy that looks at all of them pays some 40 units of
 * CEL's cost for each, 200,000 of the 1,000,000 that an expression may take.
 */
export const MAX_LISTED = 5000;

/**
 * Most bytes of all entries together. etcd takes 1.5 MiB a request, of which the rest of the object needs a few kB; 5,000 nodes
 * with names of 100 bytes are half of it.
 */
export const MAX_BYTES = 1_000_000;

/** Longest line about one node, in characters: each of its parts is cut, to some 700 together (policy/explain.ts). */
export const MAX_WHY = 1000;

/** Most taints of a node that are listed; real nodes have one or two that last. */
export const MAX_TAINTS = 16;

/** Stands for the taints that are too many: only who tolerates everything tolerates it. */
const MORE_TAINTS: Taint = { key: 'kubectl-maint.io/more', value: '', effect: 'NoExecute' };

/** Before it every exception is over. CEL knows no time before the year 1, and the register takes none. */
const START_OF_TIME = 0;
/** The last moment that RFC 3339 and CEL know. */
const END_OF_TIME = Date.parse('9999-12-31T23:59:59Z');

/**
 * The register for some nodes in maintenance, which are sorted by name. It follows from the nodes alone, so that it is
 * written only when one changes. What does not fit: first the lines about whose maintenance it is, then the last nodes.
 */
export function registerOf(held: readonly NodeFacts[]): RegisterSpec {
  const whole = held.slice(0, MAX_LISTED).map(listedOf);
  const listed = sum(whole.map(bytesOf)) <= MAX_BYTES ? whole : fitting(whole.map(withoutWhy));
  return {
    nodes: Object.fromEntries(listed.map(({ name, entry }) => [name, entry])),
    hostnames: Object.fromEntries(
      listed.flatMap(({ name, hostname }) => (hostname === name ? [] : [[hostname, name]])),
    ),
    unlisted: held.length - listed.length,
  };
}

/** Names of the nodes that a register lists, read from the object as the API server has it. */
export function registeredNodes(register: unknown): ReadonlySet<string> {
  return new Set(Object.keys(fieldsAt(register, 'spec', 'nodes')));
}

interface Listed {
  readonly name: string;
  readonly hostname: string;
  readonly entry: RegisterEntry;
}

function listedOf(node: NodeFacts): Listed {
  const exceptions = exceptionsOf(node.record);
  const taints = lastingTaints(node.taints);
  return {
    name: node.name,
    hostname: hostnameOf(node),
    entry: {
      // At no moment, so that no end has passed: the text is that of the announcement, whenever it is read.
      why: explainRecord(node.record, -Infinity),
      ...(exceptions.length > 0 && { exceptions: Object.fromEntries(exceptions) }),
      ...(taints.length > 0 && { taints }),
    },
  };
}

/** The latest end of what excepts a node from each rule; a record that cannot be read excepts from nothing. */
function exceptionsOf(reading: RecordReading): readonly (readonly [rule: string, end: string])[] {
  if (reading.kind !== 'record') return [];
  return FLOOR_RULES.flatMap((rule) => {
    const ends = reading.record.exceptions.filter(({ rules }) => rules.includes(rule)).map(({ until }) => until);
    const last = Math.min(END_OF_TIME, Math.max(START_OF_TIME, ...ends.map((end) => Date.parse(end))));
    return ends.length === 0 ? [] : [[rule, new Date(last).toISOString()] as const];
  });
}

function lastingTaints(taints: readonly Taint[]): readonly Taint[] {
  const lasting = taints.filter(({ key, effect }) => PLACEMENT_EFFECTS.includes(effect) && !PASSING_TAINTS.has(key));
  return lasting.length <= MAX_TAINTS ? lasting : [...lasting.slice(0, MAX_TAINTS), MORE_TAINTS];
}

function withoutWhy({ entry: { why, ...entry }, ...listed }: Listed): Listed {
  return { ...listed, entry };
}

function fitting(entries: readonly Listed[]): readonly Listed[] {
  let bytes = 0;
  const end = entries.findIndex((one) => (bytes += bytesOf(one)) > MAX_BYTES);
  return end === -1 ? entries : entries.slice(0, end);
}

const UTF_8 = new TextEncoder();

function bytesOf({ name, hostname, entry }: Listed): number {
  const keys = hostname === name ? [name] : [name, hostname, name];
  return UTF_8.encode(JSON.stringify([...keys, entry])).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
