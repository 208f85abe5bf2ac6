import { pino, type Logger } from 'pino';

/** How much is logged, from everything to nothing. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The log: one JSON object a line. Messages are constants; what varies are values of fixed keys. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** A log that writes its lines to a stream. */
export function logTo(stream: { write(line: string): void }, level: LogLevel): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}
