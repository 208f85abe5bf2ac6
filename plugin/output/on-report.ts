import { timestamp } from '../clock.ts';
import type { OnFormat } from '../operation.ts';
import type { Session } from '../session.ts';
import type { OnEvent, OnReport } from './on-events.ts';
import { tellInWords } from './on-text.ts';

/** Tells events in the form that was asked for. */
export function onReportFor(format: OnFormat, { screen, clock }: Session): OnReport {
  if (format === 'json') {
    return {
      tell: (event: OnEvent) => {
        screen.result(JSON.stringify({ time: timestamp(clock.now()), ...event }));
      },
    };
  }
  return {
    tell: (event) => {
      tellInWords(event, screen);
    },
  };
}
