import { textAt, type Exchange } from '../../shared/index.ts';

/** From which level on what is logged of a request; the numbers are kubectl's. */
const LEVEL = { line: 6, headers: 7, bodies: 8, longBodies: 9 } as const;

/** Characters of a body: at 8 what fits on a screen, at 9 most of an object. */
const SHORT = 1024;
const LONG = 10_240;

/** Kinds of objects whose content is secret, whoever asks. */
const SECRET = ['Secret', 'SecretList', 'TokenRequest', 'TokenReview'];

/** Lines for a log of requests, as much as the level asks for; nothing below 6. */
export function logLines(exchange: Exchange, level: number): readonly string[] {
  if (level < LEVEL.line) return [];
  const { method, url, status, ms, headers, body, answer } = exchange;
  const outcome = status === undefined ? 'no answer' : String(status);
  const line = `${method} ${url} ${outcome} in ${ms} milliseconds`;
  const told = Object.entries(headers).map(([name, value]) => `  ${name}: ${[value].flat().join(', ')}`);
  const bodies = [...bodyLines('Request Body', body, level), ...bodyLines('Response Body', answer, level)];
  return [line, ...(level >= LEVEL.headers ? told : []), ...(level >= LEVEL.bodies ? bodies : [])];
}

function bodyLines(title: string, body: unknown, level: number): readonly string[] {
  if (body === undefined) return [];
  if (SECRET.includes(textAt(body, 'kind') ?? '')) return [`  ${title}: <masked>`];
  const text = JSON.stringify(body);
  const most = level >= LEVEL.longBodies ? LONG : SHORT;
  const rest = text.length - most;
  return [`  ${title}: ${text.slice(0, most)}${rest > 0 ? ` [truncated ${rest} chars]` : ''}`];
}
