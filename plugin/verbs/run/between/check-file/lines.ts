import { MaintError, messageOf } from '../../../../../shared/index.ts';
import { expectationIn, type Expectation } from '../../../../expectations/expectation.ts';

/** Most lines that are read: each is a call or more for every node of the run. */
const MAX_LINES = 100;

/** Reads a check file: each line is what follows `kubectl wait`. Throws MaintError('usage') with every line that is wrong. */
export function parseCheckFile(text: string, file: string): readonly Expectation[] {
  const problems: string[] = [];
  const expectations = text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    try {
      return [expectationIn(trimmed, index + 1)];
    } catch (thrown) {
      problems.push(`${file}, line ${index + 1}: ${messageOf(thrown)}`);
      return [];
    }
  });
  if (expectations.length > MAX_LINES)
    problems.push(`${file}: has ${expectations.length} lines; ${MAX_LINES} is the most`);
  if (expectations.length + problems.length === 0) problems.push(`${file}: has no line`);
  if (problems.length === 0) return expectations;
  throw new MaintError('usage', `--check-file: ${problems.join('\n       ')}`, {
    hint: 'each line is what follows kubectl wait, like: deployment/web -n shop --for=condition=Available; nothing was changed',
  });
}
