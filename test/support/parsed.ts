import { parse as parseWith } from '../../plugin/command-line/parse.ts';
import type { PrintOperation } from '../../plugin/command-line/print.ts';
import { COMMANDS } from '../../plugin/verbs.ts';
import type { AllowOperation } from '../../plugin/verbs/allow/flags.ts';
import type { CheckOperation, ValidateOperation } from '../../plugin/verbs/check/flags.ts';
import type { CompleteOperation } from '../../plugin/verbs/completion/candidates.ts';
import type { DoctorOperation } from '../../plugin/verbs/doctor/flags.ts';
import type { OffOperation } from '../../plugin/verbs/off/flags.ts';
import type { OnOperation } from '../../plugin/verbs/on/flags.ts';
import type { RunOperation } from '../../plugin/verbs/run/flags.ts';
import type { StatusOperation } from '../../plugin/verbs/status/flags.ts';
import type { VersionOperation } from '../../plugin/verbs/version/flags.ts';

/** What any command line of this plugin asks for. */
export type Operation =
  | OnOperation
  | OffOperation
  | RunOperation
  | AllowOperation
  | StatusOperation
  | CheckOperation
  | ValidateOperation
  | DoctorOperation
  | VersionOperation
  | CompleteOperation
  | PrintOperation;

/** What a command line of this plugin asks for; rejects where it is wrong. */
export async function parse(argv: readonly string[]): Promise<Operation> {
  const { operation } = await parseWith(argv, COMMANDS);
  // Each verb says itself what its operation is made of; its name tells which that is.
  return operation as Operation;
}
