import {
  ClusterRefusal,
  isInMaintenance,
  MaintError,
  NodeTable,
  STATE_LABEL,
  isForbidden,
} from '../../../shared/index.ts';
import { listNodes } from '../../nodes/choose.ts';
import { versionOf, type NodeSnapshot } from '../../nodes/snapshot.ts';
import { data } from '../../preflight/checks/data.ts';
import { guards } from '../../preflight/checks/guards.ts';
import type { Finding } from '../../preflight/finding.ts';
import type { Survey } from '../../preflight/survey.ts';
import type { MarkedTarget, OnRun } from './on-run.ts';
import { nothingEvicted, undoMarks, withUndone } from './undo.ts';

/**
 * Two commands may both find a guard intact, or a last copy of data safe, and break it together. So after marking, the records are read again as they
 * were at this command's last mark: all writes to Nodes have one order (resourceVersion), so of two commands the one that
 * marked last sees all marks of the other there. That one takes its marks back and throws MaintError('denied'); so does one
 * that cannot tell. Nothing is evicted before this is known.
 */
export async function backOutIfGuardBroken(marked: readonly MarkedTarget[], survey: Survey, run: OnRun): Promise<void> {
  try {
    await refuseIfBroken(marked, survey, run);
  } catch (thrown) {
    throw withUndone(thrown, await undoMarks(marked, run), nothingEvicted(run));
  }
}

async function refuseIfBroken(marked: readonly MarkedTarget[], survey: Survey, run: OnRun): Promise<void> {
  const { nodes } = survey;
  const { session } = run;
  if (marked.length === 0 || nodes === undefined || !isGuarded(survey)) return;
  const mine = new Set(marked.map(({ node }) => node.facts.name));
  const known = new NodeTable(nodes.map(({ facts }) => facts));
  const held = await heldAt(lastMark(marked), run);
  const newcomers = held.filter(
    ({ facts }) => !mine.has(facts.name) && isInMaintenance(facts) && !known.isInMaintenance(facts.name),
  );
  if (newcomers.length === 0 || session.signal.aborted) return;
  const changed = new Map(newcomers.map(({ facts }) => [facts.name, facts]));
  const now = nodes.map((node) => ({ ...node, facts: changed.get(node.facts.name) ?? node.facts }));
  const [broken] = brokenIn({ ...survey, nodes: now });
  if (broken === undefined) return;
  const others = newcomers.map(({ facts }) => facts.name).join(', ');
  throw new MaintError('denied', `${broken.text}: somebody took ${others} into maintenance at the same time`, {
    hint: 'try again when the other maintenance is over',
  });
}

/** Whether there is anything that two commands could break together. */
function isGuarded({ allowLastNode, pace, data: answers }: Survey): boolean {
  return !allowLastNode || pace.maxUnavailable !== undefined || (answers ?? []).length > 0;
}

function brokenIn(survey: Survey): readonly Finding[] {
  return [...guards.find(survey), ...data.find(survey)].filter(({ severity }) => severity === 'refuse');
}

/** The resourceVersion of the last of these marks; undefined where versions are no numbers. */
function lastMark(marked: readonly MarkedTarget[]): bigint | undefined {
  const versions = marked.flatMap((target) => versionOf(target.marked) ?? []);
  return versions.length < marked.length ? undefined : versions.reduce((one, other) => (one > other ? one : other), 0n);
}

/**
 * The nodes that were in maintenance at a resourceVersion. Where the server has forgotten it, those that are now: then each of
 * two commands may see the marks of the other, and both back out.
 */
async function heldAt(version: bigint | undefined, { session: { cluster } }: OnRun): Promise<readonly NodeSnapshot[]> {
  if (version === undefined) return listNodes(cluster, { labelSelector: STATE_LABEL });
  const then = { resourceVersion: String(version), resourceVersionMatch: 'Exact' };
  try {
    return await listNodes(cluster, { labelSelector: STATE_LABEL, ...then });
  } catch (thrown) {
    if (!(thrown instanceof ClusterRefusal) || isForbidden(thrown)) throw thrown;
    return listNodes(cluster, { labelSelector: STATE_LABEL });
  }
}
