import { MaintError } from '../../../shared/index.ts';
import { timestamp } from '../../session/clock.ts';
import type { Session } from '../../session/session.ts';
import type { Screen } from '../../terminal/screen.ts';
import { reportFor } from '../../session/report.ts';
import type { StreamName } from '../../command/files.ts';
import { linesUnder, type ShowLine } from '../../command/output.ts';
import type { RunOperation } from './flags.ts';
import type { NodesRun, Phase } from './nodes-run.ts';

/**
 * What `run` tells besides the events of `on` and `off`. With `-o json` each is one JSON object on a line of its own, with
 * `time` (RFC 3339) and `type` before the fields below. A contract with scripts: fields are only ever added.
 */
export type RunEvent =
  /** Whatever people read as a line, and is no event of its own. */
  | { readonly type: 'note' | 'warning'; readonly text: string }
  /** A line that the command wrote, or the check before the node. */
  | {
      readonly type: 'output';
      readonly node: string;
      readonly by: OutputSource;
      readonly stream: StreamName;
      readonly line: string;
    }
  /** A node failed, or, without one, the command as a whole was refused. */
  | {
      readonly type: 'failed';
      readonly node: string | undefined;
      readonly message: string;
      readonly hint: string | undefined;
    }
  | RunSummary;

/** Who wrote a line. */
export type OutputSource = 'command' | 'check';

/** The last event of a run that has begun. */
export interface RunSummary {
  readonly type: 'summary';
  /** The exit code of `kubectl maint`. */
  readonly code: number;
  readonly done: number;
  readonly nodes: readonly NodeSummary[];
  /** Why no more nodes were begun, though none had failed; null: that was not so. */
  readonly closed: string | null;
  /** The words that go on with what is left; null: nothing is left. */
  readonly resume: readonly string[] | null;
}

/** How a run ended for one of its nodes. Times are RFC 3339; null: that never came. */
export interface NodeSummary {
  readonly node: string;
  /** How far it came. */
  readonly step: Phase;
  /** The state of its maintenance at the end: `Initiated`, `Complete`, `Returning`, `None`; null: not known, or it is gone. */
  readonly state: string | null;
  /** The exit code of the command; null: it did not run, or a signal ended it. */
  readonly exitCode: number | null;
  /** Why it went no further. */
  readonly stopped: string | null;
  readonly begunAt: string | null;
  readonly commandBegunAt: string | null;
  readonly commandEndedAt: string | null;
  readonly endedAt: string | null;
}

/** A screen on which every line is an event: whoever tells people something need not know who reads it. */
export function eventScreen({ screen, clock }: Pick<Session, 'screen' | 'clock'>): Screen {
  const tell = (event: RunEvent): void => {
    screen.data(JSON.stringify({ time: timestamp(clock.now()), ...event }));
  };
  const note = (text: string): void => {
    tell({ type: 'note', text });
  };
  return {
    result: note,
    note,
    warn: (text) => {
      tell({ type: 'warning', text });
    },
    data: (text) => {
      screen.data(text);
    },
    live: undefined,
  };
}

/** How a run tells of its nodes: lines for people, events for programs. */
export function tellingFor(
  { format }: Pick<RunOperation, 'format'>,
  session: Session,
): Pick<NodesRun, 'shows' | 'failed' | 'summary'> {
  if (format === 'text') {
    const shows = (node: string, by: OutputSource): ShowLine =>
      linesUnder(by === 'check' ? `${node} check` : node, session.screen);
    return { shows, failed: () => undefined, summary: () => undefined };
  }
  const report = reportFor<RunEvent>('json', session, () => undefined);
  return {
    shows: (node, by) => (stream, line) => {
      report.tell({ type: 'output', node, by, stream, line });
    },
    failed: ({ node, failure, stopped = '' }) => {
      const hint = failure instanceof MaintError ? failure.hint : undefined;
      report.tell({ type: 'failed', node: node.facts.name, message: stopped, hint });
    },
    summary: (summary) => {
      report.tell(summary);
    },
  };
}
