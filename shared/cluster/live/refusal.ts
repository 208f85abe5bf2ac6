import { ClusterRefusal } from '../../errors.ts';
import { textAt } from '../../facts/json.ts';
import type { ApiAnswer } from '../ports.ts';

/** Characters of an answer that is not a Status (a proxy's page) which still fit on a line or two of a terminal. */
const EXCERPT = 200;

/**
 * The refusal that an answer of status 400 and above is. Its message is the Status object's own, or what kubectl says
 * on 401, or the beginning of whatever a proxy in between wrote.
 */
export function refusalFromAnswer(answer: Pick<ApiAnswer, 'status' | 'body'>): ClusterRefusal {
  const { status, body } = answer;
  const reason = textAt(body, 'reason') ?? '';
  if (status === 401) {
    const message = 'You must be logged in to the server (Unauthorized)';
    return new ClusterRefusal({ status, reason, message, body }, 'log in again, or check the user of this context');
  }
  return new ClusterRefusal({ status, reason, message: messageFrom(answer), body });
}

function messageFrom({ status, body }: Pick<ApiAnswer, 'status' | 'body'>): string {
  const told = textAt(body, 'message');
  if (told !== undefined && told !== '') return told;
  const text = typeof body === 'string' ? body.replace(/\s+/g, ' ').trim().slice(0, EXCERPT) : '';
  return text === '' ? `the server answered with HTTP status ${status}` : `HTTP status ${status}: ${text}`;
}
