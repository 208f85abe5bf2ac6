import { renderProblem } from '../../../shared/index.ts';
import { policyFromText } from '../../policy/parse.ts';
import { readSource, type Reading } from './sources.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { Screen } from '../../terminal/screen.ts';

/** `kubectl maint check --policy FILE --validate`: whether a configuration is valid; every problem is a line. */
export async function runValidate(
  policyFile: string,
  { screen, ...reading }: Reading & { readonly screen: Screen },
): Promise<ExitCode> {
  const { text } = await readSource(policyFile, reading);
  const policy = policyFromText(text);
  if (policy.ok) {
    screen.result(`policy ${policyFile} is valid`);
    return EXIT.done;
  }
  for (const problem of policy.problems) screen.note(renderProblem(problem));
  return EXIT.usage;
}
