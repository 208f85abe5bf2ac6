import { HOOKS_ANNOTATION, MaintError, once, untilOf } from '../../shared/index.ts';
import { Resources } from '../expectations/resources.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { DataAtStake } from '../preflight/data/at-stake.ts';
import { guardsRecords } from '../policy/floor.ts';
import { notesTo, type Report } from '../session/report.ts';
import type { Session } from '../session/session.ts';
import type { HookEvent } from './events.ts';
import type { HookFlags } from './flags.ts';
import type { Hook } from './hook.ts';
import { RecordCopies } from './record/copies.ts';
import { writeHookRecord, type RecordChange } from './record/node-record.ts';
import type { StepKey } from './record/record.ts';
import { Servers } from './servers/servers.ts';
import { hooksFor, installationNamespace } from './source.ts';
import type { ProgramRunner, StepPorts } from './steps/step.ts';

/** The hooks of a command, as they were read. */
export interface Hooks {
  readonly flags: HookFlags;
  readonly list: readonly Hook[];
  readonly resources: Resources;
  readonly servers: Servers;
  readonly atStake: DataAtStake;
  readonly copies: RecordCopies;
}

/** Reads the hooks of a command. Throws MaintError where some cannot be read, or are not allowed. */
export async function readHooks(flags: HookFlags, { cluster, screen }: Session): Promise<Hooks> {
  const warn = (text: string): void => {
    screen.warn(text);
  };
  const namespace = await installationNamespace(cluster, warn);
  const list = await hooksFor(flags, { cluster, namespace, warn });
  const copies = new RecordCopies({ cluster, namespace, warn });
  return {
    flags,
    list,
    resources: new Resources(cluster),
    servers: new Servers(cluster),
    atStake: new DataAtStake(cluster),
    copies,
  };
}

/** The hooks of a command, and what carrying them out and undoing them takes. */
export interface HookRun extends Hooks {
  readonly session: Session;
  readonly report: HookListener['report'];
  /** What `--allow-data-loss` names. */
  readonly acceptedLoss: readonly string[];
  /** Undefined: commands of this machine are not allowed. */
  readonly runProgram: ProgramRunner | undefined;
  /** Whether the API server lets only those write what nodes say of their hooks who may. */
  readonly isGuarded: () => Promise<boolean>;
  /** What this command has written last, by the UID of the node. */
  readonly written: Map<string, string | undefined>;
}

/** Begins to carry the hooks of a command out. */
export function hookRun(hooks: Hooks, known: Pick<HookRun, 'session' | 'acceptedLoss'> & HookListener): HookRun {
  const { session, report, acceptedLoss } = known;
  const isGuarded = once(async () => (await guardsRecords(session.cluster)) === true);
  const runProgram = hooks.flags.allowCommands ? programs(session, report) : undefined;
  return { ...hooks, session, report, acceptedLoss, runProgram, isGuarded, written: new Map() };
}

/** Who hears of hooks, and what their commands write. */
interface HookListener {
  readonly report: Report<HookEvent | { readonly type: 'note'; readonly text: string }>;
}

/** What runs programs is loaded where a hook has one. */
function programs({ screen }: Session, report: HookListener['report']): ProgramRunner {
  return async (words, variables, signal) => {
    const { programRunner } = await import('./program.ts');
    await programRunner({ screen, tell: notesTo(report) })(words, variables, signal);
  };
}

/** A node whose turn it is, and for whom. */
export interface HookTarget {
  readonly node: NodeSnapshot;
  readonly owner: string;
  readonly reason: string | undefined;
}

/** What a step goes by on a node. */
export function portsFor(
  { node, owner, reason }: HookTarget,
  key: StepKey,
  { session: { cluster, clock }, resources, servers, atStake, acceptedLoss, runProgram }: HookRun,
  signal: AbortSignal,
): StepPorts {
  const { name, uid, labels, record } = node.facts;
  const since = record.kind === 'record' ? record.record.initiatedAt : '';
  const variables = { node: name, owner, reason: reason ?? '', labels };
  const known = { resources, servers, atStake, acceptedLoss, runProgram };
  return { ...known, cluster, clock, signal, key, variables, maintenance: `${uid} ${since}`, until: endOf(node) };
}

/** The announced end of a node's maintenance, in milliseconds since the epoch; undefined: nobody has named one. */
export function endOf({ facts: { record } }: NodeSnapshot): number | undefined {
  const until = record.kind === 'record' ? untilOf(record.record) : undefined;
  return until === undefined ? undefined : Date.parse(until);
}

/** Writes what hooks have done for a node, and remembers it as this command's own words. */
export async function writeOwn(node: NodeSnapshot, change: RecordChange, run: HookRun): Promise<NodeSnapshot> {
  const written = await writeHookRecord(node, change, run.session.cluster);
  run.written.set(node.facts.uid, written.annotations.get(HOOKS_ANNOTATION));
  if (written !== node) await run.copies.keep(written);
  return written;
}

/** A Node that was made again under the name of one whose hooks are not undone takes over what that one said. */
export async function withCopied(node: NodeSnapshot, run: HookRun): Promise<NodeSnapshot> {
  const { name, uid } = node.facts;
  if (node.annotations.has(HOOKS_ANNOTATION)) return node;
  const copy = await run.copies.of(name);
  if (copy === undefined) return node;
  if (copy.uid === uid) {
    // A command was killed when it had undone everything.
    await run.copies.keep(node);
    return node;
  }
  const text = `node/${name} was deleted and made again: what hooks had done for it is known by a copy`;
  notesTo(run.report)(text);
  return writeOwn(node, () => copy.record, run);
}

/**
 * Refuses to undo by the words of others where the API server lets a node's own identity write them: undoing is done by the
 * rights of whoever ends the maintenance. Throws MaintError('denied').
 */
export async function refuseUntrusted(node: NodeSnapshot, run: HookRun): Promise<void> {
  const { name, uid } = node.facts;
  const text = node.annotations.get(HOOKS_ANNOTATION);
  if (text === undefined || run.flags.trustRecords || run.written.get(uid) === text || (await run.isGuarded())) return;
  throw new MaintError(
    'denied',
    `the hooks of node ${name} are not undone: no policy of the API server guards what the node says of them`,
    {
      hint: `look at it: kubectl maint status ${name}; if it is right, the same command with --trust-hook-records; a floor guards it (docs/floor.md)`,
    },
  );
}
