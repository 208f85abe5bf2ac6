/** Flags that a line for going on says in another way: nodes by name, and --resume once. */
const REPLACED = ['selector', 'resume'];

/** A bearer token has no place on a screen or in a log: whoever goes on puts it in again. */
const SECRET = 'token';

/** Long names of the short flags. */
const LONG = new Map([
  ['-l', '--selector'],
  ['-o', '--output'],
  ['-s', '--server'],
]);

/**
 * The flags of a command line as words that say them again: as they were typed, without the nodes. Which of them are
 * switches, and so have no word of their own after them, the parsed arguments tell.
 */
export function flagsAgain(words: readonly string[], parsed: Readonly<Record<string, unknown>>): readonly string[] {
  const again: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const { name, value } = flagOf(words[index] ?? '');
    if (name === undefined) continue;
    const set = parsed[name];
    const isNextTaken = typeof set !== 'boolean' && value === undefined;
    if (isNextTaken) index += 1;
    if (REPLACED.includes(name)) continue;
    again.push(flagWord(name, typeof set === 'boolean' ? set : (value ?? words[index] ?? '')));
  }
  return again;
}

/** A word as a flag by its long name, with the value that hangs on it. */
function flagOf(word: string): { readonly name: string | undefined; readonly value: string | undefined } {
  const [, flag = '', value] = /^(--?[^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  return { name: flag === '' ? undefined : (LONG.get(flag) ?? flag).replace(/^--/, ''), value };
}

function flagWord(name: string, value: boolean | string): string {
  if (value === true) return `--${name}`;
  return `--${name}=${name === SECRET ? 'TOKEN' : value}`;
}
