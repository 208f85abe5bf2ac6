import { messageOf } from '../../shared/index.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { NodeGone } from '../nodes/write.ts';
import { notesTo, type Report } from '../session/report.ts';
import type { Session } from '../session/session.ts';
import { endOf, type Hooks } from './hook-run.ts';
import { hookRecordOf, nodeNow } from './record/node-record.ts';
import { stepTitle, type RecordedStep } from './record/record.ts';
import type { UndoOf } from './record/undo.ts';
import { extendSilences } from './steps/silence.ts';

/** A silence is extended four times in its length: two in a row may fail, and a quarter of it is left for the third. */
const TIMES_IN_ITS_LENGTH = 4;

/** How long extending one may take, in ms. */
const EXTEND_MS = 30_000;

/** After how many ms a Node is read again that could not be. */
const AGAIN_MS = 60_000;

/** What extending silences takes. */
interface KeepPorts {
  readonly session: Pick<Session, 'cluster' | 'clock'>;
  readonly report: Report<{ readonly type: 'note'; readonly text: string }>;
}

/** A silence that a node says was made for it. */
interface NodeSilence {
  readonly step: RecordedStep;
  readonly undo: UndoOf<'silence'>;
  readonly until: number | undefined;
}

/**
 * Extends the silences of a node until the signal aborts, by what the node says: none any more where somebody has brought it
 * back, or it was deleted. One that has ended before its time was ended by a person, and stays so. Never throws.
 */
export async function keepSilences(
  node: NodeSnapshot,
  { session, report }: KeepPorts,
  signal: AbortSignal,
): Promise<void> {
  const { clock, cluster } = session;
  const ended = new Set<string>();
  const tell = (text: string): void => {
    if (!signal.aborted) notesTo(report)(`node/${node.facts.name} ${text}`);
  };
  const extend = async ({ step, undo, until }: NodeSilence): Promise<void> => {
    const title = `hook ${stepTitle(step)}: its silence at ${undo.server}`;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(EXTEND_MS)]);
    try {
      if ((await extendSilences(undo, { cluster, clock, until, signal: limit })) > 0) return;
      ended.add(undo.marker);
      tell(`${title} has ended before the maintenance, and stays so`);
    } catch (thrown) {
      tell(`${title} could not be extended: ${messageOf(thrown)}`);
    }
  };
  const read = async (): Promise<readonly NodeSilence[] | undefined> => {
    try {
      return silencesOn(await nodeNow(node, cluster, signal)).filter(({ undo }) => !ended.has(undo.marker));
    } catch (thrown) {
      return thrown instanceof NodeGone ? [] : undefined;
    }
  };
  for (let isNew = true; ; isNew = false) {
    const silences = await read();
    if (silences?.length === 0) return;
    if (!isNew) await Promise.all((silences ?? []).map(extend));
    await clock.sleep(silences === undefined ? AGAIN_MS : pauseFor(silences), signal);
    if (signal.aborted) return;
  }
}

/** Whether some hooks make silences. */
export function hasSilences({ list }: Pick<Hooks, 'list'>): boolean {
  return list.some(({ steps }) => steps.some(({ action }) => action.kind === 'silence'));
}

function pauseFor(silences: readonly NodeSilence[]): number {
  return Math.min(...silences.map(({ undo }) => undo.forMs)) / TIMES_IN_ITS_LENGTH;
}

function silencesOn(node: NodeSnapshot): readonly NodeSilence[] {
  const until = endOf(node);
  return hookRecordOf(node).steps.flatMap((step) =>
    step.undo.flatMap((undo) => (undo.kind === 'silence' ? [{ step, undo, until }] : [])),
  );
}
