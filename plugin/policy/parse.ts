import { LineCounter, parseDocument } from 'yaml';
import { messageOf, policyFromValue, refused, type Parsed, type Policy } from '../../shared/index.ts';

/** The policy from the text of a configuration file, YAML or JSON: one document. Every problem at once. */
export function policyFromText(text: string): Parsed<Policy> {
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
    return policyFromValue(document.toJS());
  } catch (thrown) {
    // Aliases that would expand without end.
    return refused({ path: '', message: messageOf(thrown) });
  }
}
