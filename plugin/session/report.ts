import { timestamp } from './clock.ts';
import type { Screen } from '../terminal/screen.ts';
import type { Session } from './session.ts';

/** Lines for people, or a stream of events, one JSON object a line. */
export type StreamFormat = 'text' | 'json';

/** Hears what a command tells while it works. */
export interface Report<Event extends object> {
  tell(event: Event): void;
}

/** What tells a text as a note, among whatever else a command tells. */
export function notesTo(report: Report<{ readonly type: 'note'; readonly text: string }>): (text: string) => void {
  return (text) => {
    report.tell({ type: 'note', text });
  };
}

/** Tells events in the form that was asked for: in words, or each as one JSON object on a line of its own. */
export function reportFor<Event extends object>(
  format: StreamFormat,
  { screen, clock }: Session,
  inWords: (event: Event, screen: Screen) => void,
): Report<Event> {
  return {
    tell: (event) => {
      screen.event?.(event);
      if (format === 'json') screen.data(JSON.stringify({ time: timestamp(clock.now()), ...event }));
      else inWords(event, screen);
    },
  };
}
