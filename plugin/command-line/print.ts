import type { Caller } from '../session/connect.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';

/** Text that was asked for: help, a version, a script. */
export interface PrintOperation {
  readonly verb: 'print';
  readonly text: string;
}

/** Prints it. */
export function printText({ text }: PrintOperation, { screen }: Pick<Caller, 'screen'>): Promise<ExitCode> {
  screen.data(text);
  return Promise.resolve(EXIT.done);
}
