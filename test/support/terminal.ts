import { spawnBound, type Exit } from '../control-plane/bound-process.ts';

/** A program that runs on a terminal of its own. */
export interface Typed {
  readonly ended: Promise<Exit>;
  /** Everything that stands on the terminal until now. */
  said(): string;
  /** Presses keys. */
  type(keys: string): void;
}

/** Gives its last word to a shell on a new terminal. It is no exec: script takes any child of its process for its own. */
const ON_TERMINAL = 'script --quiet --return --flush --command "$1" /dev/null; exit $?';

/** Gives a line to a shell on a new terminal, with util-linux's script; it cannot outlive this process. */
export function startOnTerminal(line: string, env: Readonly<Record<string, string | undefined>>): Typed {
  const child = spawnBound('/bin/sh', ['-c', ON_TERMINAL, 'sh', `exec ${line}`], {
    env: { ...env, SHELL: '/bin/sh' },
    streams: ['pipe', 'pipe', 'pipe'],
  });
  const all: string[] = [];
  for (const stream of [child.process.stdout, child.process.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => all.push(text));
  return {
    ended: child.ended,
    said: () => all.join(''),
    type: (keys) => child.process.stdin?.write(keys),
  };
}
