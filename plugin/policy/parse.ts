import { LineCounter, parseDocument } from 'yaml';
import { messageOf, parsed, policyFromValue, refused, type Parsed, type Policy } from '../../shared/index.ts';

/** The policy from the text of a configuration file. Every problem at once. */
export function policyFromText(text: string): Parsed<Policy> {
  const value = valueFromText(text);
  return value.ok ? policyFromValue(value.value) : value;
}

/** The value of a configuration file, YAML or JSON: one document. Problems say line and column. */
export function valueFromText(text: string): Parsed<unknown> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return refused(
      ...document.errors.map(({ pos, message }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { path: `line ${line}, column ${col}`, message };
      }),
    );
  }
  try {
    return parsed<unknown>(document.toJS());
  } catch (thrown) {
    // Aliases that would expand without end.
    return refused({ path: '', message: messageOf(thrown) });
  }
}
