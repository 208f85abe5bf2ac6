import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import {
  BUILT_IN_POLICY,
  MaintError,
  messageOf,
  policyFromValue,
  refused,
  renderProblem,
  type Parsed,
  type Policy,
} from '../shared/index.ts';

/** The policy of a configuration file; the defaults without one. Throws MaintError('usage') with every problem. */
export async function readPolicy(file: string | undefined): Promise<Policy> {
  if (file === undefined) return BUILT_IN_POLICY;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new MaintError('usage', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  });
  const policy = policyFromText(text);
  if (policy.ok) return policy.value;
  throw new MaintError('usage', `--policy ${file} is not valid\n${policy.problems.map(renderProblem).join('\n')}`);
}

function policyFromText(text: string): Parsed<Policy> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const mistakes = document.errors.map(({ pos, message }) => {
    const { line, col } = lines.linePos(pos[0]);
    return { path: `line ${line}, column ${col}`, message };
  });
  if (mistakes.length > 0) return refused(...mistakes);
  try {
    return policyFromValue(document.toJS());
  } catch (thrown) {
    // Aliases that would expand without end.
    return refused({ path: '', message: messageOf(thrown) });
  }
}
