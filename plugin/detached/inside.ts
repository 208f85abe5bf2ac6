import { DETACHED_BY } from './names.ts';

/** In a Job: the flags by which the operation came there, so that a line that goes on has them, too. Elsewhere none. */
export function flagsByWhichDetached(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const text = env[DETACHED_BY];
  if (text === undefined) return [];
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? words.map(String) : [];
  } catch {
    return [];
  }
}
