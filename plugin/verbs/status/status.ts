import { isInMaintenance } from '../../../shared/index.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { chooseNodes, listNodes } from '../../nodes/choose.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { StatusOperation } from './flags.ts';
import { renderStatus } from './text.ts';
import { isForPeople, NO_NODES, tellStatus } from './notes.ts';
import { printReport, type Look } from '../../terminal/screen.ts';
import type { Session } from '../../session/session.ts';
import { NO_EVENTS, readFromEvents, releasedDuring } from './from-events.ts';
import { isNarrowed, isOfInterest } from './node-status.ts';
import { reportOn, type StatusReport } from './report.ts';
import { Unreadable } from './unreadable.ts';

/**
 * `kubectl maint status`: the nodes in maintenance and the ones that are cordoned without a record; or the chosen
 * nodes, whatever their state.
 */
export async function runStatus(operation: StatusOperation, look: Look, session: Session): Promise<ExitCode> {
  if (operation.watch) return (await import('./watch.ts')).watchStatus(operation, look, session);
  const { format } = operation;
  const unreadable = new Unreadable(session.signal);
  const [chosen, events] = await Promise.all([
    readChosen(operation, session),
    format === 'name' ? NO_EVENTS : readFromEvents(operation.nodes, session.cluster, unreadable),
  ]);
  const shown = isNarrowed(operation.nodes) ? chosen : chosen.filter(isOfInterest);
  const seen = await reportOn(shown, { format }, session, unreadable);
  const report = { ...seen, lost: events.lost, released: releasedDuring(seen.nodes, events) };
  await tell(report, operation, look, session);
  unreadable.tell(session.screen);
  tellStatus(report, format, session.screen, session.clock.now());
  return operation.exitCode && chosen.some(({ facts }) => isInMaintenance(facts)) ? EXIT.inMaintenance : EXIT.done;
}

async function tell(
  report: StatusReport,
  { format, width, noHeaders }: StatusOperation,
  { colour, ...look }: Look,
  { screen, clock }: Session,
): Promise<void> {
  const style = { width: width ?? look.width, colour, noHeaders, now: clock.now() };
  const text = await renderStatus(report, format, style);
  if (text !== '') printReport(screen, text, isForPeople(format));
  if (report.nodes.length === 0 && isForPeople(format)) screen.note(NO_NODES);
}

function readChosen({ nodes }: StatusOperation, { cluster }: Session): Promise<readonly NodeSnapshot[]> {
  return nodes.names.length > 0 ? chooseNodes(nodes, cluster) : listNodes(cluster, { labelSelector: nodes.selector });
}
