import { listed, renderGroup, renderGroups } from '../../drain/cause.ts';
import { summaryOf } from '../../drain/progress.ts';
import { tellHookInWords, tellPlannedHooks } from '../../hooks/text.ts';
import type { Screen } from '../../terminal/screen.ts';
import { exemptSentences, isKeptOff, keptNouns, keptSentence, passingSentences } from '../../policy/keeping-text.ts';
import type { DryRunMark, PodName } from '../../drain/events.ts';
import type { OnEvent, ReasonedName } from './events.ts';

const SUFFIX: Readonly<Record<NonNullable<DryRunMark>, string>> = {
  client: ' (dry run)',
  server: ' (server dry run)',
};

/** Tells an event as lines for people: results in kubectl's words on stdout, everything else on stderr. */
export function tellInWords(event: OnEvent, screen: Screen, allNames = false): void {
  if (isOf(POD_EVENTS, event)) tellOfPods(event, screen);
  else if (isOf(WAIT_EVENTS, event)) tellOfWaits(event, screen);
  else if (isOf(NODE_EVENTS, event)) tellOfNode(event, screen);
  else tellRemark(event, screen, allNames);
}

const POD_EVENTS = ['evicted', 'deleted', 'unconfirmed', 'refused'] as const;
const WAIT_EVENTS = ['waiting', 'progress', 'left'] as const;
const NODE_EVENTS = ['cordoned', 'enforced', 'planned', 'room', 'drained', 'drain-unconfirmed', 'rolled-back'] as const;

type Of<T extends readonly OnEvent['type'][]> = Extract<OnEvent, { readonly type: T[number] }>;
type PodEvent = Of<typeof POD_EVENTS>;
type WaitEvent = Of<typeof WAIT_EVENTS>;
type NodeEvent = Of<typeof NODE_EVENTS>;

function isOf<T extends readonly OnEvent['type'][]>(types: T, event: OnEvent): event is Of<T> {
  return types.includes(event.type);
}

function tellRemark(
  event: Exclude<OnEvent, PodEvent | WaitEvent | NodeEvent>,
  screen: Screen,
  allNames: boolean,
): void {
  switch (event.type) {
    case 'finding':
      // What refuses is told once, by the error that ends the command.
      if (event.severity === 'warn') tellWarning(event, screen, allNames);
      return;
    case 'note':
      screen.note(event.text);
      return;
    case 'hook':
      tellHookInWords(event, screen);
      return;
    case 'hooks-planned':
      tellPlannedHooks(event, screen);
      return;
    case 'summary':
      screen.note(summaryText(event));
      return;
    case 'failed':
      if (event.node === undefined) return;
      screen.note(`error: node ${event.node}: ${event.message}`);
      if (event.hint !== undefined) screen.note(`hint: ${event.hint}`);
  }
}

function tellWarning(
  { text, pods = [], nodes = [] }: Of<readonly ['finding']>,
  screen: Screen,
  allNames: boolean,
): void {
  screen.warn(text);
  for (const names of allNames ? [nodes, pods] : []) if (names.length > 0) screen.note(`  ${names.join(', ')}`);
}

function summaryText({ drained, left, notBegun, causes }: Of<readonly ['summary']>): string {
  const all = drained.length + left.length + notBegun.length;
  if (drained.length === all) return `all ${all} nodes are drained`;
  const why = renderGroups(causes);
  const others = left.length === 0 ? '' : `, not: ${listed(left)}${why === '' ? '' : ` (${why})`}`;
  const rest = notBegun.length === 0 ? '' : `; not begun, and as they were: ${notBegun.join(' ')}`;
  return `${drained.length} of ${all} nodes are drained${others}${rest}`;
}

function tellOfNode(event: NodeEvent, screen: Screen): void {
  switch (event.type) {
    case 'cordoned':
      screen.result(`node/${event.node} ${event.already ? 'already cordoned' : 'cordoned'}${suffix(event.dryRun)}`);
      return;
    case 'enforced':
      tellEnforcement(event, screen);
      return;
    case 'planned':
      tellReasons(`waits for pods on node ${event.node}`, event.waitFor, screen);
      tellReasons(`stay on node ${event.node}`, event.leave, screen);
      return;
    case 'room':
      tellRoom(event, screen);
      return;
    case 'drained':
    case 'drain-unconfirmed':
      tellEnd(event, screen);
      return;
    case 'rolled-back':
      screen.result(`node/${event.node} rolled back: ${event.how}`);
  }
}

function tellRoom({ moving, without }: Of<readonly ['room']>, screen: Screen): void {
  // Where room is missing, the preflight has warned of it.
  if (moving > 0 && without.length === 0)
    screen.note(`the other nodes have room for what has to move (pods: ${moving})`);
}

function tellEnd(event: Of<readonly ['drained', 'drain-unconfirmed']>, screen: Screen): void {
  if (event.type === 'drained') {
    screen.result(`node/${event.node} drained${suffix(event.dryRun)}`);
    return;
  }
  const names = listed(event.pods.map(({ namespace, name }) => `${namespace}/${name}`));
  screen.result(`node/${event.node} not confirmed as drained (pods: ${event.pods.length})`);
  screen.warn(
    `nobody confirms that ${names} ended: they may still run, and write to their volumes, if node ${event.node} is only cut off; make sure that it is off before you give their volumes away`,
  );
}

function tellOfPods(event: PodEvent, screen: Screen): void {
  switch (event.type) {
    case 'evicted':
    case 'deleted':
      screen.result(`pod/${event.pod.name} ${event.type} (namespace ${event.pod.namespace})${suffix(event.dryRun)}`);
      return;
    case 'unconfirmed':
      screen.result(
        `pod/${event.pod.name} deletion asked for (namespace ${event.pod.namespace}), its node does not confirm it`,
      );
      return;
    case 'refused':
      screen.note(`${podTitle(event.pod)} would be refused: ${event.why}`);
  }
}

/** Told in lines only where no live view shows it: lines would push the view off the screen. */
function tellOfWaits(event: WaitEvent, screen: Screen): void {
  const isShown = screen.live !== undefined;
  switch (event.type) {
    case 'waiting':
      if (event.dryRun !== undefined) screen.note(`${podTitle(event.pod)} would wait: ${event.why}`);
      else if (!isShown) screen.note(`${podTitle(event.pod)} waits: ${event.why}`);
      return;
    case 'progress':
      if (!isShown) screen.note(`node/${event.node}: ${summaryOf(event)}`);
      return;
    case 'left':
      screen.note(`left on node ${event.node}:`);
      for (const group of event.causes) screen.note(`  ${renderGroup(group)}`);
  }
}

function podTitle({ namespace, name }: PodName): string {
  return `pod/${name} (namespace ${namespace})`;
}

function suffix(dryRun: DryRunMark): string {
  return dryRun === undefined ? '' : SUFFIX[dryRun];
}

/** What is kept off the nodes from now on, or that nothing keeps it off; then what the policy itself lets pass. */
function tellEnforcement(event: Extract<OnEvent, { readonly type: 'enforced' }>, screen: Screen): void {
  const { enforcement, keeping, canary } = event;
  const nodes = event.nodes.join(', ');
  const passing = [...passingSentences(keeping), ...exemptSentences(event.exempt ?? [])];
  if (!keeping.some(isKeptOff)) {
    screen.warn([`nothing is kept off ${nodes}`, ...passing].join('; '));
    return;
  }
  switch (enforcement.enforced) {
    case 'yes':
      screen.note(`kept off ${nodes} from now on: ${keptSentence(keeping)}`);
      if (event.floorKnows === true) screen.note(HELD_ALONE);
      break;
    case 'in-part':
      screen.warn(`only a part is kept off ${nodes}: ${enforcement.why}`);
      break;
    case 'no':
      screen.warn(
        `nothing keeps ${keptNouns(keeping)} off ${nodes}: the API server accepted a canary ${canary ?? 'backup'} (is the webhook installed and ready?)`,
      );
      break;
    case 'unknown':
      screen.warn(`whether ${keptNouns(keeping)} are kept off ${nodes} could not be checked: ${enforcement.why}`);
  }
  for (const sentence of passing) screen.note(sentence);
}

/** Both know of the maintenance: the webhook, which decides everything, and the API server itself (docs/floor.md). */
const HELD_ALONE = 'while no webhook answers, the API server itself still refuses what it knows by kind or label';

/** What a run would do beyond the evictions, which are told one by one. */
function tellReasons(what: string, pods: readonly ReasonedName[], screen: Screen): void {
  for (const [why, some] of Map.groupBy(pods, (one) => one.why)) {
    screen.note(`${what} (${why}): ${some.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')}`);
  }
}
