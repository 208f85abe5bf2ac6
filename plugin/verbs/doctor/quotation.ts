import { clean } from '../../../shared/index.ts';
import { missingRight } from '../../session/forbidden-text.ts';

/** Longest quotation in a line, in characters: enough to see whose words they are. */
const MAX_QUOTE = 120;

/** Words of others, which stand in quotation marks everywhere: `--redact` leaves out what does. */
export function quoted(text: string, longest = MAX_QUOTE): string {
  return `"${clean(text, longest)}"`;
}

/** Why the API server refused: the right that is missing, or its words, which may be those of anybody's webhook. */
export function refusalText(message: string): string {
  return missingRight(message) ?? quoted(message, MAX_REFUSAL);
}

/** Longest refusal in a line, in characters. */
const MAX_REFUSAL = 300;
